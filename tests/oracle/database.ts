/**
 * A real InfluxDB that can be killed and started again, behind a server that answers writes in
 * every way a database in trouble does. Queries always reach the database: the verifier must see the truth.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { startInfluxd } from '../support/influxd.ts'
import { pathOf } from '../support/servers.ts'
import type { Fault } from './stage.ts'

/**
 * `reset-late`, `half`, `partial` and `slow` store first: the gateway cannot know and must send again.
 * `partial` also says that it dropped a line, whichever it is asked about; `small` takes few lines at a time.
 * `lie` says 204 and stores nothing, which no client can see; it is the oracle's own control.
 */
export const ANSWERS = [
  ...(['500', '503', '429', '401', 'hang', 'reset', 'reset-late'] as const),
  ...(['half', 'partial', 'small', 'slow', 'lie'] as const),
] as const
export type Answer = 'honest' | (typeof ANSWERS)[number]

export type Database = AsyncDisposable & {
  /** For the gateway's configuration. */
  readonly config: Readonly<Record<string, unknown>>
  kill(): Promise<void>
  start(): Promise<void>
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  answer: Answer
}

const NAME = 'gatehouse'
/** Shorter than the default, so that a server that hangs costs a test little. */
const TIMEOUT_MS = 1_000
const FEW_LINES = 50

export async function startDatabase(): Promise<Database> {
  await using opened = new AsyncDisposableStack()
  const first = opened.use(await startInfluxd(NAME))
  let again: ChildProcess | undefined
  const killAgain = async () => {
    if (!again || again.exitCode !== null || again.signalCode !== null) return
    const gone = once(again, 'exit')
    again.kill('SIGKILL')
    await gone
  }
  opened.defer(killAgain)
  const isUp = () =>
    fetch(`${first.url}/ping`).then(
      ({ ok }) => ok,
      () => false,
    )

  let answer: Answer = 'honest'
  const server = createServer((request, response) => {
    const isWrite = request.url?.startsWith('/write') ?? false
    handle(request, response, first.url, isWrite ? answer : 'honest').catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const running = opened.move()
  return {
    config: {
      kind: 'influx',
      influx: { url: `http://127.0.0.1:${port}`, version: '1', database: NAME, timeoutMs: TIMEOUT_MS },
    },
    get answer() {
      return answer
    },
    set answer(given) {
      answer = given
    },
    async kill() {
      if (again) return killAgain()
      process.kill(first.pid, 'SIGKILL')
      while (await isUp()) await sleep(20)
    },
    signal: (signal) => process.kill(again?.pid ?? first.pid, signal),
    async start() {
      again = spawn(pathOf('influxd'), ['-config', join(first.folder, 'influxdb.conf')], { stdio: 'ignore' })
      while (!(await isUp())) await sleep(50)
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

const PASSED_ON = new Set(['accept', 'authorization', 'content-encoding', 'content-type'])

async function handle(request: IncomingMessage, response: ServerResponse, url: string, answer: Answer) {
  const body = Buffer.concat(await request.toArray())
  const forward = async () => {
    const headers = Object.entries(request.headers).filter(([name]) => PASSED_ON.has(name))
    const answered = await fetch(url + request.url, {
      method: request.method ?? 'GET',
      headers: Object.fromEntries(headers) as Record<string, string>,
      ...(body.length > 0 ? { body } : {}),
    })
    return { status: answered.status, body: Buffer.from(await answered.arrayBuffer()) }
  }
  switch (answer) {
    case 'honest': {
      const answered = await forward()
      response.writeHead(answered.status, { 'content-type': 'application/json' }).end(answered.body)
      return
    }
    case 'hang':
      return
    case 'reset':
      request.socket.destroy()
      return
    case 'reset-late':
      await forward()
      request.socket.destroy()
      return
    case 'half': {
      const answered = await forward()
      response.writeHead(answered.status === 204 ? 500 : answered.status, { 'content-length': 1_000 })
      response.write('{"error":')
      setImmediate(() => request.socket.destroy())
      return
    }
    case 'partial':
      await forward()
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end('{"error":"partial write: field type conflict dropped=1"}')
      return
    case 'small': {
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
      if (text.toString().split('\n').length > FEW_LINES) {
        response.writeHead(413).end()
        return
      }
      const answered = await forward()
      response.writeHead(answered.status).end(answered.body)
      return
    }
    case 'slow': {
      const answered = await forward()
      await sleep(TIMEOUT_MS / 2)
      response.writeHead(answered.status).end(answered.body)
      return
    }
    case 'lie':
      response.writeHead(204).end()
      return
    case '429':
      response.writeHead(429, { 'retry-after': '1' }).end()
      return
    default:
      response.writeHead(Number(answer)).end('{"error":"scripted"}')
  }
}

export const killDatabase = (database: Database): Fault => ({
  name: 'kill database',
  async strike({ random, publishing, killed }) {
    await publishing.fresh(10_000)
    await sleep(random.between(0, 400))
    await database.kill()
    killed()
    await sleep(random.between(0, 1_000))
    await database.start()
  },
})

export const freezeDatabase = (database: Database): Fault => ({
  name: 'freeze database',
  async strike({ random }) {
    database.signal('SIGSTOP')
    await sleep(random.between(200, 2_500))
    database.signal('SIGCONT')
  },
})

export const answerWith = (database: Database, answer: Answer): Fault => ({
  name: `database answers ${answer}`,
  async strike({ random, plant, killed }) {
    database.answer = answer
    await sleep(random.between(500, 1_500))
    database.answer = 'honest'
    if (answer !== '401') return
    // Who is refused looks again after a minute; a start looks at once, and soaks have no time either.
    await plant.kill()
    killed()
    await plant.start()
  },
})
