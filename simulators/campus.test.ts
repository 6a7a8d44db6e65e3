import { describe, expect, it } from 'vitest'
import { readProfiles } from '../src/config/profiles.ts'
import { readSite } from '../src/config/site.ts'
import { campusMessages, campusReadings, campusStored, createCampus } from './campus.ts'
import { opcuaNodesOf } from './opcua-face.ts'
import { DEMO_SCENARIOS, demoAnchor, troublesOf } from './scenario.ts'

const PROFILES = new Map(
  readProfiles('device-profiles').map((profile) => [`${profile.vendor}/${profile.model}`, profile]),
)
const SITE = readSite('examples/campus/site.yaml', PROFILES)
const from = Temporal.ZonedDateTime.from('2026-03-02T08:55[Asia/Shanghai]').epochMilliseconds
const MINUTE_MS = 60_000
const OPTIONS = {
  site: SITE,
  seed: 7,
  scenarios: DEMO_SCENARIOS,
  startedAt: demoAnchor(from),
  from,
  to: from + 20 * MINUTE_MS,
}

describe('the simulated campus', () => {
  it('says the same for the same seed, and something else for another', () => {
    const said = [...campusMessages(OPTIONS)]
    expect([...campusMessages(OPTIONS)]).toEqual(said)
    expect([...campusMessages({ ...OPTIONS, seed: 8 })]).not.toEqual(said)
  })

  it('leaves out who is real: nothing is said in their name, and nothing happens to them', () => {
    const real = new Set(['meter-01', 'gate-east', 'checkpoint-03', 'meter-06'])
    const devices = SITE.devices.map((device) =>
      real.has(device.id) ? { ...device, simulated: false } : device,
    )
    const site = { ...SITE, devices }
    const speakers = new Set([...campusMessages({ ...OPTIONS, site })].map(({ device }) => device))
    expect([...real].filter((device) => speakers.has(device))).toEqual([])
    expect(speakers.has('checkpoint-02')).toBe(true)
    const struck = troublesOf(site, 7, DEMO_SCENARIOS, from).map(({ device }) => device)
    expect(struck.filter((device) => real.has(device))).toEqual([])
    expect(opcuaNodesOf(site).nodes.map(({ nodeId }) => nodeId)).toEqual(
      opcuaNodesOf(SITE)
        .nodes.map(({ nodeId }) => nodeId)
        .filter((nodeId) => nodeId.startsWith('s=BoilerHouse')),
    )
  })

  it('says the same whether time passes in seconds or in minutes, and from wherever one listens', () => {
    const campus = createCampus(OPTIONS)
    const key = (said: object) => JSON.stringify(said)
    const seconds = Array.from({ length: 1_200 }, (_, second) =>
      campus(from + second * 1_000, from + (second + 1) * 1_000),
    ).flat()
    expect(seconds.map(key).toSorted()).toEqual([...campusMessages(OPTIONS)].map(key).toSorted())
    const later = { ...OPTIONS, from: from + 7 * MINUTE_MS }
    expect([...campusMessages(later)]).toEqual(
      [...campusMessages(OPTIONS)].filter(({ at }) => at > later.from),
    )
  })

  it('lets every device speak within a minute but the checkpoints, which wait for the guard', () => {
    const heard = new Set(
      [...campusReadings({ ...OPTIONS, scenarios: [], to: from + MINUTE_MS })].map(({ device }) => device),
    )
    const quiet = SITE.devices.filter(({ id }) => !heard.has(id))
    expect(new Set(quiet.map(({ family }) => family))).toEqual(new Set(['patrol-checkpoint']))
    const round = [...campusReadings({ ...OPTIONS, scenarios: [], to: from + 30 * MINUTE_MS })]
    expect(SITE.devices.filter(({ id }) => !round.some(({ device }) => device === id))).toEqual([])
  })

  it('registers never fall back, agree with the flow, and go on where an earlier run left them', () => {
    const scenarios = OPTIONS.scenarios.filter(({ name }) => name !== 'register-jump') // which falls back by design
    const day = { ...OPTIONS, scenarios, to: from + 90 * MINUTE_MS }
    const last = new Map<string, { at: number; volume: number; flow: number }>()
    let ordinaryM3 = 0
    for (const { device, at, values } of campusReadings(day)) {
      const { volume, flow } = values
      if (typeof volume !== 'number' || typeof flow !== 'number') continue
      const before = last.get(device)
      if (before) expect(volume).toBeGreaterThanOrEqual(before.volume)
      if (before && before.flow === 0 && flow === 0) expect(volume - before.volume).toBeLessThan(0.03)
      if (before && device === 'meter-02') ordinaryM3 += volume - before.volume
      last.set(device, { at, volume, flow })
    }
    expect(ordinaryM3).toBeGreaterThan(0.1)
    const again = { ...day, from: day.to, to: day.to + MINUTE_MS, startedAt: demoAnchor(day.to) }
    for (const { device, values } of campusReadings(again)) {
      if (typeof values.volume === 'number')
        expect(values.volume).toBeGreaterThanOrEqual(last.get(device)?.volume ?? 0)
    }
  })

  it('spoils the messages of one meter only', () => {
    const spoilt = [
      ...campusMessages({
        ...OPTIONS,
        scenarios: [{ name: 'bad-payloads', startsAfterMs: 0, lastsMs: 60 * MINUTE_MS }],
      }),
    ].filter((said) => 'payload' in said)
    expect(spoilt.length).toBeGreaterThan(10)
    expect(new Set(spoilt.map(({ device }) => device)).size).toBe(1)
  })

  it('what meters stored of the hours is on the register that they tell live', () => {
    const hours = campusStored(OPTIONS)(from, from + 20 * MINUTE_MS).get('meter-25') ?? []
    const midnight = Temporal.ZonedDateTime.from('2026-03-02T00:00[Asia/Shanghai]').epochMilliseconds
    expect(hours.map(({ at }) => (at - midnight) / 3_600_000)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const at = midnight + 9 * 3_600_000
    const live = [...campusReadings({ ...OPTIONS, from: at - 1, to: at + 60_000 })].find(
      ({ device }) => device === 'meter-25',
    )
    const stored = hours.at(-1)
    if (!live || !stored || !('values' in stored)) throw new Error('meter-25 said nothing')
    const rise = Number(live.values.volume) - Number(stored.values.volume)
    expect(rise).toBeGreaterThanOrEqual(0)
    expect(rise).toBeLessThan(0.05)
  })

  it('a main meter shows what the meters behind it do, and of the first balance an eighth more', () => {
    const stored = campusStored(OPTIONS)
    const used = (device: string) => {
      const [first, ...others] = [-7, 0].flatMap((days) => {
        const at = from + days * 86_400_000
        const [said] = stored(at, at).get(device) ?? []
        return said && 'values' in said ? Number(said.values.volume) : []
      })
      return (others[0] ?? Number.NaN) - (first ?? Number.NaN)
    }
    expect(used('meter-07')).toBeGreaterThan(10)
    expect(used('meter-25') / (used('meter-07') + used('meter-08'))).toBeCloseTo(1.125, 4)
    expect(used('meter-26') / (used('meter-14') + used('meter-15'))).toBeCloseTo(1.01, 4)
    const struck = troublesOf(SITE, 7, DEMO_SCENARIOS, from).map(({ device }) => device)
    expect(struck).not.toContain('meter-25')
  })

  it('a real meter has stored nothing that we know of', () => {
    const devices = SITE.devices.map((device) =>
      device.id === 'meter-01' ? { ...device, simulated: false } : device,
    )
    const stored = campusStored({ ...OPTIONS, site: { ...SITE, devices } })(from, from)
    expect([...stored.keys()]).not.toContain('meter-01')
    expect(stored.size).toBe(25)
  })
})
