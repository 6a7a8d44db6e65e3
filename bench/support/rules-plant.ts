/**
 * What the rules bench measures on: meters under ten rules each, of the kinds and in the mix that a water
 * site has, and a day of theirs as commits. Each quarter of an hour every meter reports once, in an order of
 * its own, some at night only drops.
 */
import { apart, type Commit, commitOf, type JournalRecord } from '../../src/model/commit.ts'
import type { Device } from '../../src/model/device.ts'
import type { Instant } from '../../src/model/instant.ts'
import type { Site } from '../../src/model/site.ts'
import { bindRules } from '../../src/rules/bind.ts'
import type { BoundRule } from '../../src/rules/bound-rule.ts'
import { RulesOptions } from '../../src/rules/index.ts'

const T0 = Date.UTC(2026, 8, 1)
const QUARTER_MS = 900_000
const READINGS_A_COMMIT = 500
const HOUR_MS = 3_600_000

const declared = { severity: 'medium', order: 'automatic', verifyMs: HOUR_MS }
const flow = (id: string, above: number, forMs: number) => ({
  id,
  kind: 'sustained',
  ...declared,
  options: { point: 'flow', above, forMs },
})

/** Ten on each meter. */
const RULES = [
  flow('burst', 8, 60_000),
  flow('high-flow', 5, 2 * HOUR_MS),
  flow('some-flow', 1, 12 * HOUR_MS),
  {
    id: 'battery-high',
    kind: 'sustained',
    ...declared,
    options: { point: 'battery', above: 4, forMs: 60_000 },
  },
  { id: 'leak', kind: 'continuous-flow', ...declared, options: { point: 'volume', floorM3h: 0.02 } },
  {
    id: 'long-leak',
    kind: 'continuous-flow',
    ...declared,
    options: { point: 'volume', forMs: 72 * HOUR_MS },
  },
  { id: 'open-tap', kind: 'continuous-flow', ...declared, options: { point: 'flow', forMs: 24 * HOUR_MS } },
  { id: 'silent', kind: 'silent', ...declared, options: { forMs: 2 * HOUR_MS } },
  { id: 'long-silent', kind: 'silent', ...declared, options: { forMs: 24 * HOUR_MS } },
  { id: 'quiet', kind: 'silent', ...declared, options: { forMs: 7 * 24 * HOUR_MS } },
]

export const RULES_A_METER = RULES.length

export type RulesPlant = {
  readonly devices: readonly Device[]
  readonly rules: readonly BoundRule[]
  /** Every meter once, at the quarter of an hour with this number. */
  round(number: number): Commit[]
  /** Nobody says anything; `seconds` after the quarter. */
  idle(number: number, seconds: number): Commit
}

export function rulesPlant(meters: number): RulesPlant {
  const devices = Array.from({ length: meters }, (_, n): Device => {
    const id = `meter-${String(n).padStart(6, '0')}`
    return { id, name: id, family: 'water-meter', profile: 'p', place: { institution: `office-${n % 100}` } }
  })
  const site: Site = {
    id: 'bench',
    name: 'Bench',
    timeZone: 'Asia/Shanghai',
    devices,
    institutions: [],
    buildings: [],
    zones: [],
    routes: [],
    vehicles: [],
  }
  const points = { volume: {}, flow: {}, battery: {} }
  const profile = { measuresEveryMs: QUARTER_MS, reportsEveryMs: QUARTER_MS, points }
  const rules = bindRules(RulesOptions.parse({ rules: RULES }).rules, site, () => profile)
  /** Not in the site's order: neighbours in memory do not report one after the other. */
  const order = shuffled(meters)
  const volumes = new Float64Array(meters)
  let offset = 0
  const commit = (receivedAt: Instant, records: readonly JournalRecord[]): Commit => {
    offset++
    return commitOf({ offset, receivedAt, records }, apart(records)) // in columns, as the journal has it
  }
  return {
    devices,
    rules,
    round(number) {
      const at = T0 + number * QUARTER_MS
      const commits: Commit[] = []
      for (let from = 0; from < meters; from += READINGS_A_COMMIT) {
        const receivedAt = at + 1_000 + Math.floor((from / meters) * 600_000)
        const records: JournalRecord[] = []
        for (const meter of order.subarray(from, from + READINGS_A_COMMIT)) {
          const flow = flowOf(meter, number)
          const volume = (volumes[meter] as number) + flow / 4
          volumes[meter] = volume
          const values = { volume, flow, battery: 3.6 }
          const device = (devices[meter] as Device).id
          records.push({ is: 'reading', device, at: receivedAt - 700 - (meter % 200), values })
        }
        commits.push(commit(receivedAt, records))
      }
      return commits
    },
    idle: (number, seconds) => commit(T0 + number * QUARTER_MS + 650_000 + seconds * 1_000, []),
  }
}

/**
 * m³/h: nothing in every fifth quarter, else up to 1.2, so that no rule breaches but one in a thousand now
 * and then.
 */
function flowOf(meter: number, round: number): number {
  const drawn = (Math.imul(meter * 31 + round * 7_919, 2_654_435_761) >>> 8) % 1_000
  if (drawn < 200) return 0
  return drawn === 999 ? 9 : drawn / 820
}

/** Fisher and Yates, by a fixed row of numbers: each run measures the same order. */
function shuffled(length: number): Int32Array {
  const order = Int32Array.from({ length }, (_, index) => index)
  let seed = 1
  for (let index = length - 1; index > 0; index--) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    const other = seed % (index + 1)
    const kept = order[index] as number
    order[index] = order[other] as number
    order[other] = kept
  }
  return order
}
