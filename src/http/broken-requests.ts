/**
 * What is no HTTP, or does not come to an end, reaches no route: it is refused on its socket, as a problem like every
 * other. In English, because no language was read.
 */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type Said, said } from '../model/refusal.ts'
import { problem } from './problems.ts'

type Broken = { readonly status: number; readonly because: Said }

const NO_HTTP: Broken = { status: 400, because: said('no-http') }

/** By the codes of Node's parser and server. */
const BROKEN: Readonly<Record<string, Broken>> = {
  HPE_HEADER_OVERFLOW: { status: 431, because: said('head-too-large') },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, because: said('request-unfinished') },
}

/** For Fastify's `clientErrorHandler`; the connection ends. */
export const refuseBroken =
  (count: (status: number) => void) =>
  ({ code = '' }: NodeJS.ErrnoException, socket: Socket): void => {
    if (code === 'ECONNRESET' || socket.destroyed) return // nobody is there to be told
    const { status, because } = BROKEN[code] ?? NO_HTTP
    count(status)
    const body = JSON.stringify({ ...problem('broken-request', because, 'en'), status })
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/problem+json; charset=utf-8',
      'content-language: en',
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ]
    if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
    socket.destroySoon()
  }
