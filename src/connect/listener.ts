/**
 * The port that devices come in by: TCP, or TLS over it where a certificate is named. What never finishes its
 * handshake is ended with it.
 */
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import { GatehouseError } from '../model/errors.ts'
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import {
  type CertificateFiles,
  certificateOf,
  isSame,
  readPair,
  type ServerCertificate,
} from './server-certificate.ts'

export type ListenerParts = {
  readonly host: string
  readonly port: number
  /** Looked at each minute: a renewed certificate needs no restart. */
  readonly files?: CertificateFiles | undefined
  readonly maxConnections: number
  /** Counted from the first byte on: a handshake that is never finished holds a place as well. */
  readonly maxConnectionsPerAddress: number
  readonly handshakeWithinMs: number
  accept(socket: Socket): void
  /** Over one of the two. */
  dropped(): void
  /** A handshake that failed, in the words of OpenSSL. */
  handshakeFailed(cause: Error): void
  failed(cause: Error): void
  readonly clock: Clock
  readonly log: Log
}

export type OpenListener = {
  readonly port: number
  /** When its certificate ends; absent without TLS. */
  readonly certificateEnds: Instant | undefined
  /** Takes nobody in from now on; resolves when the last connection has ended. */
  close(): Promise<void>
  /** Ends every connection that still stands. */
  cut(): void
}

const LOOK_EACH_MS = 60_000

/** Throws GatehouseError `port-taken` or `config-invalid`. */
export async function openListener(parts: ListenerParts): Promise<OpenListener> {
  const { host, files } = parts
  const tls = files && tlsServerOf(parts, files)
  const server = tls?.server ?? createServer({ noDelay: true })
  const sockets = new Set<Socket>()
  const perAddress = new Map<string, number>()
  server.maxConnections = parts.maxConnections
  server.on('drop', () => parts.dropped())
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const before = perAddress.get(address) ?? 0
    if (before >= parts.maxConnectionsPerAddress) {
      parts.dropped()
      socket.destroy()
      return
    }
    sockets.add(socket)
    perAddress.set(address, before + 1)
    socket.once('close', () => {
      sockets.delete(socket)
      const left = (perAddress.get(address) ?? 1) - 1
      if (left > 0) perAddress.set(address, left)
      else perAddress.delete(address)
    })
    if (!tls) parts.accept(socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE'
      const because = isTaken
        ? 'the port is already in use; stop what listens there, or choose another by GATEHOUSE_MQTT_PORT (0: any free one)'
        : cause.message
      const sentence = `MQTT cannot listen on ${host}:${parts.port}: ${because}.`
      reject(new GatehouseError(isTaken ? 'port-taken' : 'config-invalid', sentence, { cause }))
    })
    server.listen(parts.port, host, resolve)
  })
  server.on('error', (cause) => parts.failed(cause))
  const address = server.address()
  const inUse = tls && watchCertificate(tls.server, tls.files, tls.certificate, parts)
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    get certificateEnds() {
      return inUse?.ends
    },
    close() {
      inUse?.stop()
      return new Promise((resolve) => server.close(() => resolve()))
    },
    cut() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

function tlsServerOf(parts: ListenerParts, files: CertificateFiles) {
  const certificate = certificateOf(readPair(files))
  const { cert, key } = certificate
  const handshakeTimeout = parts.handshakeWithinMs
  const server = createTlsServer({ cert, key, noDelay: true, handshakeTimeout }, parts.accept)
  server.on('tlsClientError', (cause) => parts.handshakeFailed(cause))
  return { server, files, certificate }
}

type InUse = { readonly ends: Instant; stop(): void }

/** Whoever is connected stays so; who comes in from now on is shown the new one. */
function watchCertificate(
  server: TlsServer,
  files: CertificateFiles,
  first: ServerCertificate,
  { clock, log }: Pick<ListenerParts, 'clock' | 'log'>,
): InUse {
  let inUse = first
  let told = ''
  const look = () => {
    callOff = clock.after(LOOK_EACH_MS, look)
    try {
      const found = readPair(files)
      if (!isSame(found, inUse)) {
        const renewed = certificateOf(found)
        server.setSecureContext(found)
        inUse = renewed
        log.info(
          { validTo: new Date(renewed.validTo) },
          'The renewed certificate of the MQTT listener is in use',
        )
      }
      told = ''
    } catch (cause) {
      const { message } = cause as Error // one of the two may not be written yet
      if (message !== told) log.warn({ err: cause }, 'The certificate of the MQTT listener cannot be renewed')
      told = message
    }
  }
  let callOff = clock.after(LOOK_EACH_MS, look)
  return {
    get ends() {
      return inUse.validTo
    },
    stop: () => callOff(),
  }
}
