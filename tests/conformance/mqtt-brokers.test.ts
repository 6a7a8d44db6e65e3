/**
 * The source for external brokers against brokers that say what Mosquitto never does: a few bytes of MQTT 5,
 * by hand.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { type MqttSource, MqttSourceOptions, mqttSource } from '../../src/connect/mqtt.ts'
import { systemClock } from '../../src/connect/system-clock.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { type Hearing, hearing } from '../support/hearing.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const [CONNECT, SUBSCRIBE] = [0x10, 0x82]
const CONNACK = Buffer.from([0x20, 3, 0, 0, 0])
const suback = (subscribe: Buffer) => Buffer.from([0x90, 4, ...subscribe.subarray(2, 4), 0, 1])

/** A source that is connected to a broker which answers each packet as it is told. */
async function sourceAt(
  answer: (packet: Buffer, socket: Socket) => void,
  heard: Hearing,
): Promise<MqttSource> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (packet: Buffer) => answer(packet, socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => server.close())
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`
  const options = {
    kind: 'mqtt',
    name: 'outside',
    url,
    topics: ['site/#'],
    reconnectFirstMs: 50,
    keepaliveS: 600,
  }
  const started = mqttSource(MqttSourceOptions.parse(options), { log: SILENT_LOG, clock: systemClock })
  await started.start(heard)
  undo.push(() => started[Symbol.asyncDispose]())
  return started
}

it('ends though a broker that has taken it in never says a word more', async () => {
  const stopping = await sourceAt((packet, socket) => {
    if (packet[0] === CONNECT) socket.write(CONNACK)
  }, hearing())
  await expect.poll(() => stopping.counts.connects).toBe(1)
  await stopping[Symbol.asyncDispose]() // what waits for a word would wait for longer than a test may take
})

it('says that somebody else connects under its client id, where the broker tells', async () => {
  const heard = hearing()
  await sourceAt((packet, socket) => {
    if (packet[0] === CONNECT) socket.write(CONNACK)
    if (packet[0] === SUBSCRIBE) socket.end(Buffer.from([0xe0, 1, 0x8e]))
  }, heard)
  await heard.until(() => heard.links.at(-1)?.state === 'refused', 'refused')
  expect(heard.links.at(-1)?.detail).toContain('Another client has connected as gatehouse-outside')
})

it('gives up a connection on which the broker says what is not MQTT, for nobody knows where its next packet begins', async () => {
  const publishWithQos3 = Buffer.from([0x36, 9, 0, 4, ...Buffer.from('site'), 0, 1, 0])
  const heard = hearing()
  const started = await sourceAt((packet, socket) => {
    if (packet[0] === CONNECT) socket.write(CONNACK)
    if (packet[0] === SUBSCRIBE) socket.write(Buffer.concat([suback(packet), publishWithQos3]))
  }, heard)
  await expect.poll(() => started.counts.connects).toBeGreaterThan(1)
  expect(heard.links.find(({ state }) => state === 'down')?.detail).toContain('QoS')
})

it('says that its session is kept for less than was asked for', async () => {
  // Mosquitto keeps to itself what it cuts short; others tell (MQTT 5 §3.2.2.3.2).
  const keptForAnHour = Buffer.from([0x20, 8, 0, 0, 5, 0x11, 0, 0, 0x0e, 0x10])
  const heard = hearing()
  await sourceAt((packet, socket) => {
    if (packet[0] === CONNECT) socket.write(keptForAnHour)
    if (packet[0] === SUBSCRIBE) socket.write(suback(packet))
  }, heard)
  await heard.until(() => heard.links.at(-1)?.state === 'up', 'up')
  expect(heard.links.at(-1)?.detail).toBe(
    'The broker keeps our session for 3600 s without us, where 1209600 s were asked for',
  )
})
