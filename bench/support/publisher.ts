/**
 * The load, as a process of its own: many MQTT connections, each with a window of QoS 1
 * publishes that is refilled by every PUBACK. A packet is a copy of a prepared one with its id and counter
 * written in, so that the generator costs less than what it measures. Prints one JSON line at the end.
 */
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { type PreparedPublish, preparePublish } from '../../tests/support/mqtt-wire.ts'

export type Load = {
  readonly port: number
  /** One connection each; it goes through its topics in turn. */
  readonly senders: readonly {
    readonly user: string
    readonly password: string
    readonly topics: readonly string[]
    /** Default: the user. */
    readonly clientId?: string
  }[]
  /**
   * What is sent: the first to every topic, then the next, and at the end the last on and on. In a template each
   * run of nine `#` is replaced by a growing number of nine digits.
   */
  readonly payloads: readonly string[]
  /** Each connection ends after its last payload has gone to its last topic. */
  readonly once?: boolean
  /** Where that number starts. */
  readonly countFrom?: number
  /** Sending ends after so many messages or seconds, whichever comes first; then the open ones are waited for. */
  readonly messages?: number
  readonly seconds?: number
  /** Unacknowledged publishes a connection. */
  readonly window: number
  /** Messages a second in all, evenly over the connections; absent: as fast as they are acknowledged. */
  readonly rate?: number
}

export type LoadResult = {
  readonly sent: number
  readonly acknowledged: number
  /** From the first publish to the last PUBACK. */
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly lostConnections: number
}

const COUNTER = '#########'
const MOST_LATENCIES = 4_000_000
const PACE_MS = 2
/** What is still open after this long is not waited for: it is lost for the sender, and said to be so. */
const GIVE_UP_MS = 30_000

const load = JSON.parse(readFileSync(0, 'utf8')) as Load
const topicsInAll = load.senders.reduce((sum, { topics }) => sum + topics.length, 0)
const mostMessages = load.once
  ? topicsInAll * load.payloads.length
  : (load.messages ?? Number.POSITIVE_INFINITY)
const countFrom = load.countFrom ?? 0

let sent = 0
let acknowledged = 0
let lostConnections = 0
let latencies = new Float32Array(65_536)
let startedAtMs = 0
let lastAckAtMs = 0
let isOver = false

const isDone = () => isOver || sent >= mostMessages

type Prepared = PreparedPublish & { readonly counterAt: number }

function prepared(topic: string, payload: string): Prepared {
  const publish = preparePublish(topic, payload)
  return { ...publish, counterAt: publish.bytes.indexOf(COUNTER, publish.idAt) }
}

function note(latencyMs: number): void {
  if (acknowledged === latencies.length && latencies.length < MOST_LATENCIES) {
    const larger = new Float32Array(latencies.length * 2)
    larger.set(latencies)
    latencies = larger
  }
  latencies[acknowledged % latencies.length] = latencyMs
  acknowledged++
}

function connectionOf({ user, password, topics, clientId = user }: Load['senders'][number]) {
  const sentAtMs = new Float64Array(load.window)
  const free = Array.from({ length: load.window }, (_, slot) => slot)
  const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true })
  let round = 0
  let turn = 0
  let packets = topics.map((topic) => prepared(topic, load.payloads[0] ?? ''))

  const isThrough = () => load.once === true && turn === topics.length && round + 1 === load.payloads.length

  const next = (): Prepared => {
    if (turn === topics.length) {
      turn = 0
      round++
      const payload = load.payloads[round]
      if (payload !== undefined) packets = topics.map((topic) => prepared(topic, payload))
    }
    return packets[turn++] as Prepared
  }

  const send = (most: number) => {
    socket.cork()
    for (let i = 0; i < most && free.length > 0 && !isDone() && !isThrough(); i++) {
      const slot = free.pop() as number
      const { bytes, idAt, counterAt } = next()
      const packet = Buffer.from(bytes)
      packet.writeUInt16BE(slot + 1, idAt)
      if (counterAt > 0)
        packet.write(String(countFrom + sent).padStart(COUNTER.length, '0'), counterAt, 'latin1')
      sent++
      sentAtMs[slot] = performance.now()
      socket.write(packet)
    }
    socket.uncork()
  }

  const opened = new Promise<void>((resolve, reject) => {
    let rest: Buffer = Buffer.alloc(0)
    socket.on('connect', () => {
      const field = (text: string) => {
        const bytes = Buffer.from(text)
        return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
      }
      const body = Buffer.concat([
        field('MQTT'),
        Buffer.from([4, 0xc2, 0, 0xf0]),
        field(clientId),
        field(user),
        field(password),
      ])
      socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]))
    })
    socket.on('data', (chunk: Buffer) => {
      const now = performance.now()
      rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      let at = 0
      for (; at + 4 <= rest.length; at += 4) {
        if (rest[at] === 0x20) {
          if (rest[at + 3] !== 0) reject(new Error(`refused with ${rest[at + 3]}`))
          resolve()
          continue
        }
        const slot = rest.readUInt16BE(at + 2) - 1
        note(now - (sentAtMs[slot] as number))
        lastAckAtMs = now
        free.push(slot)
      }
      rest = rest.subarray(at)
      if (load.rate === undefined && startedAtMs > 0) send(load.window)
      if (isDone() && acknowledged >= sent) finish()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      lostConnections++
      reject(new Error('closed'))
      if (lostConnections === load.senders.length) finish()
    })
  })
  opened.catch(() => {}) // seen below, also where it comes later
  return { opened, send }
}

let finished = false

function finish(): void {
  if (finished) return
  finished = true
  const sorted = latencies.subarray(0, Math.min(acknowledged, latencies.length)).sort()
  const quantile = (q: number) => Number((sorted[Math.floor(sorted.length * q)] ?? 0).toFixed(2))
  const result: LoadResult = {
    sent,
    acknowledged,
    seconds: (lastAckAtMs - startedAtMs) / 1000,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    lostConnections,
  }
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
}

function end(): void {
  isOver = true
  if (acknowledged >= sent) finish()
  setTimeout(finish, GIVE_UP_MS)
}

const connections = load.senders.map(connectionOf)
await Promise.all(connections.map(({ opened }) => opened))
startedAtMs = performance.now()
if (load.seconds !== undefined) setTimeout(end, load.seconds * 1000)
const { rate } = load
if (rate === undefined) for (const { send } of connections) send(load.window)
else {
  let first = 0
  setInterval(() => {
    const due = Math.floor(((performance.now() - startedAtMs) / 1000) * rate) - sent
    for (let left = due; left > 0 && !isDone(); ) {
      const share = Math.min(left, Math.ceil(due / connections.length))
      connections[first]?.send(share)
      first = (first + 1) % connections.length
      left -= share
    }
  }, PACE_MS)
}
