/** The embedded broker behind TLS, spoken to by a real client. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type Socket, connect as tcpConnect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { afterEach, expect, it } from 'vitest'
import { localhostCertificate } from '../../tests/support/certificate.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { type Hearing, hearing } from '../../tests/support/hearing.ts'
import type { Clock } from '../model/instant.ts'
import { SILENT_LOG } from '../model/log.ts'
import { type EmbeddedBroker, EmbeddedBrokerOptions, embeddedBroker } from './embedded-broker.ts'
import { systemClock } from './system-clock.ts'

const TOPIC = 'gatehouse/meter-1/readings'

const once = (emitter: MqttClient | Socket, event: string) =>
  new Promise((resolve) => (emitter as NodeJS.EventEmitter).once(event, resolve))

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function started(
  heard: Hearing,
  options: Partial<EmbeddedBrokerOptions>,
  clock: Clock = systemClock,
): Promise<EmbeddedBroker> {
  const broker = embeddedBroker(EmbeddedBrokerOptions.parse({ port: 0, ...options }), {
    authenticate: async (name) => ({ name, publish: [TOPIC], subscribe: [] }),
    log: SILENT_LOG,
    clock,
  })
  await broker.start(heard)
  undo.push(() => broker[Symbol.asyncDispose]())
  return broker
}

it('speaks TLS with its certificate: who trusts it comes in, who does not and who speaks in the clear do not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'))
  undo.push(() => rmSync(folder, { recursive: true }))
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await using certificate = await localhostCertificate()
  const { cert, key } = certificate
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, key)
  const heard = hearing()
  const broker = await started(heard, { certFile, keyFile })
  const over = (more: IClientOptions) => {
    const to = { host: 'localhost', port: broker.port, protocol: 'mqtts', reconnectPeriod: 0 } as const
    const client = mqtt.connect({ ...to, username: 'meter-1', password: 'one', ...more })
    client.on('error', () => {})
    undo.push(() => client.endAsync(true))
    return client
  }
  const trusting = over({ ca: cert })
  await once(trusting, 'connect')
  await trusting.publishAsync(TOPIC, '{"volume":1}', { qos: 1 })
  expect(heard.messages).toHaveLength(1)
  await once(over({}), 'close')
  const inTheClear = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0 })
  inTheClear.on('error', () => {})
  undo.push(() => inTheClear.endAsync(true))
  await once(inTheClear, 'close')
  await expect.poll(() => broker.counts.connectionErrors).toBeGreaterThan(1)
  const mute = tcpConnect(broker.port, '127.0.0.1')
  mute.on('error', () => {})
  await once(mute, 'connect')
  await broker[Symbol.asyncDispose]() // does not wait for who never began the handshake
})

it('takes a renewed certificate without a restart, keeps the one before while the two do not fit, and says when it ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'))
  undo.push(() => rmSync(folder, { recursive: true }))
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await using first = await localhostCertificate()
  await using second = await localhostCertificate()
  writeFileSync(certFile, first.cert)
  writeFileSync(keyFile, first.key)
  const clock = handClock(Date.now())
  const broker = await started(hearing(), { certFile, keyFile }, clock)
  const comesIn = async (ca: string) => {
    const to = { host: 'localhost', port: broker.port, protocol: 'mqtts', reconnectPeriod: 0 } as const
    const client = mqtt.connect({ ...to, username: 'meter-1', password: 'one', ca })
    client.on('error', () => {})
    undo.push(() => client.endAsync(true))
    return Promise.race([once(client, 'connect').then(() => true), once(client, 'close').then(() => false)])
  }
  expect([await comesIn(first.cert), await comesIn(second.cert)]).toEqual([true, false])
  writeFileSync(certFile, second.cert) // the key comes later
  clock.pass(60_000)
  expect([await comesIn(first.cert), await comesIn(second.cert)]).toEqual([true, false])
  writeFileSync(keyFile, second.key)
  clock.pass(60_000)
  expect([await comesIn(first.cert), await comesIn(second.cert)]).toEqual([false, true])
  expect(broker.warnings()).toEqual([])
  clock.setWall(Date.now() + 25 * 86_400_000) // it was made for 30 days, yesterday
  expect(broker.warnings()).toMatchObject([{ code: 'certificate-ends' }])
})

it('no address holds more connections than its share, also of those that never finish a handshake', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'))
  undo.push(() => rmSync(folder, { recursive: true }))
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await using certificate = await localhostCertificate()
  writeFileSync(certFile, certificate.cert)
  writeFileSync(keyFile, certificate.key)
  const broker = await started(hearing(), { certFile, keyFile, maxConnectionsPerAddress: 2 })
  const mute = async () => {
    const socket = tcpConnect(broker.port, '127.0.0.1')
    socket.on('error', () => {})
    undo.push(() => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  await mute()
  await mute()
  await once(await mute(), 'close')
  expect(broker.counts.refusedConnections).toBe(1)
})

it('a certificate without a key, a file that cannot be read and one that is no certificate are named', async () => {
  expect(EmbeddedBrokerOptions.safeParse({ certFile: 'a.pem' }).error?.issues[0]?.path).toEqual(['certFile'])
  await expect(
    started(hearing(), { certFile: '/nowhere.pem', keyFile: '/nowhere.key' }),
  ).rejects.toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('mqtt.certFile: ENOENT'),
  })
  const none = import.meta.filename
  await expect(started(hearing(), { certFile: none, keyFile: none })).rejects.toMatchObject({
    code: 'config-invalid',
  })
})
