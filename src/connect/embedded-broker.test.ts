import { type Socket, connect as tcpConnect } from 'node:net'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { afterEach, describe, expect, it } from 'vitest'
import { type Hearing, hearing } from '../../tests/support/hearing.ts'
import { SILENT_LOG } from '../model/log.ts'
import type { Publish } from './connector.ts'
import { type EmbeddedBroker, EmbeddedBrokerOptions, embeddedBroker } from './embedded-broker.ts'
import type { Grant } from './grant.ts'
import { systemClock } from './system-clock.ts'

const PASSWORDS: Record<string, string> = { 'meter-1': 'one', 'meter-2': 'two', wmbus: 'bridge' }

const grantOf = (name: string): Grant => ({
  name,
  publish: [name === 'wmbus' ? 'wmbusmeters/#' : `gatehouse/${name}/readings`],
  subscribe: [`gatehouse/${name}/down/#`],
})

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function started(
  heard: Hearing,
  options: Partial<EmbeddedBrokerOptions> = {},
): Promise<EmbeddedBroker> {
  const broker = embeddedBroker(EmbeddedBrokerOptions.parse({ port: 0, ...options }), {
    authenticate: async (user, password) =>
      PASSWORDS[user] === Buffer.from(password).toString() ? grantOf(user) : null,
    log: SILENT_LOG,
    clock: systemClock,
  })
  await broker.start(heard)
  undo.push(() => broker[Symbol.asyncDispose]())
  return broker
}

/** A device that never reconnects by itself, so that each connection is seen. */
function device(broker: EmbeddedBroker, user: string, more: IClientOptions = {}): MqttClient {
  const client = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`, {
    username: user,
    password: PASSWORDS[user] ?? '',
    reconnectPeriod: 0,
    ...more,
  })
  client.on('error', () => {})
  undo.push(() => client.endAsync(true))
  return client
}

const once = <T>(client: MqttClient | Socket, event: string) =>
  new Promise<T>((resolve) => (client as NodeJS.EventEmitter).once(event, resolve))

async function signedIn(
  broker: EmbeddedBroker,
  user: string,
  more: IClientOptions = {},
): Promise<MqttClient> {
  const client = device(broker, user, more)
  await once(client, 'connect')
  return client
}

/** Resolves with every byte that came before the other side closed. */
async function talk(port: number, ...bytes: Uint8Array[]): Promise<Buffer> {
  const socket = tcpConnect(port, '127.0.0.1')
  socket.on('error', () => {})
  const answer: Buffer[] = []
  socket.on('data', (chunk: Buffer) => answer.push(chunk))
  for (const part of bytes) socket.write(part)
  await once(socket, 'close')
  return Buffer.concat(answer)
}

const field = (text: string) => Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)])

function connectPacket(user: string, level = 4): Buffer {
  const flags = 0b1100_0010
  const properties = level === 5 ? Buffer.from([0]) : Buffer.alloc(0)
  const body = [field('MQTT'), Buffer.from([level, flags, 0, 60]), properties, field('c')]
  const rest = Buffer.concat([...body, field(user), field(PASSWORDS[user] ?? '')])
  return Buffer.concat([Buffer.from([0x10, rest.length]), rest])
}

function publishPacket(topic: string, messageId: number, payload: Uint8Array = Buffer.from('{}')): Buffer {
  const rest = Buffer.concat([field(topic), Buffer.from([0, messageId]), payload])
  const length = [rest.length & 0x7f, (rest.length >> 7) & 0x7f, rest.length >> 14]
  const used = rest.length < 128 ? 1 : rest.length < 16_384 ? 2 : 3
  const bytes = length.slice(0, used).map((byte, i) => (i < used - 1 ? byte | 0x80 : byte))
  return Buffer.concat([Buffer.from([0x32, ...bytes]), rest])
}

const PUBACK = 0x40
const TOPIC = 'gatehouse/meter-1/readings'

describe('what a device publishes', () => {
  it.each([0, 1] as const)(
    'is heard with QoS %i, with its sender and as news even if retained',
    async (qos) => {
      const heard = hearing()
      const client = await signedIn(await started(heard), 'meter-1')
      client.publish(TOPIC, '{"volume":1}', { qos, retain: true })
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
    },
  )

  it('is acknowledged only when it is durable, and in the order in which it came', async () => {
    const release: (() => void)[] = []
    const heard = hearing(() => new Promise<void>((resolve) => release.push(resolve)))
    const broker = await started(heard)
    const client = await signedIn(broker, 'meter-1')
    const acknowledged: number[] = []
    client.on(
      'packetreceive',
      (packet) => packet.cmd === 'puback' && acknowledged.push(packet.messageId ?? -1),
    )
    const sent = [1, 2, 3].map((volume) => client.publishAsync(TOPIC, `{"volume":${volume}}`, { qos: 1 }))
    await heard.until(() => heard.messages.length === 3, 'all three')
    await new Promise((resolve) => setTimeout(resolve, 100)) // nothing happens, so there is nothing to wait for
    expect(acknowledged).toEqual([])
    expect(broker.counts.published).toBe(0)
    for (const durable of release) durable()
    await Promise.all(sent)
    expect(acknowledged).toEqual([...acknowledged].sort((a, b) => a - b))
    expect(broker.counts.published).toBe(3)
  })

  it('comes in together where it arrived together, over all connections', async () => {
    const heard = hearing()
    const broker = await started(heard)
    const bytes = [1, 2, 3, 4, 5].map((id) => publishPacket(TOPIC, id))
    const socket = tcpConnect(broker.port, '127.0.0.1')
    undo.push(() => socket.destroy())
    socket.write(connectPacket('meter-1'))
    await once(socket, 'data')
    socket.write(Buffer.concat(bytes))
    await heard.until(() => heard.messages.length === 5, 'all five')
    expect(heard.batches.length).toBe(1)
  })

  it('is not acknowledged where it cannot be made durable: the connection ends', async () => {
    const heard = hearing(() => Promise.reject(new Error('disk full')))
    const broker = await started(heard)
    const answer = await talk(broker.port, connectPacket('meter-1'), publishPacket(TOPIC, 7))
    expect(answer[0]).toBe(0x20) // CONNACK
    expect(answer.length).toBe(4)
    expect(broker.counts.undelivered).toBe(1)
  })

  it('is not acknowledged where it is not durable in time', async () => {
    const heard = hearing(() => new Promise(() => {}))
    const broker = await started(heard, { durableWithinMs: 50 })
    const answer = await talk(broker.port, connectPacket('meter-1'), publishPacket(TOPIC, 7))
    expect(answer.includes(PUBACK)).toBe(false)
    expect(broker.counts.undelivered).toBe(1)
  })

  it('is heard as its will when it is lost', async () => {
    const heard = hearing()
    const broker = await started(heard)
    const will = { topic: TOPIC, payload: Buffer.from('{"battery":0}'), qos: 1 as const }
    const client = await signedIn(broker, 'meter-1', { will })
    client.stream.destroy()
    await heard.until(() => heard.messages.length === 1, 'the will')
    expect(heard.messages[0]).toMatchObject({ topic: TOPIC, sender: 'meter-1' })
  })
})

describe('what a client may not do', () => {
  it.each([
    ['the topic of another device', 'gatehouse/meter-2/readings', 1],
    ['a topic of the broker', '$SYS/x', 1],
    ['QoS 2', TOPIC, 2],
    ['a topic of 101 levels', Array(101).fill('a').join('/'), 1],
  ] as const)('publishing to %s ends the connection and reaches nobody', async (_what, topic, qos) => {
    const heard = hearing()
    const broker = await started(heard)
    const client = await signedIn(broker, 'meter-1')
    client.publish(topic, '{}', { qos })
    await once(client, 'close')
    expect(heard.messages).toEqual([])
    expect(broker.counts.refusedPublishes + broker.counts.connectionErrors).toBeGreaterThan(0)
  })

  it('a bridge publishes for its devices below its own topic only', async () => {
    const heard = hearing()
    const broker = await started(heard)
    const client = await signedIn(broker, 'wmbus')
    await client.publishAsync('wmbusmeters/meter-7/a', '{}', { qos: 1 })
    client.publish('gatehouse/meter-1/readings', '{}', { qos: 1 })
    await once(client, 'close')
    expect(heard.messages).toMatchObject([{ sender: 'wmbus', topic: 'wmbusmeters/meter-7/a' }])
    expect(broker.counts.refusedPublishes).toBe(1)
    const figures = { name: 'wmbus', topic: 'gatehouse/meter-1/readings', times: 1, may: 'wmbusmeters/#' }
    expect(broker.warnings()).toEqual([{ code: 'mqtt-refused', detail: { is: 'client-topic', figures } }])
  })

  it.each([
    '#',
    'gatehouse/+/readings',
    'gatehouse/meter-2/down/#',
    '$share/g/gatehouse/meter-1/down/x',
    '$SYS/#',
  ])('subscribing to %s is refused', async (filter) => {
    const broker = await started(hearing())
    const client = await signedIn(broker, 'meter-1')
    await expect(client.subscribeAsync(filter, { qos: 1 })).rejects.toThrow()
    expect(broker.counts.refusedSubscriptions).toBe(1)
    expect(broker.warnings()[0]?.detail.figures).toMatchObject({
      topic: filter,
      may: 'gatehouse/meter-1/down/#',
    })
  })

  it('what the gateway sends reaches who may listen on it, and nobody else', async () => {
    const broker = await started(hearing())
    const [client, other] = [await signedIn(broker, 'meter-1'), await signedIn(broker, 'meter-2')]
    const heard: string[] = []
    client.on('message', (topic, payload) => heard.push(`1 ${topic} ${payload}`))
    other.on('message', (topic, payload) => heard.push(`2 ${topic} ${payload}`))
    await client.subscribeAsync('gatehouse/meter-1/down/#')
    await other.subscribeAsync('gatehouse/meter-2/down/#')
    const came = once(client, 'message')
    await broker.send?.('gatehouse/meter-1/down/ask', new TextEncoder().encode('please'))
    await came
    expect(heard).toEqual(['1 gatehouse/meter-1/down/ask please'])
    expect(broker.counts.sent).toBe(1)
  })

  it('subscribing below its own is allowed', async () => {
    const client = await signedIn(await started(hearing()), 'meter-1')
    const granted = await client.subscribeAsync('gatehouse/meter-1/down/#', { qos: 1 })
    expect(granted[0]?.qos).toBe(1)
  })

  it('subscribing again and again takes no more room than once, and what is unsubscribed takes none', async () => {
    const client = await signedIn(await started(hearing()), 'meter-1')
    const below = (n: number) => `gatehouse/meter-1/down/${n}`
    for (let n = 0; n < 40; n++) {
      const [granted] = await client.subscribeAsync(below(n))
      expect(granted?.qos, `subscription ${n}`).toBe(0)
      await client.unsubscribeAsync(below(n))
    }
    for (let n = 0; n < 32; n++) await client.subscribeAsync(below(n))
    expect((await client.subscribeAsync(below(7)))[0]?.qos, 'one that it has').toBe(0)
    await expect(client.subscribeAsync(below(32))).rejects.toThrow()
  })

  it('what one client publishes is forwarded to nobody, not even to itself', async () => {
    const heard = hearing()
    const client = await signedIn(await started(heard), 'meter-1')
    const received: string[] = []
    client.on('message', (topic) => received.push(topic))
    await client.subscribeAsync('gatehouse/meter-1/down/#')
    await client.publishAsync(TOPIC, '{}', { qos: 1 })
    await client.publishAsync(TOPIC, '{}', { qos: 1 })
    expect(received).toEqual([])
  })

  it('taking the client id of another does not end its connection', async () => {
    const broker = await started(hearing())
    const first = await signedIn(broker, 'meter-1', { clientId: 'same' })
    await signedIn(broker, 'meter-2', { clientId: 'same' })
    await first.publishAsync(TOPIC, '{}', { qos: 1 })
    expect(first.connected).toBe(true)
    expect(broker.counts.connections).toBe(2)
  })
})

describe('who may come in', () => {
  it('wrong credentials are refused and counted, and soon not even looked at', async () => {
    const broker = await started(hearing())
    for (let attempt = 0; attempt < 8; attempt++) {
      const client = device(broker, 'meter-1', { password: 'guess' })
      const { code } = await once<{ code: number }>(client, 'error')
      expect(code).toBe(attempt < 5 ? 4 : 5)
    }
    expect(broker.counts.wrongCredentials).toBe(5)
    expect(broker.counts.delayedSignIns).toBe(3)
    await signedIn(broker, 'meter-2') // from the same address: not its fault
  })

  it('guesses that come all at once are looked at one after the other', async () => {
    const broker = await started(hearing())
    const guesses = Array.from({ length: 12 }, () => device(broker, 'meter-1', { password: 'guess' }))
    await Promise.all(guesses.map((guess) => once(guess, 'close')))
    expect(broker.counts).toMatchObject({ wrongCredentials: 5, delayedSignIns: 7 })
  })

  it('MQTT 5 is refused with the return code for the version', async () => {
    const broker = await started(hearing())
    const answer = await talk(broker.port, connectPacket('meter-1', 5))
    expect([...answer.subarray(0, 4)]).toEqual([0x20, 2, 0, 1])
  })

  it('a stranger that announces a large packet is closed before it has sent it', async () => {
    const broker = await started(hearing())
    await talk(broker.port, Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
    await talk(broker.port, Buffer.from([0x10]), Buffer.from([0xff, 0xff, 0x7f]))
    expect(broker.counts.oversizedPackets).toBe(2)
  })

  it('a device may send more than a stranger, up to its own limit', async () => {
    const heard = hearing()
    const broker = await started(heard, { maxPacketBytes: 100_000 })
    const client = await signedIn(broker, 'meter-1')
    await client.publishAsync(TOPIC, Buffer.alloc(90_000), { qos: 1 })
    client.publish(TOPIC, Buffer.alloc(110_000), { qos: 1 })
    await once(client, 'close')
    expect(heard.messages.length).toBe(1)
    expect(broker.counts.oversizedPackets).toBe(1)
  })

  it('a device may send on before its CONNECT is answered, as MQTT lets it', async () => {
    const heard = hearing()
    const broker = await started(heard, { maxPacketBytes: 200_000 })
    const large = publishPacket(TOPIC, 1, Buffer.alloc(100_000))
    const all = [connectPacket('meter-1'), large, ...[2, 3, 4].map((id) => publishPacket(TOPIC, id))]
    const socket = tcpConnect(broker.port, '127.0.0.1')
    undo.push(() => socket.destroy())
    const answer: number[] = []
    socket.on('data', (chunk: Buffer) => answer.push(...chunk))
    socket.write(Buffer.concat(all))
    await heard.until(() => heard.messages.length === 4, 'all of it')
    const acknowledged = [1, 2, 3, 4].flatMap((id) => [PUBACK, 2, 0, id])
    await expect.poll(() => answer).toEqual([0x20, 2, 0, 0, ...acknowledged])
  })

  it('what follows the CONNECT of a stranger is not read before it is known', async () => {
    const heard = hearing()
    const broker = await started(heard)
    const socket = tcpConnect(broker.port, '127.0.0.1')
    socket.on('error', () => {})
    const pieces = Array.from({ length: 400 }, () => publishPacket(TOPIC, 1, Buffer.alloc(100_000)))
    socket.write(Buffer.concat([connectPacket('nobody'), ...pieces]))
    await once(socket, 'close')
    expect(socket.bytesWritten).toBeGreaterThan(0)
    expect({ heard: heard.messages, wrong: broker.counts.wrongCredentials }).toEqual({ heard: [], wrong: 1 })
  })

  it('no address holds more connections than its share', async () => {
    const broker = await started(hearing(), { maxConnectionsPerAddress: 1 })
    await signedIn(broker, 'meter-1')
    await once(device(broker, 'meter-2'), 'close')
    expect(broker.counts).toMatchObject({ connections: 1, refusedConnections: 1 })
  })

  it('a device whose password was changed loses its connections', async () => {
    const broker = await started(hearing())
    const [one, two] = [await signedIn(broker, 'meter-1'), await signedIn(broker, 'meter-2')]
    broker.disconnect('meter-1', Date.now() - 60_000)
    await new Promise(setImmediate)
    expect(one.connected, 'it signed in with the new password').toBe(true)
    broker.disconnect('meter-1', Date.now() + 1)
    await once(one, 'close')
    expect(two.connected).toBe(true)
  })
})

describe('the listener', () => {
  it('a port in use is one clear sentence', async () => {
    const { port } = await started(hearing())
    await expect(started(hearing(), { port })).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining(`MQTT cannot listen on 127.0.0.1:${port}: the port is already in use`),
    })
  })

  it('stops while strangers hold connections open, and what is durable by then is acknowledged', async () => {
    let durable = () => {}
    const heard = hearing(() => new Promise<void>((resolve) => (durable = resolve)))
    const broker = await started(heard)
    const stranger = tcpConnect(broker.port, '127.0.0.1')
    stranger.on('error', () => {})
    await once(stranger, 'connect')
    const client = await signedIn(broker, 'meter-1')
    const sent = client.publishAsync(TOPIC, '{}', { qos: 1 })
    await heard.until(() => heard.messages.length === 1, 'the message')
    const stopped = broker[Symbol.asyncDispose]()
    durable()
    await Promise.all([sent, stopped])
    expect(broker.counts.connections).toBe(0)
  })
})

it('takes no time to become durable that a timer cannot keep', () => {
  const refused = EmbeddedBrokerOptions.safeParse({ durableWithinMs: 2 ** 31 })
  expect(refused.error?.issues.map(({ path }) => path)).toEqual([['durableWithinMs']])
})
