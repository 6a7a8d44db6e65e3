/**
 * What an OPC UA source missed, fetched from the history of a real server in another process, or written down
 * as a gap.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { DataChange } from '../../src/connect/connector.ts'
import { type OpcuaSource, OpcuaSourceOptions, opcuaSource } from '../../src/connect/opcua.ts'
import { provisionDemoTrust } from '../../src/connect/opcua-certificates.ts'
import { systemClock } from '../../src/connect/system-clock.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { type CuttableLink, cuttableLink } from '../support/cuttable-link.ts'
import { type Hearing, hearing } from '../support/hearing.ts'
import { type OpcuaProcess, startOpcuaProcess } from '../support/opcua.ts'

const NAMESPACE = 'urn:gatehouse:simulator'
const POINTS = ['Volume', 'Flow'] as const
const NODES = POINTS.map(
  (point) => ({ nodeId: `s=meter-1.${point}`, dataType: 'Double', initial: 0 }) as const,
)
const ID = { Volume: `nsu=${NAMESPACE};s=meter-1.Volume`, Flow: `nsu=${NAMESPACE};s=meter-1.Flow` }
/** Values may come fast, and only two of them are kept by the server's queue. */
const ITEMS = POINTS.map((point) => ({
  nodeId: ID[point],
  device: 'meter-1',
  samplingMs: 10,
  queueSize: 2,
  trigger: 'status-value-timestamp' as const,
}))
/** Between two values by their source timestamps, however fast they are set. */
const STEP_MS = 1

let folder = ''
let gatewayDir = ''
let server: OpcuaProcess
let link: CuttableLink
/** Of the next value set. */
let at = 0
const undo: (() => unknown)[] = []
const serverDir = () => join(folder, 'server')

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-opcua-'))
  server = await startOpcuaProcess({ certificatesDir: serverDir(), nodes: NODES, history: true })
  link = await cuttableLink({ host: '127.0.0.1', port: Number(new URL(server.endpoint).port) })
})
afterAll(async () => {
  await link[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  gatewayDir = mkdtempSync(join(folder, 'gateway-'))
  await provisionDemoTrust(gatewayDir, serverDir(), Date.now())
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

type More = { readonly options?: object; readonly lastSeen?: (nodeId: string) => number | undefined }

async function source(heard: Hearing, { options = {}, lastSeen }: More = {}): Promise<OpcuaSource> {
  const parsed = OpcuaSourceOptions.parse({
    kind: 'opcua',
    name: 'plant',
    endpoint: `opc.tcp://127.0.0.1:${link.port}/gatehouse`,
    publishingIntervalMs: 100,
    keepAliveCount: 100, // a busy machine may leave both ends waiting for seconds, which is not to count as silence
    requestTimeoutMs: 120_000,
    reconnectFirstMs: 100,
    reconnectLongestMs: 500,
    ...options,
  })
  const parts = { items: ITEMS, certificatesDir: gatewayDir, log: SILENT_LOG, clock: systemClock }
  const started = opcuaSource(parsed, lastSeen ? { ...parts, lastSeen } : parts)
  await started.start(heard)
  undo.push(() => started[Symbol.asyncDispose]())
  await heard.until(() => heard.links.at(-1)?.state === 'up', 'up')
  return started
}

/** Sets both points `count` times; returns the instants. */
function measure(count: number): number[] {
  const instants = Array.from({ length: count }, (_, i) => at + i * STEP_MS)
  at += count * STEP_MS
  for (const sourceTimestamp of instants) {
    server.set('s=meter-1.Volume', sourceTimestamp % 1_000_000, { sourceTimestamp })
    server.set('s=meter-1.Flow', sourceTimestamp % 97, { sourceTimestamp })
  }
  return instants
}

const changes = (heard: Hearing) => heard.messages as DataChange[]
const instantsOf = (heard: Hearing, nodeId: string) =>
  changes(heard).flatMap((change) => (change.nodeId === nodeId ? [change.sourceTimestamp ?? 0] : []))
const sawAll = (heard: Hearing, nodeId: string, instants: readonly number[]) => () => {
  const seen = new Set(instantsOf(heard, nodeId))
  return instants.every((instant) => seen.has(instant))
}
/** First the outage, then what came after: the newest durable value says that the older ones are durable too. */
const inOrder = (instants: readonly number[]) => instants.toSorted((one, other) => one - other)

beforeEach(() => {
  at = Math.max(at, Date.now())
})

it('after a cut longer than the subscription lives, fetches every value that was measured meanwhile', async () => {
  const heard = hearing()
  const listening = await source(heard, { options: { keepAliveCount: 10, lifetimeCount: 30 } })
  const before = measure(1)
  await heard.until(sawAll(heard, ID.Volume, before), 'the value before')
  link.cut()
  await heard.until(() => heard.links.at(-1)?.state === 'down', 'down')
  const missed = measure(600) // more than one page
  await new Promise((resolve) => setTimeout(resolve, 7_000)) // 30 × 100 ms are asked for, and the server lets none live for less than 5 s
  link.mend()
  await heard.until(() => heard.links.at(-1)?.state === 'up', 'up again')
  const after = measure(1)
  for (const nodeId of Object.values(ID)) {
    await heard.until(sawAll(heard, nodeId, [...before, ...missed, ...after]), `all of ${nodeId}`)
    const since = instantsOf(heard, nodeId).filter((instant) => instant > (before[0] ?? 0))
    expect(since).toEqual(inOrder(since))
  }
  expect(heard.gaps).toEqual([])
  expect(listening.counts).toMatchObject({ gaps: 0, historyReads: 1 })
  await expect.poll(() => listening.counts.fromHistory).toBeGreaterThanOrEqual(2 * 598) // the queue of the server held two of each
})

it('after a restart of the gateway, fetches what was measured since the newest durable value', async () => {
  const first = hearing()
  const listening = await source(first)
  const before = measure(1)
  await first.until(sawAll(first, ID.Flow, before), 'the value before')
  await listening[Symbol.asyncDispose]()
  const missed = measure(20)
  const second = hearing()
  const asked: string[] = []
  const lastSeen = (nodeId: string) => {
    asked.push(nodeId)
    return before[0]
  }
  const restarted = await source(second, { lastSeen })
  await second.until(sawAll(second, ID.Volume, missed), 'all that was missed')
  await second.until(sawAll(second, ID.Flow, missed), 'all that was missed')
  expect(new Set(asked)).toEqual(new Set(Object.values(ID)))
  expect(second.gaps).toEqual([])
  expect(instantsOf(second, ID.Flow).filter((instant) => instant <= (before[0] ?? 0))).toEqual([])
  expect(restarted.counts).toMatchObject({ historyReads: 1, gaps: 0 })
  // what was measured together is delivered together, so that it becomes one reading
  const together = second.batches.find((batch) =>
    batch.some((change) => (change as DataChange).sourceTimestamp === missed[5]),
  ) as readonly DataChange[]
  expect(together.filter(({ sourceTimestamp }) => sourceTimestamp === missed[5])).toHaveLength(2)
})

it('asks for nothing where nothing was missed', async () => {
  const heard = hearing()
  const listening = await source(heard)
  await heard.until(() => heard.messages.length > 0, 'the first value')
  expect(listening.counts).toMatchObject({ historyReads: 0, fromHistory: 0, gaps: 0 })
})

it('keeps asking until the history is durable, and lets nothing newer pass before', async () => {
  const before = measure(1)
  const missed = measure(3)
  let isFull = true
  const taken: DataChange[] = []
  const heard = hearing(async (batch) => {
    if (isFull) throw new Error('disk full')
    taken.push(...(batch as DataChange[]))
  })
  await source(heard, { lastSeen: () => before[0] })
  await heard.until(() => heard.batches.length >= 1, 'the first attempt')
  const after = measure(1)
  isFull = false
  const all = [...missed, ...after]
  const instants = () =>
    taken.flatMap(({ nodeId, sourceTimestamp }) => (nodeId === ID.Flow ? [sourceTimestamp] : []))
  await expect.poll(() => instants().at(-1)).toBe(after[0])
  expect([...new Set(instants())]).toEqual(all)
})

it('writes a gap for what may not be fetched', async () => {
  const before = measure(1)
  const missed = measure(5)
  const heard = hearing()
  await source(heard, { lastSeen: () => before[0], options: { historyBackMs: 0 } })
  await heard.until(() => heard.gaps.length > 0, 'the gap')
  expect(heard.gaps).toMatchObject([{ source: 'plant', from: before[0] }])
  expect(instantsOf(heard, ID.Flow)).not.toContain(missed[1])
})

it('counts values that the queue of the server had no room for, and fetches them too', async () => {
  const heard = hearing()
  const listening = await source(heard, { options: { publishingIntervalMs: 1_000 } })
  const before = measure(1)
  await heard.until(sawAll(heard, ID.Volume, before), 'the value before')
  const burst: number[] = []
  // Until the server has sampled more between two answers than its queue holds: of a machine that stood still
  // it samples but the last one.
  while (burst.length < 40 || listening.counts.overflows === 0) {
    burst.push(...measure(1))
    await new Promise((resolve) => setTimeout(resolve, 15)) // beyond the sampling interval, within the publishing interval
  }
  await heard.until(sawAll(heard, ID.Volume, burst), 'those that had no room')
  expect(heard.gaps).toEqual([])
})
