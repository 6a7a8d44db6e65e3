/**
 * What is different when the broker is on a thread of its own; what a device may and hears is tested with the
 * broker itself.
 */
import { Worker } from 'node:worker_threads'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { afterEach, expect, it } from 'vitest'
import { type Hearing, hearing } from '../../tests/support/hearing.ts'
import { type Log, SILENT_LOG } from '../model/log.ts'
import { type BrokerThreadData, brokerThread } from './broker-thread.ts'
import type { Publish } from './connector.ts'
import {
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
  type EmbeddedBrokerParts,
  EmbeddedBrokerOptions as Options,
} from './embedded-broker.ts'
import { systemClock } from './system-clock.ts'

const TOPIC = 'gatehouse/meter-1/readings'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

type With = { log?: Log; startThread?: (data: BrokerThreadData) => Worker }

async function started(
  heard: Hearing,
  { log = SILENT_LOG, startThread, ...options }: Partial<EmbeddedBrokerOptions> & With = {},
): Promise<EmbeddedBroker> {
  const parts: EmbeddedBrokerParts = {
    authenticate: async (name, password) =>
      Buffer.from(password).toString() === 'one'
        ? { name, publish: [`gatehouse/${name}/readings`], subscribe: [`gatehouse/${name}/down/#`] }
        : null,
    log,
    clock: systemClock,
  }
  const broker = brokerThread(Options.parse({ port: 0, ...options }), parts, startThread)
  undo.push(() => broker[Symbol.asyncDispose]())
  await broker.start(heard)
  return broker
}

async function device({ port }: EmbeddedBroker, more: IClientOptions = {}): Promise<MqttClient> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { username: 'meter-1', password: 'one', ...more })
  client.on('error', () => {})
  undo.push(() => client.endAsync(true))
  await new Promise((resolve) => client.once('connect', resolve))
  return client
}

const closing = (client: MqttClient) => new Promise<void>((resolve) => client.once('close', () => resolve()))

it('hears a device as it spoke, and acknowledges only what the gateway has made durable', async () => {
  const durable = Promise.withResolvers<void>()
  const heard = hearing(() => durable.promise)
  const broker = await started(heard)
  const client = await device(broker)
  let isAcknowledged = false
  const sent = client.publishAsync(TOPIC, '{"volume":1}', { qos: 1 }).then(() => {
    isAcknowledged = true
  })
  await heard.until(() => heard.messages.length === 1, 'the message')
  const message = heard.messages[0] as Publish
  expect({ ...message, payload: Buffer.from(message.payload).toString() }).toEqual({
    is: 'publish',
    source: 'embedded-broker',
    sender: 'meter-1',
    topic: TOPIC,
    payload: '{"volume":1}',
    retained: false,
  })
  expect({ isAcknowledged, published: broker.counts.published }).toEqual({
    isAcknowledged: false,
    published: 0,
  })
  durable.resolve()
  await sent
  expect(broker.counts).toMatchObject({ connections: 1, published: 1 })
})

it('what the gateway cannot make durable ends the connection unacknowledged', async () => {
  const broker = await started(hearing(() => Promise.reject(new Error('disk full'))))
  const client = await device(broker, { reconnectPeriod: 0 })
  client.publish(TOPIC, '{}', { qos: 1 })
  await closing(client)
  expect(broker.counts).toMatchObject({ published: 0, undelivered: 1 })
})

it('the gateway reads in its log and among its warnings whom the thread refused', async () => {
  const logged: string[] = []
  const log = { ...SILENT_LOG, warn: (_: object, sentence: string) => logged.push(sentence) }
  const broker = await started(hearing(), { log })
  const client = await device(broker, { reconnectPeriod: 0 })
  client.publish('gatehouse/meter-2/readings', '{}', { qos: 1 })
  await closing(client)
  const wrong = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`, {
    username: 'x',
    password: 'y',
    reconnectPeriod: 0,
  })
  undo.push(() => wrong.endAsync(true))
  await new Promise((resolve) => wrong.once('error', resolve))
  expect(broker.counts).toMatchObject({ refusedPublishes: 1, wrongCredentials: 1 })
  await expect.poll(() => broker.warnings()).toMatchObject([{ code: 'mqtt-refused' }])
  await expect.poll(() => logged).toEqual(['An MQTT client was refused', 'Wrong MQTT credentials'])
})

it('a device hears what the gateway sends it, and is ended when its password was replaced', async () => {
  const broker = await started(hearing())
  const client = await device(broker, { reconnectPeriod: 0 })
  await client.subscribeAsync('gatehouse/meter-1/down/#')
  const told = new Promise((resolve) => client.once('message', (_, payload) => resolve(payload.toString())))
  await broker.send?.('gatehouse/meter-1/down/set', Buffer.from('{"valve":0}'))
  expect(await told).toBe('{"valve":0}')
  const closed = closing(client)
  broker.disconnect('meter-1', systemClock.now() + 1)
  await closed
})

it('a port that is taken is told as that', async () => {
  const { port } = await started(hearing())
  await expect(started(hearing(), { port })).rejects.toMatchObject({ code: 'port-taken' })
})

it('a thread that fails is followed by another on the same port: the device sends again what was not acknowledged', async () => {
  let isFirst = true
  const heard = hearing(() => {
    if (!isFirst) return Promise.resolve()
    isFirst = false
    return new Promise(() => {})
  })
  const threads: Worker[] = []
  const broker = await started(heard, {
    startThread(data) {
      const thread = new Worker(new URL('./broker-worker.ts', import.meta.url), {
        workerData: data,
        transferList: [data.gateway],
      })
      threads.push(thread)
      return thread
    },
  })
  const { port } = broker
  const client = await device(broker, { reconnectPeriod: 50 })
  const sent = client.publishAsync(TOPIC, '{"volume":7}', { qos: 1 })
  await heard.until(() => heard.messages.length === 1, 'the message')
  await threads[0]?.terminate()
  await sent
  expect(broker.port).toBe(port)
  expect(heard.links.map(({ state }) => state)).toEqual(['up', 'down', 'up'])
  expect(heard.messages.length).toBe(2)
  expect(heard.gaps).toMatchObject([
    { source: 'embedded-broker', reason: 'The thread of the MQTT broker had ended' },
  ])
})

it('a stop acknowledges what is under way, and resolves with the port free', async () => {
  const durable = Promise.withResolvers<void>()
  const heard = hearing(() => durable.promise)
  const broker = await started(heard)
  const client = await device(broker)
  const sent = client.publishAsync(TOPIC, '{}', { qos: 1 })
  await heard.until(() => heard.messages.length === 1, 'the message')
  const stopped = broker[Symbol.asyncDispose]()
  durable.resolve()
  await Promise.all([sent, stopped])
  broker.disconnect('meter-1', systemClock.now())
  await expect(broker.send?.('gatehouse/meter-1/down/set', Buffer.from('{}'))).rejects.toThrow(
    'not listening',
  )
  await started(hearing(), { port: broker.port })
})
