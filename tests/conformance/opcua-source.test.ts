/** The OPC UA source against a real server in another process, killed and started again. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { DataChange } from '../../src/connect/connector.ts'
import { type OpcuaSource, OpcuaSourceOptions, opcuaSource } from '../../src/connect/opcua.ts'
import {
  listCertificates,
  openCertificateStore,
  ownCertificateFile,
  provisionDemoTrust,
  trustCertificate,
} from '../../src/connect/opcua-certificates.ts'
import { systemClock } from '../../src/connect/system-clock.ts'
import type { Clock } from '../../src/model/instant.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { type Hearing, hearing } from '../support/hearing.ts'
import { muteServer } from '../support/mute-server.ts'
import { type OpcuaProcess, startOpcuaProcess } from '../support/opcua.ts'

const NAMESPACE = 'urn:gatehouse:simulator'
const VOLUME = `nsu=${NAMESPACE};s=meter-1.Volume`
const NODES = [
  { nodeId: 's=meter-1.Volume', dataType: 'Double', initial: 1 },
  { nodeId: 's=meter-1.Valve', dataType: 'String', initial: 'open' },
] as const

let folder = ''
let server: OpcuaProcess
const serverDir = () => join(folder, 'server')
const undo: (() => unknown)[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-opcua-'))
  server = await startOpcuaProcess({ certificatesDir: serverDir(), nodes: NODES })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

let gatewayDir = ''
beforeEach(() => {
  gatewayDir = mkdtempSync(join(folder, 'gateway-'))
})

/**
 * A busy machine may leave both ends waiting for seconds: only who tests for silence asks to hear of the
 * server so often that they would count as one.
 */
const PATIENT = { keepAliveCount: 100, requestTimeoutMs: 120_000 }
const WATCHFUL = { keepAliveCount: 5 }

type Trigger = 'status-value' | 'status-value-timestamp'

async function source(
  heard: Hearing,
  nodeIds = [VOLUME],
  more: object = {},
  trigger: Trigger = 'status-value-timestamp',
  clock: Clock = systemClock,
): Promise<OpcuaSource> {
  const options = OpcuaSourceOptions.parse({
    kind: 'opcua',
    name: 'plant',
    endpoint: server.endpoint,
    publishingIntervalMs: 100,
    reconnectFirstMs: 100,
    reconnectLongestMs: 500,
    ...PATIENT,
    ...more,
  })
  const items = nodeIds.map((nodeId) => ({ nodeId, samplingMs: 50, queueSize: 600, trigger }))
  const parts = { items, certificatesDir: gatewayDir, log: SILENT_LOG, clock }
  const started = opcuaSource(options, parts)
  await started.start(heard)
  undo.push(() => started[Symbol.asyncDispose]())
  return started
}

const trusted = () => provisionDemoTrust(gatewayDir, serverDir(), Date.now())
const isUp = (heard: Hearing) => () => heard.links.at(-1)?.state === 'up'
const changes = (heard: Hearing) => heard.messages as DataChange[]
const saw = (heard: Hearing, value: unknown) => () => changes(heard).some((change) => change.value === value)

it('hears values with the time of their source and the status that the server gives', async () => {
  await trusted()
  const heard = hearing()
  await source(heard, [VOLUME, `nsu=${NAMESPACE};s=meter-1.Valve`])
  await heard.until(isUp(heard), 'up')
  const at = Date.now() - 60_000
  server.set('s=meter-1.Volume', 42.5, { sourceTimestamp: at, statusCode: 'UncertainLastUsableValue' })
  await heard.until(saw(heard, 42.5), 'the value')
  const change = changes(heard).find(({ value }) => value === 42.5)
  expect(change).toMatchObject({ is: 'data-change', source: 'plant', nodeId: VOLUME, sourceTimestamp: at })
  expect((change?.statusCode ?? 0) >>> 0).toBe(0x40900000)
  expect(changes(heard).some(({ value }) => value === 'open')).toBe(true)
  server.set('s=meter-1.Volume', 43, { statusCode: 'BadDeviceFailure' })
  await heard.until(
    () => changes(heard).some(({ statusCode }) => statusCode >>> 0 === 0x808b0000),
    'the bad one',
  )
})

it('says where the server samples or queues less than it was asked for', async () => {
  await trusted()
  const heard = hearing()
  const told: unknown[] = []
  const log = { ...SILENT_LOG, warn: (figures: object) => told.push(figures) }
  const address = { kind: 'opcua', name: 'plant', endpoint: server.endpoint }
  const options = OpcuaSourceOptions.parse({ ...address, requestTimeoutMs: PATIENT.requestTimeoutMs })
  const items = [{ nodeId: VOLUME, samplingMs: 10, queueSize: 6_000, trigger: 'status-value' as const }]
  const started = opcuaSource(options, { items, certificatesDir: gatewayDir, log, clock: systemClock })
  await started.start(heard)
  undo.push(() => started[Symbol.asyncDispose]())
  await heard.until(isUp(heard), 'up')
  expect(told).toMatchObject([{ nodes: 1, first: { nodeId: VOLUME, samplingMs: 50, queueSize: 5_000 } }])
})

it.each([
  ['status-value-timestamp', 'is heard'],
  ['status-value', 'is not heard'],
] as const)('with trigger %s a value that was measured again unchanged %s', async (trigger, _isHeard) => {
  await trusted()
  const heard = hearing()
  await source(heard, [VOLUME], {}, trigger)
  await heard.until(isUp(heard), 'up')
  const at = Date.now()
  server.set('s=meter-1.Volume', 7.25, { sourceTimestamp: at })
  await heard.until(saw(heard, 7.25), 'the value')
  server.set('s=meter-1.Volume', 7.25, { sourceTimestamp: at + 10_000 })
  const again = () =>
    changes(heard).some(({ value, sourceTimestamp }) => value === 7.25 && sourceTimestamp !== at)
  if (trigger === 'status-value-timestamp') await heard.until(again, 'the same value, measured again')
  else await new Promise((resolve) => setTimeout(resolve, 200)) // more than one sampling interval
  server.set('s=meter-1.Volume', 8.5, { sourceTimestamp: at + 30_000 })
  await heard.until(saw(heard, 8.5), 'the changed value')
  expect(again()).toBe(trigger === 'status-value-timestamp')
})

it('refuses a server that nobody has trusted, and heals once somebody does', async () => {
  const heard = hearing()
  await source(heard)
  await heard.until(() => heard.links.at(-1)?.state === 'refused', 'refused')
  expect(heard.links.at(-1)?.detail).toContain(server.thumbprint)
  expect(heard.messages).toEqual([])
  expect(await listCertificates(gatewayDir)).toMatchObject([
    { thumbprint: server.thumbprint, state: 'rejected' },
  ])
  await expect(trustCertificate(gatewayDir, 'ab'.repeat(20))).rejects.toMatchObject({ code: 'not-found' })
  await trustCertificate(gatewayDir, server.thumbprint.toUpperCase())
  expect(await listCertificates(gatewayDir)).toMatchObject([
    { thumbprint: server.thumbprint, state: 'trusted' },
  ])
  // the server, too, trusts nobody unasked
  await heard.until(
    () => heard.links.at(-1)?.detail?.includes('our certificate') === true,
    'refused by the server',
  )
  const mine = (await listCertificates(serverDir())).filter(({ state }) => state === 'rejected')
  for (const { thumbprint } of mine) await trustCertificate(serverDir(), thumbprint)
  await heard.until(isUp(heard), 'up')
})

it('is known by the certificate that it has, though its host is called otherwise now', async () => {
  const store = await openCertificateStore(gatewayDir)
  await store.createSelfSignedCertificate({
    applicationUri: 'urn:container-1:gatehouse',
    dns: ['container-1'],
    subject: '/CN=Gatehouse',
    outputFile: ownCertificateFile(gatewayDir),
    startDate: new Date(),
    validity: 10,
  })
  await store.dispose()
  await trusted()
  const heard = hearing()
  await source(heard)
  await heard.until(() => heard.links.at(-1)?.state !== 'connecting', 'an answer')
  expect(heard.links.at(-1)).toEqual({ source: 'plant', state: 'up' })
})

it('names nodes that the server does not have, and hears the others', async () => {
  await trusted()
  const heard = hearing()
  const listening = await source(heard, ['nsu=urn:nobody;s=x', `nsu=${NAMESPACE};s=nothing`, VOLUME])
  await heard.until(isUp(heard), 'up')
  await heard.until(() => heard.messages.length > 0, 'the first value')
  expect(listening.counts).toMatchObject({ refusedItems: 2, monitored: 1 })
})

it('keeps what it heard until it can be made durable', async () => {
  await trusted()
  let isFull = true
  const heard = hearing(async () => {
    if (isFull) throw new Error('disk full')
  })
  const listening = await source(heard)
  await heard.until(() => heard.batches.length >= 1, 'the first attempt')
  server.set('s=meter-1.Volume', 77)
  await heard.until(() => heard.batches.length >= 2, 'a second attempt')
  expect(listening.counts.undelivered).toBeGreaterThan(0)
  isFull = false
  await heard.until(saw(heard, 77), 'the value')
  await expect.poll(() => listening.counts.undelivered).toBe(0)
})

it('bridges a short loss from the queue of the server, without a gap', async () => {
  await trusted()
  const heard = hearing()
  const listening = await source(heard)
  await heard.until(isUp(heard), 'up')
  server.signal('SIGSTOP')
  server.set('s=meter-1.Volume', 501)
  server.set('s=meter-1.Volume', 502)
  setTimeout(() => server.signal('SIGCONT'), 500)
  await heard.until(saw(heard, 502), 'the value')
  expect(listening.counts).toMatchObject({ connects: 1, gaps: 0 })
})

it('gives up a server that hangs, connects anew when it is back, and writes the gap down', async () => {
  await trusted()
  const heard = hearing()
  const listening = await source(heard, [VOLUME], WATCHFUL)
  await heard.until(isUp(heard), 'up')
  server.signal('SIGSTOP')
  undo.push(() => server.signal('SIGCONT'))
  await heard.until(() => heard.links.at(-1)?.state === 'down', 'down')
  server.signal('SIGCONT')
  await heard.until(isUp(heard), 'up again')
  await heard.until(() => heard.gaps.length > 0, 'the gap, for this server has no history')
  expect(listening.counts.watchdogs).toBeGreaterThanOrEqual(1)
  expect(heard.gaps).toMatchObject([{ source: 'plant' }])
})

it('leaves a quiet server in peace that publishes less often than it was asked to', async () => {
  await trusted()
  await using slow = await startOpcuaProcess({
    certificatesDir: serverDir(),
    nodes: NODES,
    leastPublishingMs: 1_000,
  })
  const heard = hearing()
  const listening = await source(heard, [VOLUME], { endpoint: slow.endpoint, keepAliveCount: 2 })
  await heard.until(isUp(heard), 'up')
  await new Promise((resolve) => setTimeout(resolve, 3_500)) // it says that it is alive each two seconds
  expect(listening.counts).toMatchObject({ connects: 1, watchdogs: 0 })
})

it('is stopped while a server takes the connection and never answers, without waiting for an answer', async () => {
  await using mute = await muteServer()
  const endpoint = `opc.tcp://127.0.0.1:${mute.port}`
  const stopping = await source(hearing(), [VOLUME], { endpoint, requestTimeoutMs: LONGER_THAN_A_TEST_MS })
  await expect.poll(() => mute.connections).toBe(1)
  await stopping[Symbol.asyncDispose]()
})

/** The most that the option takes. */
const LONGER_THAN_A_TEST_MS = 300_000

it('gives up a server that takes the connection and never answers, and comes back', async () => {
  await using mute = await muteServer()
  const heard = hearing()
  await source(heard, [VOLUME], { endpoint: `opc.tcp://127.0.0.1:${mute.port}`, requestTimeoutMs: 500 })
  await heard.until(() => heard.links.at(-1)?.state === 'down', 'down')
  expect(heard.links.at(-1)?.detail).toBe('The server does not answer within 1000 ms')
  await expect.poll(() => mute.connections).toBeGreaterThan(1)
})

it('leaves a server that takes it in and drops it alone for ever longer', async () => {
  await trusted()
  await server.kill()
  const waits: number[] = []
  const clock: Clock = {
    ...systemClock,
    monotonicMs: () => 0, // so that no connection holds for long
    after(delayMs, task) {
      waits.push(delayMs)
      return systemClock.after(delayMs, task)
    },
  }
  const heard = hearing()
  await source(heard, [VOLUME], {}, 'status-value-timestamp', clock)
  await expect.poll(() => waits.filter((ms) => ms > 200 && ms <= 500).length).toBeGreaterThan(1)
  await server.start()
  await heard.until(isUp(heard), 'up')
  waits.length = 0
  await server.kill()
  await server.start()
  const isEnded = () =>
    heard.links.some(({ detail }) => /restarted|forgotten|closed|aborted/.test(detail ?? ''))
  await heard.until(isEnded, 'dropped')
  expect(Math.min(...waits), 'the longest wait, and not the first').toBeGreaterThanOrEqual(250)
})

it('survives the end of the server, its restart, and other namespace indexes after it', async () => {
  await trusted()
  const heard = hearing()
  const listening = await source(heard)
  await heard.until(isUp(heard), 'up')
  await server.kill()
  await heard.until(() => heard.links.at(-1)?.state === 'down', 'down')
  await server.start({ namespacesBefore: ['urn:another', 'urn:yet-another'] })
  await heard.until(isUp(heard), 'up again')
  server.set('s=meter-1.Volume', 901)
  await heard.until(saw(heard, 901), 'the value after')
  expect(changes(heard).find(({ value }) => value === 901)?.nodeId).toBe(VOLUME)
  expect(heard.gaps.length).toBe(1)
  expect(heard.gaps[0]?.to).toBeGreaterThan(heard.gaps[0]?.from ?? Number.POSITIVE_INFINITY)
  expect(listening.counts.connects).toBe(2)
})

it('takes no security None unless it is allowed in so many words', () => {
  const options = { kind: 'opcua', name: 'plant', endpoint: 'opc.tcp://127.0.0.1:4840' }
  const none = { ...options, securityMode: 'None', securityPolicy: 'None' }
  expect(OpcuaSourceOptions.safeParse(none).success).toBe(false)
  expect(OpcuaSourceOptions.safeParse({ ...none, allowInsecure: true }).success).toBe(true)
})
