/** An InfluxDB that answers writes by a script, and a history that drains to it on a clock by hand. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { InfluxOptions, influxHistorian } from '../../src/historian/influx.ts'
import type { Refusal } from '../../src/historian/influx-refusals.ts'
import type { Commit } from '../../src/model/commit.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { handClock } from './hand-clock.ts'

export type Reply = (response: ServerResponse, lines: readonly string[], request: IncomingMessage) => void

export const status =
  (
    code: number,
    { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string } = {},
  ): Reply =>
  (response) =>
    response.writeHead(code, headers).end(body)
export const STORE = status(204)
export const RESET: Reply = (response) => response.socket?.resetAndDestroy()
export const HANG: Reply = () => {}
export const HALF_A_BODY: Reply = (response) => {
  response.writeHead(500, { 'content-length': '1000' })
  response.write('{"error":')
  setImmediate(() => response.socket?.destroy())
}
/** Takes what has no bad line in it; as a real server does, it stores the good ones beside a bad one too. */
export const strict =
  (bad: RegExp, code = 400): Reply =>
  (response, lines) =>
    lines.some((line) => bad.test(line))
      ? response.writeHead(code).end(JSON.stringify({ error: 'unable to parse' }))
      : response.writeHead(204).end()

/** Plays the replies one after the other, the last one for ever. */
export async function scripted(...replies: [...Reply[], Reply]) {
  const stored: string[] = []
  const sizes: number[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts)
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()
    const lines = text.split('\n')
    sizes.push(lines.length)
    const reply = (replies.length > 1 ? replies.shift() : replies[0]) as Reply
    reply(response, lines, request)
    if (response.statusCode === 204 && response.writableEnded) stored.push(...lines)
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stored,
    sizes,
    closedConnections: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.once('close', resolve)
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export const commit = (offset: number, ...volumes: number[]): Commit => ({
  offset,
  receivedAt: offset * 1_000,
  records: volumes.map((volume, i) => ({
    is: 'reading',
    device: 'meter-1',
    at: offset * 1_000 + i,
    values: { volume },
  })),
})
export const manyOf = (count: number) => commit(1, ...Array.from({ length: count }, (_, i) => i))

/** A drainer on a clock by hand; `waited` are the back-offs it asked for, each granted at once. */
export function drainerTo(url: string, options: object = {}) {
  const hand = handClock(Date.UTC(2026, 0, 1))
  const waited: number[] = []
  const refused: Refusal[] = []
  const clock = {
    ...hand,
    after(delayMs: number, task: () => void) {
      waited.push(delayMs)
      const callOff = hand.after(delayMs, task)
      setImmediate(() => hand.pass(delayMs))
      return callOff
    },
  }
  const historian = influxHistorian({
    options: InfluxOptions.parse({ url, org: 'campus', bucket: 'gatehouse', token: 'secret', ...options }),
    repeatsBy: () => 'point',
    noteRefused: async (told) => refused.push(...told),
    clock,
    log: SILENT_LOG,
    random: () => 1,
  })
  return { historian, waited, refused, hand }
}

export const volumes = (lines: readonly string[]) =>
  lines.map((line) => Number(/volume=([\d.]+)/.exec(line)?.[1])).sort((a, b) => a - b)
