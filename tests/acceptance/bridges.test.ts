/**
 * Meters behind what others have built, each spoken for by one bridge: a Sparkplug edge node, ThingsBoard,
 * Neuron, ChirpStack.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { expect, it } from 'vitest'
import { eventually, type RunningGateway, startGateway, temporaryFolder } from '../support/gateway.ts'
import { sparkplugPayload, TYPE, type WrittenMetric } from '../support/sparkplug.ts'

const CONFIG = `
site: site.yaml
bridges:
  - name: pump-house
    publish: ['spBv1.0/Campus/+/Pump house', 'spBv1.0/Campus/+/Pump house/+']
    subscribe: ['spBv1.0/Campus/NCMD/Pump house/#']
  - { name: others, publish: ['v1/gateway/telemetry', '/neuron/#', 'application/#'] }
`
const meter = (id: string, profile: string, address: string) =>
  `  - { id: ${id}, name: ${id}, profile: ${profile}/water-meter, place: { institution: school }, address: '${address}' }`
const SITE = `
id: small
name: Small
timeZone: Asia/Shanghai
institutions:
  - { id: school, name: School, type: school, headCount: 400, areaM2: 9000 }
devices:
${[
  meter('by-sparkplug', 'sparkplug', 'Campus/Pump house/Meter 1'),
  meter('by-thingsboard', 'thingsboard', 'Device A'),
  meter('by-neuron', 'neuron', 'modbus/canteen'),
  meter('by-chirpstack', 'chirpstack', '24e124136b502217'),
].join('\n')}
`

function siteFolder(): Disposable & { readonly config: string } {
  const folder = temporaryFolder('bridges')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'gatehouse.yaml'), CONFIG)
  writeFileSync(join(folder, 'site.yaml'), SITE)
  return {
    config: join(folder, 'gatehouse.yaml'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const volumeOf = async (gateway: RunningGateway, device: string): Promise<number | undefined> => {
  const { body } = await gateway.api(`/devices/${device}`)
  return (body as { latest: Record<string, { value: number }> }).latest.volume?.value
}

async function signedIn(
  gateway: RunningGateway,
  bridge: string,
  will?: { topic: string; payload: Buffer },
): Promise<MqttClient> {
  return mqtt.connectAsync(`mqtt://127.0.0.1:${gateway.mqttPort}`, {
    username: bridge,
    password: await gateway.bridgeToken(bridge),
    reconnectPeriod: 0,
    ...(will && { will: { ...will, qos: 1 as const, retain: false } }),
  })
}

/** As small as an edge node can be: it declares itself when it is told to, and numbers what it says. */
async function edgeNode(gateway: RunningGateway) {
  let seq = -1
  const bdSeq = { name: 'bdSeq', datatype: TYPE.int64, long: 0 }
  const topic = (kind: string) => `spBv1.0/Campus/${kind}/Pump house${kind.startsWith('D') ? '/Meter 1' : ''}`
  const will = { topic: topic('NDEATH'), payload: Buffer.from(sparkplugPayload({ metrics: [bdSeq] })) }
  const client = await signedIn(gateway, 'pump-house', will)
  const publish = (kind: string, metrics: readonly WrittenMetric[]) => {
    seq = kind === 'NBIRTH' ? 0 : (seq + 1) % 256
    const payload = sparkplugPayload({ timestamp: Date.now(), seq, metrics })
    return client.publishAsync(topic(kind), Buffer.from(payload))
  }
  await client.subscribeAsync(topic('NCMD'))
  const asked = () => new Promise<string>((resolve) => client.once('message', (named) => resolve(named)))
  return {
    client,
    asked,
    async beBorn(volume: number) {
      await publish('NBIRTH', [
        bdSeq,
        { name: 'Node Control/Rebirth', datatype: TYPE.boolean, boolean: false },
      ])
      await publish('DBIRTH', [{ name: 'Volume', alias: 1, datatype: TYPE.double, double: volume }])
    },
    say: (volume: number) => publish('DDATA', [{ alias: 1, double: volume }]),
    miss: () => {
      seq++
    },
  }
}

it('an edge node is asked for its birth where one is missing, also by a gateway that was started anew', async () => {
  using site = siteFolder()
  const dataDir = temporaryFolder('data')
  try {
    {
      await using gateway = await startGateway({ config: site.config, dataDir })
      const node = await edgeNode(gateway)
      const first = node.asked()
      await node.say(1)
      expect(await first).toBe('spBv1.0/Campus/NCMD/Pump house')
      await node.beBorn(10)
      await eventually(
        () => volumeOf(gateway, 'by-sparkplug'),
        (volume) => volume === 10,
      )
      await node.say(11)
      await eventually(
        () => volumeOf(gateway, 'by-sparkplug'),
        (volume) => volume === 11,
      )
      await new Promise((resolve) => setTimeout(resolve, 2_000)) // it is not asked more often
      const again = node.asked()
      node.miss()
      await node.say(13)
      await again
      const { body } = await gateway.api('/dead-letters?code=birth-missing')
      expect((body as { items: unknown[] }).items).toHaveLength(2)
      await node.beBorn(13)
      await eventually(
        () => volumeOf(gateway, 'by-sparkplug'),
        (volume) => volume === 13,
      )
      node.client.stream.destroy() // its will is heard as a death
    }
    await using gateway = await startGateway({ config: site.config, dataDir })
    const node = await edgeNode(gateway)
    const asked = node.asked()
    await node.say(14)
    await asked
    await node.beBorn(15)
    await eventually(
      () => volumeOf(gateway, 'by-sparkplug'),
      (volume) => volume === 15,
    )
    await node.client.endAsync(true)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})

it('each of the other bridges is understood by its profile', async () => {
  using site = siteFolder()
  await using gateway = await startGateway({ config: site.config })
  const client = await signedIn(gateway, 'others')
  const [now, time] = [Date.now(), new Date().toISOString()]
  const say = (topic: string, said: object) => client.publishAsync(topic, JSON.stringify(said), { qos: 1 })
  await say('v1/gateway/telemetry', {
    'Device A': [{ ts: now, values: { volume: 1 } }],
    'Device B': [{ ts: now, values: {} }],
  })
  await say('/neuron/mqtt/modbus/canteen', {
    timestamp: now,
    node: 'modbus',
    group: 'canteen',
    values: { volume: 2 },
    errors: { flow: 3002 },
  })
  await say('application/ca739e26/device/24e124136b502217/event/up', { time, object: { volume: 3 } })
  for (const [device, volume] of [
    ['by-thingsboard', 1],
    ['by-neuron', 2],
    ['by-chirpstack', 3],
  ] as const) {
    expect(
      await eventually(
        () => volumeOf(gateway, device),
        (found) => found !== undefined,
      ),
    ).toBe(volume)
  }
  const { body } = await gateway.api('/dead-letters')
  const reasons = (body as { items: { reason: string }[] }).items.map(({ reason }) => reason)
  expect(reasons.toSorted()).toEqual(['flow: error 3002', 'no device is bound to the name "Device B"'])
  await client.endAsync(true)
})
