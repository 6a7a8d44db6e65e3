/**
 * What no client may send, byte by byte: the embedded broker ends that connection, counts it once, and everybody else
 * is heard as before.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type EmbeddedBroker,
  EmbeddedBrokerOptions,
  embeddedBroker,
} from '../../src/connect/embedded-broker.ts'
import { systemClock } from '../../src/connect/system-clock.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { hearing } from '../support/hearing.ts'
import { openWire, packet, preparePublish, text } from '../support/mqtt-wire.ts'

const TOPIC = 'gatehouse/meter-1/readings'

const heard = hearing()
let broker: EmbeddedBroker

beforeAll(async () => {
  broker = embeddedBroker(EmbeddedBrokerOptions.parse({ port: 0 }), {
    authenticate: async (name, password) =>
      Buffer.from(password).toString() === 'one'
        ? { name, publish: [`gatehouse/${name}/readings`], subscribe: [`gatehouse/${name}/down/#`] }
        : null,
    log: SILENT_LOG,
    clock: systemClock,
  })
  await broker.start(heard)
})

afterAll(() => broker[Symbol.asyncDispose]())

const bytes = (...some: number[]) => Buffer.from(some)

type Connect = {
  id?: string
  user?: string | Uint8Array
  flags?: number
  keepAliveS?: number
  will?: Buffer[]
}

const connectPacket = ({
  id = 'c',
  user = 'meter-1',
  flags = 0xc2,
  keepAliveS = 60,
  will = [],
}: Connect = {}) =>
  packet(
    0x10,
    ...[text('MQTT'), bytes(4, flags, keepAliveS >> 8, keepAliveS & 0xff), text(id), ...will],
    ...[text(user), text('one')],
  )

const publish = (topic: string | Uint8Array, header = 0x32) =>
  packet(header, text(topic), bytes(0, 1), Buffer.from('{}'))

const willOf = (topic: string, flags: number) =>
  connectPacket({ flags, will: [text(topic), text('{"volume":1}')] })

const counted = () => {
  const { connections, published, sent, ...ends } = broker.counts
  return ends
}

async function neighbourIsHeard(): Promise<void> {
  const wire = await openWire(broker.port, 'meter-2', 'one')
  await wire.publish(preparePublish('gatehouse/meter-2/readings', '{"volume":1}'))
  wire.close()
  await wire.closed
}

/** Sends, and resolves when the broker has closed the connection. */
async function closedAfter(sent: readonly Uint8Array[]): Promise<void> {
  const socket = connect(broker.port, '127.0.0.1')
  socket.on('error', () => {}) // of what it still had to send
  socket.resume()
  const closed = new Promise((resolve) => socket.on('close', resolve))
  for (const part of sent) socket.write(part)
  await closed
}

it.each([
  ['a TLS hello', [Buffer.concat([bytes(0x16, 3, 1, 2, 0), Buffer.alloc(512)])]],
  ['an HTTP request', [Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n')]],
  ['a publish before its CONNECT', [publish(TOPIC)]],
  ['a ping before its CONNECT', [bytes(0xc0, 0)]],
  ['a CONNECT of 256 MB', [bytes(0x10, 0xff, 0xff, 0xff, 0x7f)]],
  ['a length of five bytes', [bytes(0x10, 0xff, 0xff, 0xff, 0xff, 0x7f)]],
  ['a CONNECT that ends in its middle', [packet(0x10, text('MQTT'))]],
  [
    'a CONNECT whose id is longer than it',
    [packet(0x10, text('MQTT'), bytes(4, 0xc2, 0, 60, 0xff, 0xff, 0x61))],
  ],
  [
    'another protocol',
    [packet(0x10, text('MQTX'), bytes(4, 0xc2, 0, 60), text('c'), text('a'), text('one'))],
  ],
  ['a CONNECT with its reserved flag', [connectPacket({ flags: 0xc3 })]],
  ['a password without a user', [connectPacket({ flags: 0x42 })]],
  ['a user that is no UTF-8', [connectPacket({ user: bytes(0xff, 0xfe) }), publish(TOPIC)]],
  ['no keep-alive', [connectPacket({ keepAliveS: 0 })]],
  ['a second CONNECT', [connectPacket(), connectPacket()]],
  ['a publish of 256 MB', [connectPacket(), bytes(0x32, 0xff, 0xff, 0xff, 0x7f)]],
  [
    'a publish beyond the limit',
    [connectPacket(), packet(0x32, text(TOPIC), bytes(0, 1), Buffer.alloc(300_000))],
  ],
  ['a topic with #', [connectPacket(), publish('gatehouse/#')]],
  ['a topic with +', [connectPacket(), publish('gatehouse/+/readings')]],
  ['a topic of the broker', [connectPacket(), publish('$SYS/broker/uptime')]],
  ['no topic', [connectPacket(), publish('')]],
  ['a topic with a NUL', [connectPacket(), publish(`${TOPIC}\0`)]],
  ['a topic that is no UTF-8', [connectPacket(), publish(bytes(0x67, 0xff, 0xfe))]],
  ['a topic of 64 KB', [connectPacket(), publish('a'.repeat(65_535))]],
  ['a topic of sixty levels', [connectPacket(), publish('a/'.repeat(60))]],
  ['the topic of another', [connectPacket(), publish('gatehouse/meter-2/readings')]],
  ['QoS 2', [connectPacket(), publish(TOPIC, 0x34)]],
  ['QoS 3', [connectPacket(), publish(TOPIC, 0x36)]],
  ['a packet of type 0', [connectPacket(), bytes(0, 0)]],
  ['a packet of type 15', [connectPacket(), bytes(0xf0, 0)]],
  ['a CONNACK', [connectPacket(), bytes(0x20, 2, 0, 0)]],
  ['a SUBACK', [connectPacket(), bytes(0x90, 3, 0, 1, 0)]],
  ['an UNSUBACK', [connectPacket(), bytes(0xb0, 2, 0, 1)]],
  ['a PINGRESP', [connectPacket(), bytes(0xd0, 0)]],
  ['a subscription to nothing', [connectPacket(), packet(0x82, bytes(0, 1))]],
  ['a filter with # in its middle', [connectPacket(), packet(0x82, bytes(0, 1), text('a/#/b'), bytes(1))]],
  ['a subscription of QoS 3', [connectPacket(), packet(0x82, bytes(0, 1), text('a'), bytes(3))]],
])('%s ends the connection, and is counted once', async (_what, sent) => {
  const before = counted()
  const messages = heard.messages.length
  await closedAfter(sent)
  await neighbourIsHeard()
  const after = counted()
  const more = Object.entries(after).filter(([name, count]) => count !== before[name as keyof typeof before])
  expect(more).not.toEqual([])
  for (const [name, count] of more) expect(count - before[name as keyof typeof before], name).toBe(1)
  expect(heard.messages.slice(messages).map((one) => one.is === 'publish' && one.sender)).toEqual(['meter-2'])
})

it.each([
  ['the topic of another', willOf('gatehouse/meter-2/readings', 0xce)],
  ['a topic with #', willOf('gatehouse/#', 0xc6)],
  ['a topic of the broker', willOf('$SYS/broker/uptime', 0xc6)],
  ['QoS 2', willOf(TOPIC, 0xd6)],
])('a will of %s is refused and counted when its connection is lost', async (_what, sent) => {
  const before = broker.counts.refusedPublishes
  const messages = heard.messages.length
  const socket = connect(broker.port, '127.0.0.1')
  socket.write(sent)
  await once(socket, 'data')
  socket.destroy()
  await expect.poll(() => broker.counts.refusedPublishes).toBe(before + 1)
  expect(heard.messages).toHaveLength(messages)
})

it('a client that took none of its answers and is gone is one error, however many answers it was owed', async () => {
  const before = broker.counts.connectionErrors
  const socket = connect(broker.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(connectPacket({ id: 'deaf' }))
  await once(socket, 'data')
  socket.pause()
  const pings = Buffer.concat(Array.from({ length: 100_000 }, () => bytes(0xc0, 0)))
  for (let sent = 0; sent < 50; sent++) socket.write(pings)
  await expect.poll(() => socket.bytesWritten - socket.writableLength).toBeGreaterThan(1_000_000)
  socket.resetAndDestroy()
  await expect.poll(() => broker.counts.connections).toBe(0)
  await neighbourIsHeard()
  expect(broker.counts.connectionErrors).toBe(before + 1)
})
