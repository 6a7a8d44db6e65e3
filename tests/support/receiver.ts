/** A real HTTP server that keeps what it is sent and answers as it is told: the other end of a webhook or a robot. */
import { createServer, type IncomingHttpHeaders } from 'node:http'

export type Received = {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Reply = {
  readonly status?: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Receiver = AsyncDisposable & {
  readonly url: string
  readonly received: Received[]
  /** How many have come, awaited. */
  reached(count: number): Promise<void>
}

/** `reply` answers the n-th request, from 0; a promise that never settles leaves the sender without an answer. */
export async function openReceiver(
  reply: (n: number, request: Received) => Reply | Promise<Reply> = () => ({}),
): Promise<Receiver> {
  const received: Received[] = []
  const waiting: { readonly count: number; readonly done: () => void }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      }
      const n = received.push(one) - 1
      for (const { count, done } of waiting) if (received.length >= count) done()
      const { status = 200, body = '', headers = {} } = await reply(n, one)
      response.writeHead(status, headers).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    reached: (count) =>
      received.length >= count
        ? Promise.resolve()
        : new Promise((done) => {
            waiting.push({ count, done })
          }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
