/**
 * Each scenario against the rules of the demo campus, in virtual time and without a network: the alarms that it
 * raises, whole, as a person would read them.
 */
import { describe, expect, it } from 'vitest'
import { readProfiles } from '../src/config/profiles.ts'
import { readRules } from '../src/config/rules.ts'
import { readSite } from '../src/config/site.ts'
import type { Instant } from '../src/model/instant.ts'
import type { Sample } from '../src/model/reading.ts'
import { bindRules } from '../src/rules/bind.ts'
import { createEngine } from '../src/rules/engine.ts'
import { campusReadings } from './campus.ts'
import { DEMO_SCENARIOS, demoAnchor, type Scenario } from './scenario.ts'

const CAMPUS = 'examples/campus'
const PROFILES = new Map(
  readProfiles('device-profiles').map((profile) => [`${profile.vendor}/${profile.model}`, profile]),
)
const SITE = readSite(`${CAMPUS}/site.yaml`, PROFILES)
const RULES = readRules(`${CAMPUS}/rules.yaml`)
const MONDAY_MORNING = Temporal.ZonedDateTime.from('2026-03-02T09:00[Asia/Shanghai]').epochMilliseconds

const MINUTE_MS = 60_000

/**
 * The gateway's rules over what the campus says, a commit a second: `+1:40 burst-pipe meter-3`, with `-` when
 * it clears.
 */
function story(options: {
  scenarios: readonly Scenario[]
  seed?: number
  start?: Instant
  startedAt?: Instant
  minutes: number
}): string[] {
  const { scenarios, seed = 7, start = MONDAY_MORNING, startedAt = start, minutes } = options
  const engine = createEngine(bindRules(RULES, SITE, (name) => PROFILES.get(name)))
  const told: string[] = []
  const to = start + minutes * MINUTE_MS
  const readings = campusReadings({ site: SITE, seed, scenarios, startedAt, from: start, to })
  let next = readings.next()
  for (let now = start, offset = 1; now <= to; now += 1_000, offset++) {
    const records: ({ is: 'reading' } & Sample)[] = []
    for (; !next.done && next.value.at <= now; next = readings.next())
      records.push({ is: 'reading', ...next.value })
    for (const { rule, subject, at, breached } of engine.take({ offset, receivedAt: now, records })) {
      const second = Math.floor((at - start) / 1_000)
      told.push(
        `${breached ? '+' : '-'}${Math.floor(second / 60)}:${String(second % 60).padStart(2, '0')} ${rule} ${subject}`,
      )
    }
  }
  expect(engine.parked()).toEqual([])
  return told
}

const alarmsOf = (told: readonly string[]) => told.filter((line) => line.startsWith('+'))

const strike = (name: Scenario['name'], device: string, lastsMinutes: number): Scenario => ({
  name,
  device,
  startsAfterMs: MINUTE_MS,
  lastsMs: lastsMinutes * MINUTE_MS,
})

describe('the campus without a scenario raises nothing', () => {
  it.each([
    ['on a Monday morning', '2026-03-02T09:00'],
    ['at night, over midnight', '2026-03-02T23:30'],
    ['on a Sunday', '2026-03-08T15:00'],
  ])('%s', (_when, local) => {
    const start = Temporal.PlainDateTime.from(local).toZonedDateTime('Asia/Shanghai').epochMilliseconds
    expect(story({ scenarios: [], minutes: 60, start })).toEqual([])
  })
})

describe('each scenario, begun after a minute, raises exactly', () => {
  // biome-ignore format: a line each
  it.each<[Scenario['name'], string, number, string[]]>([
    ['burst-pipe',     'meter-01',      1,   ['+1:20 burst-pipe meter-01', '-2:00 burst-pipe meter-01']],
    ['running-toilet', 'meter-04',      4,   ['+2:52 running-toilet meter-04', '-5:12 running-toilet meter-04']],
    ['meter-silent',   'meter-07',      3,   ['+1:40 meter-silent meter-07', '-4:00 meter-silent meter-07']],
    ['reverse-flow',   'meter-01',      2,   ['+1:30 reverse-flow meter-01', '-3:45 reverse-flow meter-01']],
    ['meter-tamper',   'meter-01',      1,   ['+1:00 meter-tamper meter-01', '-2:00 meter-tamper meter-01']],
    ['register-jump',  'meter-01',      0.25, ['+1:00 implausible-jump meter-01', '-1:35 implausible-jump meter-01']],
    ['low-battery',    'meter-01',      2,   ['+1:00 battery-low meter-01', '-3:00 battery-low meter-01']],
    ['bad-payloads',   'meter-09',      3,   []],
    ['door-held-open', 'gate-north',    2,   ['+1:13 door-open-warning gate-north', '+1:16 door-held-open gate-north', '-1:16 door-open-warning gate-north', '-3:00 door-held-open gate-north']],
    ['door-forced',    'gate-north',    0.2, ['+1:01 door-forced gate-north', '-1:12 door-forced gate-north']],
    ['door-unlocked',  'gate-north',    2,   ['+1:00 door-unlocked gate-north', '-3:00 door-unlocked gate-north']],
    ['door-tamper',    'gate-north',    1,   ['+1:00 door-tamper gate-north', '-2:00 door-tamper gate-north']],
    ['denied-burst',   'gate-north',    0.5, ['+1:20 denied-burst gate-north', '-2:25 denied-burst gate-north']],
    ['duress',         'gate-north',    0.1, ['+1:00 duress gate-north', '-3:00 duress gate-north']],
    ['anti-passback',  'gate-north',    1,   ['+1:30 anti-passback area:campus', '-2:30 anti-passback area:campus']],
    ['fire-release',   'gate-north',    2,   []],
    ['missed-patrol',  'checkpoint-03', 15,  ['+5:50 late-patrol perimeter/checkpoint-03', '+6:00 missed-patrol perimeter/checkpoint-03', '-6:00 late-patrol perimeter/checkpoint-03', '-20:08 missed-patrol perimeter/checkpoint-03']],
    ['late-patrol',    'checkpoint-03', 13,  ['+5:50 late-patrol perimeter/checkpoint-03', '-5:55 late-patrol perimeter/checkpoint-03']],
    ['early-patrol',   'checkpoint-01', 25,  ['+14:30 early-patrol perimeter/checkpoint-01', '-15:33 early-patrol perimeter/checkpoint-01']],
    ['wrong-order',    'checkpoint-02', 25,  ['+3:50 late-patrol perimeter/checkpoint-02', '+4:00 missed-patrol perimeter/checkpoint-02', '-4:00 late-patrol perimeter/checkpoint-02', '-5:20 missed-patrol perimeter/checkpoint-02', '+18:50 late-patrol perimeter/checkpoint-02', '+19:00 missed-patrol perimeter/checkpoint-02', '-19:00 late-patrol perimeter/checkpoint-02', '-20:28 missed-patrol perimeter/checkpoint-02', '+20:28 wrong-order route:perimeter', '-25:00 wrong-order route:perimeter']],
    ['copied-tags',    'checkpoint-04', 13,  ['+4:51 early-patrol perimeter/checkpoint-04', '+4:51 copied-tags route:perimeter', '-6:51 copied-tags route:perimeter', '-7:06 early-patrol perimeter/checkpoint-04']],
    ['unknown-tag',    'checkpoint-03', 13,  ['+5:08 unknown-tag checkpoint-03', '-7:08 unknown-tag checkpoint-03']],
    ['long-parking',   'vehicle-03',    5,   ['+2:22 long-parking vehicle-03', '-6:07 long-parking vehicle-03']],
    ['speeding',       'vehicle-03',    2,   ['+1:12 speeding vehicle-03', '-3:07 speeding vehicle-03']],
    ['left-area',      'vehicle-03',    4,   ['+2:07 left-area vehicle-03', '-9:37 left-area vehicle-03']],
    ['tow',            'vehicle-03',    3,   ['+1:57 tow vehicle-03', '-4:02 tow vehicle-03']],
    ['fuel-theft',     'vehicle-03',    3,   ['+1:52 long-parking vehicle-03', '+2:02 fuel-drop vehicle-03', '-4:07 long-parking vehicle-03', '-4:07 fuel-drop vehicle-03']],
    ['tracker-unplugged', 'vehicle-03', 1,   ['+1:17 tracker-unplugged vehicle-03', '-2:02 tracker-unplugged vehicle-03']],
    ['gps-jumps',      'vehicle-03',    5,   []],
  ])('%s', (name, device, lastsMinutes, wanted) => {
    expect(story({ scenarios: [strike(name, device, lastsMinutes)], minutes: 30 })).toEqual(wanted)
  })

  it('a round that is seen from its beginning and lacks a checkpoint is incomplete until one is whole', () => {
    const start = MONDAY_MORNING - 5 * MINUTE_MS
    const told = story({ scenarios: [strike('missed-patrol', 'checkpoint-03', 15)], minutes: 35, start })
    expect(told.filter((line) => line.includes('incomplete-round'))).toEqual([
      '+15:00 incomplete-round route:perimeter',
      '-29:12 incomplete-round route:perimeter',
    ])
  })

  it('a door that is forced and left open is also held open', () => {
    expect(alarmsOf(story({ scenarios: [strike('door-forced', 'gate-north', 1)], minutes: 5 }))).toEqual([
      '+1:01 door-forced gate-north',
      '+1:13 door-open-warning gate-north',
      '+1:16 door-held-open gate-north',
    ])
  })
})

describe('the demo', () => {
  const demo = (start: Instant, minutes: number, seed = 7) =>
    story({ scenarios: DEMO_SCENARIOS, seed, start, startedAt: demoAnchor(start), minutes })

  it.each([7, 42])('raises its first alarm within two minutes whenever it starts (seed %i)', (seed) => {
    for (let second = 0; second < 1_800; second += 90) {
      const start = MONDAY_MORNING + second * 1_000
      expect(alarmsOf(demo(start, 2, seed)), `${second} s into the cycle`).not.toEqual([])
    }
  })

  it('shows every rule of the campus but the silence of gates and vehicles and what is judged by the night and day, and each fault ends', () => {
    const told = demo(MONDAY_MORNING, 59.9) // a round that had begun at the start is not judged
    const rules = new Set(told.map((line) => line.split(' ')[1]))
    expect([...rules].toSorted()).toEqual(
      RULES.map(({ id }) => id)
        .filter((id) => !['gate-silent', 'vehicle-silent', 'night-flow', 'water-balance'].includes(id))
        .toSorted(),
    )
    const standing = new Set<string>()
    for (const line of told) {
      const fault = line.slice(line.indexOf(' '))
      if (line.startsWith('+')) standing.add(fault)
      else standing.delete(fault)
    }
    expect([...standing]).toEqual([])
  })

  it('leaves a repaired fault alone for long enough to prove it', () => {
    const clearedAt = new Map<string, number>()
    for (const line of demo(MONDAY_MORNING, 60)) {
      const [, sign, minute, second, fault = ''] = /^(.)(\d+):(\d+) (.*)$/.exec(line) ?? []
      const at = Number(minute) * 60 + Number(second)
      if (sign === '-') clearedAt.set(fault, at)
      else expect(at - (clearedAt.get(fault) ?? Number.NEGATIVE_INFINITY), fault).toBeGreaterThan(120)
    }
  })
})
