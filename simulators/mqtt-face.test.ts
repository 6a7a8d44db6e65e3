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
async function simulated(minutes: number, scenarios: readonly Scenario[]) {
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
