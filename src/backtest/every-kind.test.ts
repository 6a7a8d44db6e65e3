/**
 * The same records give the same verdicts: live, with the gateway killed and started anywhere, and in a
 * back-test. Every kind of rule.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { boundToAll, SITE, voices } from '../../tests/support/every-kind.ts'
import { commitOf, type Remark } from '../model/commit.ts'
import { FAMILIES, type Family } from '../model/device.ts'
import type { Interval } from '../model/instant.ts'
import type { Reading } from '../model/reading.ts'
import { createEngine, type RuleVerdict, type StateRow } from '../rules/engine.ts'
import { RULE_KINDS } from '../rules/index.ts'
import { runPart } from './run-part.ts'
import type { PlacedRecord } from './setup.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** A Monday, 08:00 in Shanghai. */
const FROM = Date.UTC(2026, 0, 5)

type Beat = {
  readonly waitMs: number
  readonly is: 'says' | 'idle' | 'away' | 'link'
  readonly choice: number
}

const beat: fc.Arbitrary<Beat> = fc.record({
  waitMs: fc.constantFrom(
    7 * SECOND_MS,
    MINUTE_MS,
    5 * MINUTE_MS,
    12 * MINUTE_MS,
    50 * MINUTE_MS,
    5 * HOUR_MS,
  ),
  is: fc.oneof(
    { weight: 12, arbitrary: fc.constant('says' as const) },
    { weight: 3, arbitrary: fc.constantFrom('idle', 'away', 'link') },
  ),
  choice: fc.nat(1_000_000),
})

type Plant = { readonly interval: Interval; readonly commits: readonly Placed[] }
type Placed = {
  readonly receivedAt: number
  readonly readings: readonly Reading[]
  readonly remarks: readonly Remark[]
}

const LINKS = ['down', 'up', 'up', 'refused'] as const

function plantOf({ beats, family }: Run): Plant {
  const say = voices(SITE.devices.filter((one) => family === 'all' || one.family === family))
  const commits: Placed[] = []
  let now = FROM
  for (const { waitMs, is, choice } of beats) {
    const before = now
    now += waitMs
    const at = now
    // An idle journal commits each second, but for the gateway's own absences.
    if (is !== 'away') commits.push({ receivedAt: at - SECOND_MS, readings: [], remarks: [] })
    const state = LINKS[choice % LINKS.length] ?? 'up'
    const away: Remark = { is: 'gap', source: 'gateway', from: before, to: at, reason: 'unheard' }
    const link: Remark = { is: 'link', source: 'server', state }
    commits.push({
      receivedAt: at,
      readings: is === 'says' ? [{ ...say(choice), at, receivedAt: at }] : [],
      remarks: is === 'away' ? [away] : is === 'link' ? [link] : [],
    })
  }
  return { interval: { from: FROM, to: now + 6 * HOUR_MS }, commits }
}

const told = ({ rule, subject, at, breached, because: { code } }: RuleVerdict) =>
  `${new Date(at).toISOString()} ${rule} ${subject} ${breached ? '+' : '-'} ${code}`

/**
 * With a kill behind each commit of `kills`; what was decided is known, what a rule remembers is read from
 * what was written.
 */
function live({ interval, commits }: Plant, kills: ReadonlySet<number>): RuleVerdict[] {
  const rows = new Map<string, string>()
  const verdicts: RuleVerdict[] = []
  let engine = createEngine(boundToAll())
  let offset = 0
  const idle = { readings: [], remarks: [] }
  const all = [
    { receivedAt: interval.from, ...idle },
    ...commits,
    // The clock of an idle journal goes on, also after the last word.
    ...[1, 2, 3, 4, 5, 6].map((hour) => ({
      receivedAt: interval.to - 6 * HOUR_MS + hour * HOUR_MS,
      ...idle,
    })),
  ]
  for (const [index, { receivedAt, readings, remarks }] of all.entries()) {
    const commit = commitOf({ offset: ++offset, receivedAt, records: remarks }, { readings, remarks })
    verdicts.push(...engine.take(commit).filter(({ at }) => at < interval.to))
    if (!kills.has(index)) continue
    for (const row of engine.changedStates()) {
      const key = `${row.rule} ${row.subject}`
      if (row.kept === null) rows.delete(key)
      else rows.set(key, JSON.stringify(row))
    }
    engine = createEngine(
      boundToAll(),
      [...rows.values()].map((row): StateRow => JSON.parse(row)),
    )
  }
  return verdicts
}

type Alarm = {
  readonly rule: string
  readonly subject: string
  readonly raisedAt: number
  clearedAt?: number
}

function alarmsOf(verdicts: readonly RuleVerdict[]): Alarm[] {
  const alarms: Alarm[] = []
  for (const { rule, subject, at, breached } of verdicts) {
    if (breached) alarms.push({ rule, subject, raisedAt: at })
    else
      for (const alarm of alarms) if (alarm.rule === rule && alarm.subject === subject) alarm.clearedAt ??= at
  }
  return alarms
}

const drawn = (alarms: readonly Alarm[]) =>
  alarms
    .map(
      ({ rule, subject, raisedAt, clearedAt }) =>
        `${rule} ${subject} ${new Date(raisedAt).toISOString()} ${clearedAt === undefined ? 'stands' : new Date(clearedAt).toISOString()}`,
    )
    .sort()

type Run = { readonly beats: readonly Beat[]; readonly family: Family | 'all' }

const anyRun: fc.Arbitrary<Run> = fc.record({
  beats: fc.array(beat, { minLength: 20, maxLength: 120 }),
  // Of few devices more is heard.
  family: fc.constantFrom<Run['family'][]>('all', ...FAMILIES),
})
const kills = fc.uniqueArray(fc.nat(119), { maxLength: 8 })

it('the plant has a rule of every kind', () => {
  const judged = new Set(boundToAll().map(({ config }) => config.kind))
  expect([...judged].sort()).toEqual(RULE_KINDS.map(({ kind }) => kind).sort())
  for (const { config, subjects } of boundToAll()) expect(subjects.size, config.id).toBeGreaterThan(0)
})

it('killed anywhere and started from what was written, every rule decides what it would have decided', () => {
  fc.assert(
    fc.property(anyRun, kills, (some, places) => {
      const plant = plantOf(some)
      expect(live(plant, new Set(places)).map(told)).toEqual(live(plant, new Set()).map(told))
    }),
    { numRuns: 30 },
  )
})

it('a back-test over the same records raises what was raised live, by every rule', async () => {
  const breached = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(anyRun, kills, async (some, places) => {
      const plant = plantOf(some)
      const verdicts = live(plant, new Set(places))
      for (const { rule } of verdicts) breached.set(rule, (breached.get(rule) ?? 0) + 1)
      const records = plant.commits.flatMap(({ receivedAt, remarks }): PlacedRecord[] =>
        remarks.map((record) => ({ receivedAt, record })),
      )
      const readings = plant.commits.flatMap((commit) => commit.readings)
      async function* history() {
        for (let from = 0; from < readings.length; from += 9) yield readings.slice(from, from + 9)
      }
      const rules = { draft: boundToAll(), running: [] }
      const { found } = await runPart(rules, plant.interval, records, history)
      expect(drawn(found.draft)).toEqual(drawn(alarmsOf(verdicts)))
    }),
    { numRuns: 50 },
  )
  // What is compared must have happened. What is usual takes weeks to learn, and a wrong clock is never in time.
  const happened = RULE_KINDS.filter(({ kind }) => breached.has(kind))
  expect(happened.length).toBeGreaterThan(25)
})
