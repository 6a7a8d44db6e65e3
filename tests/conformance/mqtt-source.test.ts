/** The source for external brokers against a real Mosquitto with the configuration that is shipped. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { afterEach, expect, it } from 'vitest'
import type { Publish } from '../../src/connect/connector.ts'
import {
  type MqttSource,
  MqttSourceOptions,
  type MqttSourceParts,
  mqttSource,
} from '../../src/connect/mqtt.ts'
import { systemClock } from '../../src/connect/system-clock.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { localhostCertificate } from '../support/certificate.ts'
import { type Hearing, hearing } from '../support/hearing.ts'
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts'
import { requireServer } from '../support/servers.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function broker(...options: Parameters<typeof startMosquitto>): Promise<Mosquitto> {
  const mosquitto = await startMosquitto(...options)
  undo.push(() => mosquitto[Symbol.asyncDispose]())
  return mosquitto
}

async function source(
  url: string,
  heard: Hearing,
  more: object = {},
  parts: Partial<MqttSourceParts> = {},
): Promise<MqttSource> {
  const options = { kind: 'mqtt', name: 'outside', url, topics: ['site/#'], reconnectFirstMs: 50, ...more }
  const started = mqttSource(MqttSourceOptions.parse(options), {
    log: SILENT_LOG,
    clock: systemClock,
    ...parts,
  })
  await started.start(heard)
  undo.push(() => started[Symbol.asyncDispose]())
  return started
}

async function publisher(url: string): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url)
  client.on('error', () => {})
  undo.push(() => client.endAsync(true))
  return client
}

const isUp = (heard: Hearing) => () => heard.links.at(-1)?.state === 'up'
const texts = (heard: Hearing) =>
  heard.messages.map((message) => Buffer.from((message as Publish).payload).toString())
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

requireServer('mosquitto').each([4, 5] as const)(
  'through Mosquitto with protocol version %i',
  (protocolVersion) => {
    const more = { protocolVersion }

    it('hears what is published, and tells its link', async () => {
      const { url } = await broker()
      const heard = hearing()
      await source(url, heard, more)
      await heard.until(isUp(heard), 'up')
      await (await publisher(url)).publishAsync('site/a', '{"volume":1}', { qos: 1 })
      await heard.until(() => heard.messages.length === 1, 'the message')
      expect(heard.messages[0]).toMatchObject({
        is: 'publish',
        source: 'outside',
        topic: 'site/a',
        retained: false,
      })
      expect(heard.messages[0]).not.toHaveProperty('sender')
      expect(heard.links.map(({ state }) => state)).toEqual(['connecting', 'up'])
    })

    it('publishes what it is given while it is connected', async () => {
      const mosquitto = await broker()
      const heard = hearing()
      const started = await source(mosquitto.url, heard, more)
      await expect(started.send?.('site/down', new Uint8Array())).rejects.toThrow('not connected')
      await heard.until(isUp(heard), 'up')
      await started.send?.('site/down', new TextEncoder().encode('please'))
      await heard.until(() => heard.messages.length === 1, 'its own message, for it listens on site/#')
      expect(texts(heard)).toEqual(['please'])
      expect(started.counts.sent).toBe(1)
    })

    it('says of a retained message that it is one', async () => {
      const { url } = await broker()
      await (await publisher(url)).publishAsync('site/a', 'old', { qos: 1, retain: true })
      const heard = hearing()
      await source(url, heard, more)
      await heard.until(() => heard.messages.length === 1, 'the message')
      expect(heard.messages[0]).toMatchObject({ retained: true })
    })

    it('takes in many messages while none is durable, and acknowledges all in order when they are', async () => {
      const { url } = await broker()
      const release: (() => void)[] = []
      const heard = hearing(() => new Promise<void>((resolve) => release.push(resolve)))
      const listening = await source(url, heard, more)
      await heard.until(isUp(heard), 'up')
      const sender = await publisher(url)
      for (let i = 0; i < 50; i++) {
        await sender.publishAsync('site/a', String(i), { qos: 1 })
        if (i % 10 === 9) await heard.until(() => heard.messages.length === i + 1, `message ${i}`)
      }
      expect(release.length).toBeGreaterThan(1)
      expect(listening.counts).toMatchObject({ undelivered: 50, acknowledged: 0 })
      for (const durable of release.slice(1).reverse()) durable() // the newest first
      await pause(50)
      expect(listening.counts.acknowledged).toBe(0) // none before the oldest
      release[0]?.()
      await expect.poll(() => listening.counts.undelivered).toBe(0)
      await pause(50) // for one too many
      expect(listening.counts).toMatchObject({ undelivered: 0, acknowledged: 50 })
      expect(texts(heard)).toEqual(Array.from({ length: 50 }, (_, i) => String(i)))
    })

    it('is sent again after its end what it had not acknowledged, and nothing that it had', async () => {
      const { url } = await broker()
      const before = hearing(async (batch) => {
        if (batch.some((message) => (message as Publish).topic === 'site/never')) await new Promise(() => {})
      })
      const first = await source(url, before, more)
      await before.until(isUp(before), 'up')
      const sender = await publisher(url)
      await sender.publishAsync('site/a', 'durable', { qos: 1 })
      await before.until(() => before.messages.length === 1, 'the first')
      await expect.poll(() => first.counts.acknowledged).toBe(1)
      await sender.publishAsync('site/never', 'lost in the crash', { qos: 1 })
      await before.until(() => before.messages.length === 2, 'the second')
      void first[Symbol.asyncDispose]() // it waits for what never becomes durable; another takes its session over
      const after = hearing()
      await source(url, after, more)
      await after.until(() => after.messages.length === 1, 'the second again')
      await pause(50)
      expect(texts(after)).toEqual(['lost in the crash'])
    })

    it('ends at once in the middle of a flood, and hears the rest of it when it is back', async () => {
      const { url } = await broker()
      const heard = hearing()
      const first = await source(url, heard, more)
      await heard.until(isUp(heard), 'up')
      const client = await publisher(url)
      const flood = Array.from({ length: 20_000 }, (_, n) => String(n).padEnd(500))
      const published = Promise.all(flood.map((text) => client.publishAsync('site/a', text, { qos: 1 })))
      await heard.until(() => heard.messages.length > 100, 'the first of the flood')
      const isEnded = first[Symbol.asyncDispose]().then(() => true)
      expect(await Promise.race([isEnded, pause(10_000)])).toBe(true)
      await source(url, heard, more)
      await published
      const isWhole = () => new Set(texts(heard)).size === flood.length
      await heard.until(isWhole, 'the whole of it')
    })

    it('asks again for what could not be made durable', async () => {
      const { url } = await broker()
      let isFull = true
      const heard = hearing(async () => {
        if (isFull) throw new Error('disk full')
      })
      const listening = await source(url, heard, more)
      await heard.until(isUp(heard), 'up')
      await (await publisher(url)).publishAsync('site/a', 'x', { qos: 1 })
      await heard.until(() => heard.messages.length >= 2, 'a second time')
      isFull = false
      const soFar = heard.messages.length
      await heard.until(() => heard.messages.length > soFar && isUp(heard)(), 'once more')
      await expect.poll(() => listening.counts).toMatchObject({ undelivered: 0, acknowledged: 1 })
      expect(listening.counts.failedBatches).toBeGreaterThanOrEqual(1)
    })

    it('does not read on while too much is undelivered', async () => {
      const { url } = await broker()
      const release: (() => void)[] = []
      const heard = hearing(() => new Promise<void>((resolve) => release.push(resolve)))
      const listening = await source(url, heard, { ...more, maxUndelivered: 3 })
      await heard.until(isUp(heard), 'up')
      const sender = await publisher(url)
      for (let i = 0; i < 10; i++) await sender.publishAsync('site/a', String(i), { qos: 1 })
      await heard.until(() => heard.messages.length === 3, 'the first three')
      await pause(100)
      expect(heard.messages.length).toBe(3)
      expect(listening.counts.pauses).toBe(1)
      const open = setInterval(() => {
        for (const durable of release.splice(0)) durable()
      }, 5)
      undo.push(() => clearInterval(open))
      await heard.until(() => heard.messages.length === 10, 'the rest')
      await expect.poll(() => listening.counts.undelivered).toBe(0)
      clearInterval(open)
      expect(texts(heard)).toEqual(Array.from({ length: 10 }, (_, i) => String(i)))
    })

    it('comes back after the broker was killed, and hears what came since from its session', async () => {
      const mosquitto = await broker({ settings: { autosave_interval: '1' } })
      const heard = hearing()
      await source(mosquitto.url, heard, more)
      await heard.until(isUp(heard), 'up')
      await (await publisher(mosquitto.url)).publishAsync('site/a', 'before', { qos: 1 })
      await heard.until(() => heard.messages.length === 1, 'the message')
      await mosquitto.kill()
      await heard.until(() => heard.links.at(-1)?.state === 'down', 'down')
      await mosquitto.start()
      await heard.until(isUp(heard), 'up again')
      await (await publisher(mosquitto.url)).publishAsync('site/a', 'after', { qos: 1 })
      await heard.until(() => texts(heard).includes('after'), 'the message after')
      const states = heard.links.map(({ state }) => state)
      const changes = states.filter((state, i) => state !== states[i - 1]) // each attempt in vain says why, again
      expect(changes).toEqual(['connecting', 'up', 'down', 'up'])
    })

    it('writes down a gap where the broker has forgotten its session', async () => {
      const mosquitto = await broker({ settings: { persistence: 'false' } })
      const heard = hearing()
      const listening = await source(mosquitto.url, heard, more)
      await heard.until(isUp(heard), 'up')
      await mosquitto.kill()
      await heard.until(() => heard.links.at(-1)?.state === 'down', 'down')
      await mosquitto.start()
      await heard.until(isUp(heard), 'up again')
      expect(heard.gaps).toMatchObject([{ source: 'outside' }])
      expect(heard.gaps[0]?.to).toBeGreaterThanOrEqual(heard.gaps[0]?.from ?? Number.POSITIVE_INFINITY)
      expect(listening.counts.lostSessions).toBe(1)
    })

    it('writes down a gap where the broker has forgotten its session while there was no gateway', async () => {
      const mosquitto = await broker({ settings: { persistence: 'false' } })
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sessions-'))
      undo.push(() => rmSync(folder, { recursive: true, force: true }))
      const parts = { sessions: { folder, lastAlive: 1 } }
      const before = hearing()
      const stopped = await source(mosquitto.url, before, more, parts)
      await before.until(isUp(before), 'up')
      expect(stopped.counts.lostSessions).toBe(0) // the first of all
      const stoppedAt = Date.now()
      await stopped[Symbol.asyncDispose]()
      const kept = hearing()
      const again = await source(mosquitto.url, kept, more, parts)
      await kept.until(isUp(kept), 'up with its session')
      await again[Symbol.asyncDispose]()
      expect([...before.gaps, ...kept.gaps]).toEqual([])
      await mosquitto.kill()
      await mosquitto.start()
      const after = hearing()
      const listening = await source(mosquitto.url, after, more, parts)
      await after.until(isUp(after), 'up without it')
      expect(after.gaps).toMatchObject([{ source: 'outside' }])
      expect(after.gaps[0]?.from).toBeGreaterThanOrEqual(stoppedAt)
      expect(listening.counts.lostSessions).toBe(1)
    })

    it('hears no more of a topic that was taken out of its configuration, though the broker kept the session', async () => {
      const { url } = await broker()
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sessions-'))
      undo.push(() => rmSync(folder, { recursive: true, force: true }))
      const sessions = { folder, lastAlive: Date.now() }
      const before = hearing()
      const both = await source(url, before, { ...more, topics: ['site/#', 'yard/#'] }, { sessions })
      await before.until(isUp(before), 'up')
      await both[Symbol.asyncDispose]()
      const after = hearing()
      await source(url, after, more, { sessions })
      await after.until(isUp(after), 'up')
      const sender = await publisher(url)
      await pause(100) // for the broker to be told
      await sender.publishAsync('yard/a', 'not asked for', { qos: 1 })
      await sender.publishAsync('site/a', 'asked for', { qos: 1 })
      await after.until(() => texts(after).includes('asked for'), 'what is asked for')
      expect(texts(after)).toEqual(['asked for'])
    })

    it('says where the broker sends it at most once what it should send at least once', async () => {
      const { url } = await broker({ settings: { max_qos: '0' } })
      const heard = hearing()
      await source(url, heard, more)
      await heard.until(isUp(heard), 'up')
      expect(heard.links.at(-1)?.detail).toBe(
        'The broker grants only QoS 0 for site/#: what it has sent once is not sent again',
      )
    })

    it('is refused with wrong credentials, and heals by itself once they are right', async () => {
      const mosquitto = await broker({ users: { gateway: 'old' } })
      const heard = hearing()
      await source(mosquitto.url, heard, { ...more, username: 'gateway', password: 'new' })
      await heard.until(() => heard.links.at(-1)?.state === 'refused', 'refused')
      expect(heard.links.at(-1)?.detail).toMatch(/refused/i)
      mosquitto.setUsers({ gateway: 'new' })
      await heard.until(isUp(heard), 'up')
    })
  },
)

requireServer('mosquitto')('beside another gateway', () => {
  it('guesses that somebody else connects under its client id, where the broker closes time and again', async () => {
    const { url } = await broker()
    const [one, other] = [hearing(), hearing()]
    await source(url, one)
    await one.until(isUp(one), 'up')
    await source(url, other)
    const isTold = () =>
      one.links.some(({ detail }) => detail?.includes('perhaps another client connects as gatehouse-outside'))
    await one.until(isTold, 'the guess')
    expect(one.links.filter(({ state }) => state === 'down')[0]?.detail).toBe(
      'The broker closed the connection',
    )
  })
})

requireServer('mosquitto')('through Mosquitto over TLS', () => {
  it('takes a renewed certificate without a restart, and waits for one that cannot be read', async () => {
    await using right = await localhostCertificate()
    await using other = await localhostCertificate()
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-ca-'))
    undo.push(() => rmSync(folder, { recursive: true, force: true }))
    const [keyFile, caFile] = [join(folder, 'key.pem'), join(folder, 'ca.pem')]
    writeFileSync(keyFile, right.key)
    writeFileSync(caFile, other.cert)
    const mosquitto = await broker({ settings: { certfile: right.file, keyfile: keyFile } })
    const heard = hearing()
    await source(`mqtts://localhost:${mosquitto.port}`, heard, { caFile })
    await heard.until(() => heard.links.at(-1)?.state === 'refused', 'refused')
    rmSync(caFile)
    const isUnreadable = () =>
      heard.links.at(-1)?.detail?.includes('a certificate file cannot be read') === true
    await heard.until(isUnreadable, 'unreadable')
    writeFileSync(caFile, right.cert)
    await heard.until(isUp(heard), 'up')
  })
})

requireServer('mosquitto')('without a broker', () => {
  it('starts all the same, tells why it is down, and connects when there is one', async () => {
    const mosquitto = await broker()
    await mosquitto.stop()
    const heard = hearing()
    await source(mosquitto.url, heard)
    await heard.until(() => heard.links.at(-1)?.state === 'down', 'down')
    expect(heard.links.at(-1)?.detail).toContain('ECONNREFUSED')
    await mosquitto.start()
    await heard.until(isUp(heard), 'up')
  })
})
