/** The HTTP face listening on its port, and its orderly end. */
import { GatehouseError } from '../model/errors.ts'
import { createApp } from './app.ts'
import type { HttpOptions } from './options.ts'
import type { Services } from './services.ts'

export interface Http extends AsyncDisposable {
  /** The port that it listens on; 0 before. */
  readonly port: number
  /** Throws GatehouseError `port-taken` or `config-invalid`. */
  listen(): Promise<void>
}

/** Requests under way have so long to end before their connections are cut. */
const GRACE_MS = 2_000

export async function createHttp(options: HttpOptions, services: Services): Promise<Http> {
  const app = await createApp(options, services)
  await app.ready()
  let port = 0
  return {
    get port() {
      return port
    },
    async listen() {
      const { host, port: wanted } = options
      try {
        await app.listen({ host, port: wanted })
      } catch (cause) {
        throw refusal(cause as NodeJS.ErrnoException, `${host}:${wanted}`)
      }
      const address = app.server.address()
      port = typeof address === 'object' && address ? address.port : wanted
    },
    async [Symbol.asyncDispose]() {
      const cut = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
      try {
        await app.close()
      } finally {
        clearTimeout(cut)
      }
    },
  }
}

function refusal(cause: NodeJS.ErrnoException, address: string): Error {
  if (cause.code === 'EADDRINUSE') {
    return new GatehouseError(
      'port-taken',
      `The HTTP port is already in use: ${address}. Stop what listens there, or choose another port by GATEHOUSE_HTTP_PORT (0: any free one).`,
      { cause },
    )
  }
  if (cause.code === 'EACCES' || cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND') {
    const sentence = `Cannot listen on ${address} for HTTP: ${cause.message}.`
    return new GatehouseError('config-invalid', sentence, { cause })
  }
  return cause
}
