/**
 * The load, as a process of its own: many MQTT connections, each with a window of QoS 1
 * publishes that is refilled by every PUBACK. Packets are built once and only their ids and counters change, so
 * that the generator costs less than what it measures. Prints one JSON line at the end.
 */
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { preparePublish } from '../../tests/support/mqtt-wire.ts'

export type Load = {
  readonly port: number
  /** One connection each. */
  readonly senders: readonly {
    readonly user: string
    readonly password: string
    readonly topics: readonly string[]
  }[]
  /** A template; each `#########` in it is replaced by a growing number of nine digits. */
  readonly payload: string
  readonly messages: number
  /** Unacknowledged publishes a connection. */
  readonly window: number
  /** Messages a second in all; absent: as fast as they are acknowledged. */
  readonly rate?: number
}

export type LoadResult = {
  readonly acknowledged: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly lostConnections: number
}

const COUNTER = '#########'

const load = JSON.parse(readFileSync(0, 'utf8')) as Load

let sent = 0
let acknowledged = 0
let lostConnections = 0
const latencies = new Float32Array(Math.min(load.messages, 4_000_000))
const startedAt = performance.now()
const due = () =>
  load.rate ? ((performance.now() - startedAt) / 1000) * load.rate : Number.POSITIVE_INFINITY

type Slot = { readonly bytes: Buffer; readonly counterAt: number; sentAt: number }

function connectionOf({ user, password, topics }: Load['senders'][number]) {
  const slots: Slot[] = Array.from({ length: load.window }, (_, i) => {
    const topic = topics[i % topics.length] as string
    const { bytes, idAt } = preparePublish(topic, load.payload)
    bytes.writeUInt16BE(i + 1, idAt)
    return { bytes, counterAt: bytes.indexOf(COUNTER, idAt), sentAt: 0 }
  })
  const free = slots.map((_, i) => i)
  const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true })
  const send = () => {
    socket.cork()
    while (free.length > 0 && sent < load.messages && sent < due()) {
      const slot = slots[free.pop() as number] as Slot
      if (slot.counterAt > 0)
        slot.bytes.write(String(++sent).padStart(COUNTER.length, '0'), slot.counterAt, 'latin1')
      else sent++
      slot.sentAt = performance.now()
      socket.write(Buffer.from(slot.bytes)) // the slot's own bytes change before the kernel has taken them
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
        field(user),
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
        const id = rest.readUInt16BE(at + 2) - 1
        latencies[acknowledged % latencies.length] = now - (slots[id] as Slot).sentAt
        acknowledged++
        free.push(id)
      }
      rest = rest.subarray(at)
      if (acknowledged >= load.messages) finish()
      else send()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      lostConnections++
      reject(new Error('closed'))
      if (lostConnections === load.senders.length) finish()
    })
  })
  return { opened, send }
}

let finished = false
let pacer: NodeJS.Timeout | undefined

function finish(): void {
  if (finished) return
  finished = true
  clearInterval(pacer)
  const seconds = (performance.now() - startedAt) / 1000
  const sorted = latencies.subarray(0, Math.min(acknowledged, latencies.length)).sort()
  const quantile = (q: number) => Number((sorted[Math.floor(sorted.length * q)] ?? 0).toFixed(2))
  const result: LoadResult = {
    acknowledged,
    seconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    lostConnections,
  }
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
}

const connections = load.senders.map(connectionOf)
await Promise.all(connections.map(({ opened }) => opened))
for (const { send } of connections) send()
if (load.rate) {
  pacer = setInterval(() => {
    for (const { send } of connections) send()
  }, 2)
}
