/** The port that devices come in by: TCP, or TLS over it where a certificate is named. What never finishes its handshake is ended with it. */
import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { GatehouseError } from '../model/errors.ts'

export type ListenerParts = {
  readonly host: string
  readonly port: number
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
  readonly maxConnections: number
  readonly handshakeWithinMs: number
  accept(socket: Socket): void
  /** Over `maxConnections`. */
  dropped(): void
  /** A handshake that failed, in the words of OpenSSL. */
  handshakeFailed(cause: Error): void
  failed(cause: Error): void
}

export type OpenListener = {
  readonly port: number
  /** Takes nobody in from now on; resolves when the last connection has ended. */
  close(): Promise<void>
  /** Ends every connection that still stands. */
  cut(): void
}

/** Throws GatehouseError `port-taken` or `config-invalid`. */
export async function openListener(parts: ListenerParts): Promise<OpenListener> {
  const { host } = parts
  const server = serverOf(parts)
  const sockets = new Set<Socket>()
  server.maxConnections = parts.maxConnections
  server.on('drop', () => parts.dropped())
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
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
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
    cut() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

function serverOf(parts: ListenerParts): Server {
  const { certFile, keyFile, accept } = parts
  if (certFile === undefined || keyFile === undefined) return createServer({ noDelay: true }, accept)
  const read = (file: string, key: string) => {
    try {
      return readFileSync(file)
    } catch (cause) {
      throw new GatehouseError('config-invalid', `mqtt.${key}: ${(cause as Error).message}`, { cause })
    }
  }
  const files = { cert: read(certFile, 'certFile'), key: read(keyFile, 'keyFile') }
  try {
    const handshakeTimeout = parts.handshakeWithinMs
    const server = createTlsServer({ ...files, noDelay: true, handshakeTimeout }, accept)
    server.on('tlsClientError', (cause) => parts.handshakeFailed(cause))
    return server
  } catch (cause) {
    const sentence = `mqtt.certFile, mqtt.keyFile: they are no certificate and its key: ${(cause as Error).message}`
    throw new GatehouseError('config-invalid', sentence, { cause })
  }
}
