/**
 * The devices, as a process of their own: publishes at QoS 1, sends again what was not acknowledged,
 * and writes an obligation down (device, number, instant) when its PUBACK has come, never before.
 */
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openWire, preparePublish, type Wire } from '../support/mqtt-wire.ts'
import { payloadOf, type Run, topicOf } from './message.ts'

export type PublisherOptions = {
  readonly run: Run
  readonly port: number
  readonly user: string
  readonly password: string
  readonly connections: number
  /** Unacknowledged at a time, each connection. */
  readonly window: number
  /** Messages a second, all connections together. */
  readonly rate: number
  readonly obligations: string
}

export type Order =
  /** The next message that is sent after this and acknowledged. */
  | { readonly id: number; readonly is: 'fresh' }
  /** Nothing new; answered when all that was sent is acknowledged. */
  | { readonly id: number; readonly is: 'pause' }
  | { readonly id: number; readonly is: 'resume' }
  | { readonly id: number; readonly is: 'state' }

export type Acknowledged = { readonly device: number; readonly n: number; readonly at: number }

export type State = {
  /** Of each device, how many messages were sent at least once. */
  readonly sent: readonly number[]
  readonly acknowledged: number
  readonly unacknowledged: number
  /** Connections that are open now. */
  readonly connected: number
}

type Message = { readonly device: number; readonly n: number; readonly sentAt: number }

const TICK_MS = 5
const AGAIN_MS = 25

const options = JSON.parse(process.argv[2] ?? '{}') as PublisherOptions
const { run } = options
const next = Array.from({ length: run.devices }, () => 0)
const unacknowledged = new Set<Message>()
let lines = ''
let acknowledged = 0
let paused = true // until there is somebody who has promised anything
let allowance = 0
let waitingForFresh: { readonly id: number; readonly since: number }[] = []
let waitingForPause: number[] = []

const answer = (id: number, result: unknown) => process.send?.({ id, result })
const state = (): State => ({
  sent: next,
  acknowledged,
  unacknowledged: unacknowledged.size,
  connected: wires.filter(({ wire }) => wire).length,
})

function writeDown(): void {
  if (lines) appendFileSync(options.obligations, lines)
  lines = ''
}

type Line = { wire: Wire | undefined; again: Message[]; turn: number; readonly devices: readonly number[] }

const wires: Line[] = Array.from({ length: options.connections }, (_, connection) => ({
  wire: undefined,
  again: [],
  turn: 0,
  devices: next.map((_, device) => device).filter((device) => device % options.connections === connection),
}))

function send(line: Line, wire: Wire, message: Message): void {
  const { device, n } = message
  wire.publish(preparePublish(topicOf(device), payloadOf(run, device, n))).then(
    () => {
      unacknowledged.delete(message)
      acknowledged++
      const at = Date.now()
      lines += `${device} ${n} ${at}\n`
      const fresh = waitingForFresh.filter(({ since }) => message.sentAt >= since)
      waitingForFresh = waitingForFresh.filter(({ since }) => message.sentAt < since)
      if (fresh.length > 0) writeDown()
      for (const { id } of fresh) answer(id, { device, n, at } satisfies Acknowledged)
    },
    () => line.again.push(message),
  )
}

function nextOf(line: Line): Message | undefined {
  const old = line.again.shift()
  if (old) return old
  if (paused) return undefined
  const device = line.devices[line.turn++ % line.devices.length] as number
  const message = { device, n: next[device] as number, sentAt: performance.now() }
  next[device] = message.n + 1
  unacknowledged.add(message)
  return message
}

async function stayConnected(line: Line, connection: number): Promise<never> {
  for (;;) {
    try {
      const wire = await openWire(options.port, options.user, options.password, `oracle-${connection}`)
      line.wire = wire
      await wire.closed
    } catch {
      // it is away, which is what this is about
    }
    line.wire = undefined
    await sleep(AGAIN_MS)
  }
}

let tickedAt = performance.now()
setInterval(() => {
  const now = performance.now()
  allowance = Math.min(options.rate / 10, allowance + ((now - tickedAt) * options.rate) / 1_000)
  tickedAt = now
  for (let isBusy = true; isBusy && allowance >= 1; ) {
    isBusy = false
    for (const line of wires) {
      if (allowance < 1 || !line.wire || line.wire.inFlight >= options.window) continue
      const message = nextOf(line)
      if (!message) continue
      allowance--
      isBusy = true
      send(line, line.wire, message)
    }
  }
  writeDown()
  if (!paused || unacknowledged.size > 0) return
  for (const id of waitingForPause) answer(id, state())
  waitingForPause = []
}, TICK_MS)

process.on('message', ({ id, is }: Order) => {
  switch (is) {
    case 'fresh':
      waitingForFresh.push({ id, since: performance.now() })
      return
    case 'pause':
      paused = true
      waitingForPause.push(id)
      return
    case 'resume':
      paused = false
      return answer(id, state())
    case 'state':
      writeDown()
      return answer(id, state())
  }
})
process.on('disconnect', () => process.exit())

for (const [connection, line] of wires.entries()) void stayConnected(line, connection)
