import mqtt from 'mqtt'
import { afterEach, expect, it } from 'vitest'
import { hearing } from '../../tests/support/hearing.ts'
import { SILENT_LOG } from '../model/log.ts'
import { EmbeddedBrokerOptions, embeddedBroker } from './embedded-broker.ts'
import { systemClock } from './system-clock.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

it('an edge node on the embedded broker hears that its host is there, and that it stops', async () => {
  const broker = embeddedBroker(EmbeddedBrokerOptions.parse({ port: 0, sparkplugHostId: 'gatehouse' }), {
    authenticate: async (name) => ({ name, publish: ['spBv1.0/#'], subscribe: ['spBv1.0/STATE/#'] }),
    log: SILENT_LOG,
    clock: systemClock,
  })
  const heard = hearing()
  await broker.start(heard)
  undo.push(() => broker[Symbol.asyncDispose]())
  const node = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
    username: 'pump-house',
    password: 'pump',
    reconnectPeriod: 0,
  })
  undo.push(() => node.endAsync(true))
  const states: { topic: string; online: boolean; timestamp: number; retain: boolean }[] = []
  node.on('message', (topic, payload, { retain }) =>
    states.push({ topic, retain, ...JSON.parse(payload.toString()) }),
  )
  await node.publishAsync('spBv1.0/STATE/gatehouse', '{"online":false,"timestamp":1}', {
    qos: 1,
    retain: true,
  })
  await node.subscribeAsync('spBv1.0/STATE/#', { qos: 1 })
  await expect.poll(() => states.length).toBe(1)
  expect(states[0]).toMatchObject({ topic: 'spBv1.0/STATE/gatehouse', online: true, retain: true })
  await broker[Symbol.asyncDispose]()
  await expect.poll(() => states.length).toBe(2)
  expect(states[1]).toMatchObject({ topic: 'spBv1.0/STATE/gatehouse', online: false })
})
