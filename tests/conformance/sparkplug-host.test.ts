/** The gateway as the primary host of Sparkplug edge nodes, through a real Mosquitto: they go by its retained state. */
import mqtt, { type MqttClient } from 'mqtt'
import { afterEach, expect, it } from 'vitest'
import { type MqttSource, MqttSourceOptions, mqttSource } from '../../src/connect/mqtt.ts'
import { systemClock } from '../../src/connect/system-clock.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { cuttableLink } from '../support/cuttable-link.ts'
import { type Hearing, hearing } from '../support/hearing.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { requireServer } from '../support/servers.ts'

const STATE = 'spBv1.0/STATE/gatehouse'

type State = { readonly online: boolean; readonly timestamp: number }

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function source(port: number, protocolVersion: 4 | 5, heard: Hearing = hearing()): Promise<MqttSource> {
  const options = MqttSourceOptions.parse({
    kind: 'mqtt',
    name: 'edge',
    url: `mqtt://127.0.0.1:${port}`,
    topics: ['spBv1.0/#'],
    sparkplugHostId: 'gatehouse',
    reconnectFirstMs: 20,
    protocolVersion,
  })
  const started = mqttSource(options, { log: SILENT_LOG, clock: systemClock })
  await started.start(heard)
  undo.push(() => started[Symbol.asyncDispose]())
  return started
}

/** An edge node, and the states of its host as it heard them, the retained one first. */
async function edgeNode(port: number): Promise<{ readonly client: MqttClient; readonly states: State[] }> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`)
  undo.push(() => client.endAsync(true))
  const states: State[] = []
  client.on('message', (_topic, payload) => states.push(JSON.parse(payload.toString())))
  await client.subscribeAsync(STATE, { qos: 1 })
  return { client, states }
}

async function broker() {
  const mosquitto = await startMosquitto()
  undo.push(() => mosquitto[Symbol.asyncDispose]())
  return mosquitto
}

/** What an edge node hears that comes now. */
async function retained(port: number): Promise<State | undefined> {
  const { states } = await edgeNode(port)
  await expect.poll(() => states.length).toBeGreaterThan(0)
  return states[0]
}

const last = ({ states }: { readonly states: readonly State[] }) => states.at(-1)

requireServer('mosquitto').each([4, 5] as const)('over protocol version %i', (version) => {
  it('edge nodes hear that their host is there and that it has stopped, also those that come later', async () => {
    const { port } = await broker()
    const node = await edgeNode(port)
    const heard = hearing()
    const host = await source(port, version, heard)
    await expect.poll(() => node.states.map(({ online }) => online)).toEqual([true])
    expect(await retained(port)).toEqual(last(node))
    await host[Symbol.asyncDispose]()
    await expect.poll(() => node.states.map(({ online }) => online)).toEqual([true, false])
    expect(node.states[1]?.timestamp).toBeGreaterThanOrEqual(node.states[0]?.timestamp ?? 0)
    expect(await retained(port)).toEqual(last(node))
    expect(heard.messages, 'its own state is no message of a device').toEqual([])
  })

  it('where its connection is cut the broker says that it is away, and it begins later than before', async () => {
    const { port } = await broker()
    const link = await cuttableLink({ host: '127.0.0.1', port })
    undo.push(() => link[Symbol.asyncDispose]())
    const node = await edgeNode(port)
    await source(link.port, version)
    await expect.poll(() => last(node)?.online).toBe(true)
    link.cut()
    await expect.poll(() => last(node)).toEqual({ online: false, timestamp: node.states[0]?.timestamp })
    link.mend()
    await expect.poll(() => last(node)?.online).toBe(true)
    expect(last(node)?.timestamp).toBeGreaterThan(node.states[0]?.timestamp ?? 0)
  })

  it('the will of an earlier connection that comes late is answered: it is there', async () => {
    const { port } = await broker()
    const node = await edgeNode(port)
    await source(port, version)
    await expect.poll(() => last(node)?.online).toBe(true)
    const { timestamp = 0 } = last(node) ?? {}
    const late = JSON.stringify({ online: false, timestamp: timestamp - 1 })
    await node.client.publishAsync(STATE, late, { qos: 1, retain: true })
    await expect.poll(() => node.states.slice(1).map(({ online }) => online)).toContain(true)
    expect(last(node)).toEqual({ online: true, timestamp })
    expect(await retained(port)).toEqual({ online: true, timestamp })
  })

  it('who has heard of a later end, from a clock that ran ahead, hears of a beginning that is later still', async () => {
    const { port } = await broker()
    const node = await edgeNode(port)
    const ahead = Date.now() + 3_600_000
    const ended = JSON.stringify({ online: false, timestamp: ahead })
    await node.client.publishAsync(STATE, ended, { qos: 1, retain: true })
    await source(port, version)
    await expect.poll(() => last(node)?.online && last(node)?.timestamp).toBe(ahead + 1)
  })

  it('a broker that hangs while it stops says so once it goes on', async () => {
    const { port, pid } = await broker()
    const node = await edgeNode(port)
    const host = await source(port, version)
    await expect.poll(() => last(node)?.online).toBe(true)
    process.kill(pid, 'SIGSTOP')
    try {
      await host[Symbol.asyncDispose]()
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await expect.poll(() => last(node)?.online).toBe(false)
  })

  it('what is not a state is passed over', async () => {
    const { port } = await broker()
    const node = await edgeNode(port)
    const host = await source(port, version)
    await expect.poll(() => last(node)?.online).toBe(true)
    for (const odd of ['{}', '{"online":false}', '{"online":false,"timestamp":1e300}', '7'])
      await node.client.publishAsync(STATE, odd, { qos: 1 })
    await node.client.publishAsync('spBv1.0/Campus/NDATA/pump', 'x', { qos: 1 })
    await expect.poll(() => host.counts.received).toBe(1)
    expect(host.counts.connects).toBe(1)
  })
})
