/** The campus over real MQTT into the embedded broker, decoded by the shipped profiles, on a virtual clock. */
import { expect, it } from 'vitest'
import { readProfiles } from '../src/config/profiles.ts'
import { readSite } from '../src/config/site.ts'
import { EmbeddedBrokerOptions, embeddedBroker } from '../src/connect/embedded-broker.ts'
import { SILENT_LOG } from '../src/model/log.ts'
import { compileProfiles } from '../src/profiles/directory.ts'
import { hearing } from '../tests/support/hearing.ts'
import { campusReadings } from './campus.ts'
import { simulateCampus } from './index.ts'
import { mqttFace } from './mqtt-face.ts'
import { isOnOpcua } from './opcua-face.ts'
import type { Scenario } from './scenario.ts'
import { virtualClock } from './virtual-clock.ts'

const PROFILES = readProfiles('device-profiles')
const SITE = readSite(
  'examples/campus/site.yaml',
  new Map(PROFILES.map((profile) => [`${profile.vendor}/${profile.model}`, profile])),
)
const DIRECTORY = compileProfiles(PROFILES, SITE.devices)
const START = Temporal.ZonedDateTime.from('2026-03-02T09:00[Asia/Shanghai]').epochMilliseconds
const ALL_MQTT: Readonly<Record<string, readonly string[]>> = {
  wmbusmeters: ['wmbusmeters/#'],
  owntracks: ['owntracks/+/+'],
}

/** Everybody may publish to what is theirs and nothing else, with a password of their own. */
async function simulated(minutes: number, scenarios: readonly Scenario[], storedDays?: number) {
  await using opened = new AsyncDisposableStack()
  const clock = virtualClock(START)
  const heard = hearing()
  const broker = opened.use(
    embeddedBroker(EmbeddedBrokerOptions.parse({ port: 0 }), {
      authenticate: async (name, password) =>
        Buffer.from(password).toString() === `secret of ${name}`
          ? { name, publish: ALL_MQTT[name] ?? [`gatehouse/${name}/readings`], subscribe: [] }
          : null,
      log: SILENT_LOG,
      clock,
    }),
  )
  await broker.start(heard)
  const told: { nodeId: string; value: unknown }[] = []
  const campus = opened.use(
    simulateCampus({
      site: SITE,
      seed: 7,
      scenarios,
      ...(storedDays !== undefined && { storedDays }),
      clock,
      mqtt: {
        url: `mqtt://127.0.0.1:${broker.port}`,
        credentialsOf: (username) => ({ username, password: `secret of ${username}` }),
      },
      opcua: { set: (nodeId, value) => told.push({ nodeId, value }) },
    }),
  )
  await clock.advance(minutes * 60_000, () => campus.settled())
  return {
    decoded: heard.messages.map((message) => DIRECTORY.decode(message)),
    counts: { ...campus.counts },
    told,
  }
}

it('every message of the campus is read by the profile of its device, and says what the behaviour said', async () => {
  const { decoded, counts, told } = await simulated(3, [])
  expect(decoded.flatMap(({ deadLetters }) => deadLetters)).toEqual([])
  const onMqtt = new Set(SITE.devices.filter((device) => !isOnOpcua(device)).map(({ id }) => id))
  const wanted = [
    ...campusReadings({ site: SITE, seed: 7, startedAt: START, from: START - 60_000, to: START + 180_000 }),
  ]
    .filter(({ device }) => onMqtt.has(device))
    .map(({ device, at }) => `${at} ${device}`)
  const read = decoded.flatMap(({ samples }) => samples).map(({ device, at }) => `${at} ${device}`)
  expect(read.toSorted()).toEqual(wanted.toSorted())
  expect(counts).toEqual({ acknowledged: wanted.length, failed: 0, dropped: 0 })
  expect(new Set(told.map(({ nodeId }) => nodeId))).toEqual(
    new Set(['s=CoolingTower.Flow', 's=CoolingTower.Volume', 's=BoilerHouse.Flow', 's=BoilerHouse.Volume']),
  )
})

it('bad payloads become dead letters, and the good samples of the same meter are still read', async () => {
  const { decoded } = await simulated(3, [
    { name: 'bad-payloads', device: 'meter-01', startsAfterMs: 0, lastsMs: 180_000 },
  ])
  const codes = new Set(
    decoded.flatMap(({ deadLetters }) => deadLetters).map(({ device, code }) => `${device} ${code}`),
  )
  expect(codes).toContain('meter-01 payload-not-utf8')
  expect(codes).toContain('meter-01 payload-not-json')
  expect(codes).toContain('meter-01 forbidden-key')
  expect([...codes].every((code) => code.startsWith('meter-01 '))).toBe(true)
  const good = decoded
    .flatMap(({ samples }) => samples)
    .filter(({ device, values }) => device === 'meter-01' && 'volume' in values)
  expect(good.length).toBeGreaterThan(30)
})

/** A broker whose only password can be changed, and what was published with it. */
async function brokerWithPassword() {
  const heard = hearing()
  let password = 'first'
  const broker = embeddedBroker(EmbeddedBrokerOptions.parse({ port: 0 }), {
    authenticate: async (name, given) =>
      Buffer.from(given).toString() === password
        ? { name, publish: [`gatehouse/${name}/readings`], subscribe: [] }
        : null,
    log: SILENT_LOG,
    clock: virtualClock(START),
  })
  await broker.start(heard)
  return {
    broker,
    heard,
    change(next: string) {
      password = next
      broker.disconnect('meter-01', START + 1)
    },
  }
}
const reading = { user: 'meter-01', topic: 'gatehouse/meter-01/readings', payload: '{"volume": 1}' }

it('whoever is refused is asked for another password, and goes on with it', async () => {
  const { broker, heard, change } = await brokerWithPassword()
  await using _broker = broker
  const passwords = ['first', 'second']
  await using face = mqttFace({
    url: `mqtt://127.0.0.1:${broker.port}`,
    credentialsOf: (username) => ({ username, password: passwords.shift() ?? 'second' }),
  })
  face.publish(reading)
  await face.settled()
  change('second')
  face.publish(reading)
  await face.settled()
  expect([heard.messages.length, face.counts.acknowledged]).toEqual([2, 2])
})

it('whoever has got a password of its own is let go of, and nothing more is said in its name', async () => {
  const { broker, heard, change } = await brokerWithPassword()
  await using _broker = broker
  const answers = [{ username: 'meter-01', password: 'first' }]
  await using face = mqttFace({
    url: `mqtt://127.0.0.1:${broker.port}`,
    credentialsOf: () => answers.shift(),
  })
  face.publish(reading)
  await face.settled()
  change('of the real one')
  face.publish(reading)
  await face.settled()
  face.publish(reading)
  await face.settled()
  expect([heard.messages.length, face.counts]).toEqual([1, { acknowledged: 1, failed: 0, dropped: 0 }])
})

it('meters upload what they stored of each hour once they have spoken, and their profiles read it', async () => {
  const { decoded, counts } = await simulated(1, [], 2)
  expect(decoded.flatMap(({ deadLetters }) => deadLetters)).toEqual([])
  expect(counts).toMatchObject({ failed: 0, dropped: 0 })
  const samples = decoded.flatMap((message) => message.samples)
  const midnight = Temporal.ZonedDateTime.from('2026-03-02T00:00[Asia/Shanghai]').epochMilliseconds
  for (const meter of ['meter-01', 'meter-24', 'meter-25']) {
    const own = samples.filter(({ device }) => device === meter)
    const stored = own.filter(({ at = START }) => at < START - 60_000).map(({ at }) => at)
    const hours = Array.from({ length: 57 }, (_, hour) => midnight + (hour - 48) * 3_600_000)
    expect(stored, meter).toEqual(hours)
    expect(own[0]?.at, 'what happens now comes first').toBeGreaterThan(START - 60_000)
  }
  expect(samples.some(({ device, at }) => device === 'meter-06' && (at ?? START) < START - 60_000)).toBe(
    false,
  )
})
