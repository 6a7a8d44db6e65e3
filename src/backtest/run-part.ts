/**
 * Runs rules over the history of one part of the site in virtual time. Rules that judge what was measured are given the readings
 * in the order in which they were measured, as if nothing had ever come late; rules that wait to hear are given them
 * as they were received, because that is what they judge. Both are the live engine; only the clock is history's.
 */
import { commitOf, type JournalRecord } from '../model/commit.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import type { BoundRule } from '../rules/bound-rule.ts'
import { createEngine, type Engine, type RuleVerdict } from '../rules/engine.ts'
import { RULE_KINDS } from '../rules/index.ts'
import type { SidesOf } from './parts.ts'
import type { FoundAlarm, LateStretch, PartResult, PlacedRecord, Side } from './setup.ts'

/** Readings of one virtual commit: an engine is called that much less often. */
const BATCH = 4_096
/** Up to so many readings are kept to be put in the order of their arrival; of more, the history is asked again. */
const HELD_READINGS = 400_000
const MOST_LATE_STRETCHES = 10_000

export type ReadHistory = (order: 'measured' | 'received') => AsyncIterable<readonly Reading[]>

const HEARS = new Map(RULE_KINDS.map(({ kind, countsHearing }) => [kind, countsHearing]))
const hears = ({ config }: BoundRule) => HEARS.get(config.kind) === true

/** Counts what was raised and heard from `countedFrom` on; before it the rules run all the same. */
export async function runPart(
  rules: SidesOf<BoundRule>,
  interval: Interval,
  records: readonly PlacedRecord[],
  read: ReadHistory,
  countedFrom: Instant = interval.from,
): Promise<PartResult> {
  const [measuring, hearing] = [[] as Run[], [] as Run[]]
  for (const side of ['draft', 'running'] as const) {
    const byHearing = Map.groupBy(rules[side], hears)
    for (const [isHearing, own] of byHearing)
      (isHearing ? hearing : measuring).push(runOf(side, own, interval, countedFrom))
  }
  const lateness = latenessIn()
  let held: Reading[] | undefined = hearing.length > 0 ? [] : undefined
  let readings = 0
  const feed = asMeasured(measuring, interval, records)
  for await (const rows of read('measured')) {
    for (const reading of rows) {
      if (reading.at >= countedFrom) readings++
      lateness.note(reading)
    }
    feed.take(rows)
    if (held && held.length + rows.length > HELD_READINGS) held = undefined
    held?.push(...rows)
  }
  feed.end()
  if (hearing.length > 0) await asReceived(hearing, interval, records, held ?? read('received'))
  const runs = [...measuring, ...hearing]
  const foundOn = (side: Side) => runs.filter((run) => run.side === side).flatMap((run) => run.alarms())
  return {
    readings,
    heard: lateness.devices,
    found: { draft: foundOn('draft'), running: foundOn('running') },
    late: lateness.stretches.filter((stretch) => stretch.to >= countedFrom),
    parked: runs.flatMap(({ engine }) =>
      engine.parked().map(({ rule, subject, cause }) => ({ rule, subject, cause })),
    ),
  }
}

type Run = {
  readonly side: Side
  readonly engine: Engine
  take(receivedAt: Instant, readings: readonly Reading[], records?: readonly JournalRecord[]): void
  alarms(): readonly FoundAlarm[]
}

function runOf(side: Side, rules: readonly BoundRule[], { from, to }: Interval, countedFrom: Instant): Run {
  const engine = createEngine(rules)
  const deviceOf = new Map(rules.map((rule) => [rule.config.id, rule]))
  const alarms: { -readonly [Key in keyof FoundAlarm]: FoundAlarm[Key] }[] = []
  const standing = new Map<string, (typeof alarms)[number][]>()
  let offset = 0
  const note = ({ rule, subject, at, breached, because }: RuleVerdict) => {
    if (at >= to) return
    const key = `${rule} ${subject}`
    if (breached) {
      const device = deviceOf.get(rule)?.deviceOf(subject) ?? subject
      const alarm = { rule, subject, device, raisedAt: at, because }
      alarms.push(alarm)
      standing.set(key, [...(standing.get(key) ?? []), alarm])
    } else {
      for (const alarm of standing.get(key) ?? []) alarm.clearedAt = Math.max(alarm.raisedAt, at)
      standing.delete(key)
    }
  }
  const run: Run = {
    side,
    engine,
    take(receivedAt, readings, records) {
      for (const verdict of engine.take(commitOf(++offset, receivedAt, readings, records))) note(verdict)
    },
    alarms: () => alarms.filter(({ raisedAt }) => raisedAt >= countedFrom),
  }
  run.take(from, [])
  return run
}

/**
 * Large commits, each at the instant of its newest reading: per subject a wake-up comes before the next reading all the same. What
 * is waited for after a subject's last reading comes with a later commit, the last of which lies as far behind the end
 * as a commit is long.
 */
function asMeasured(runs: readonly Run[], { from, to }: Interval, records: readonly PlacedRecord[]) {
  let batch: Reading[] = []
  let now = from
  let longestMs = 0
  let next = 0
  const flush = (at: Instant) => {
    if (batch.length > 0) longestMs = Math.max(longestMs, at - (batch[0] as Reading).at)
    now = Math.max(now, at)
    for (const run of runs) run.take(now, batch)
    batch = []
  }
  const noteRecords = (until: Instant) => {
    for (let placed = records[next]; placed && placed.receivedAt <= until; placed = records[++next]) {
      if (placed.receivedAt < from) continue
      if (batch.length > 0) flush((batch.at(-1) as Reading).at)
      now = Math.max(now, placed.receivedAt)
      for (const run of runs) run.take(now, [], [placed.record])
    }
  }
  return {
    take(rows: readonly Reading[]) {
      for (const reading of rows) {
        const last = batch.at(-1)
        if (last && last.at < reading.at && batch.length >= BATCH) flush(last.at)
        if (next < records.length) noteRecords(reading.at)
        batch.push(reading)
      }
    },
    end() {
      noteRecords(to - 1)
      flush(batch.at(-1)?.at ?? now)
      flush(to + longestMs)
    },
  }
}

/** One commit for each instant at which something was received, and a moment before it one in which time alone went on. */
async function asReceived(
  runs: readonly Run[],
  { from, to }: Interval,
  records: readonly PlacedRecord[],
  history: readonly Reading[] | AsyncIterable<readonly Reading[]>,
): Promise<void> {
  let commit: Reading[] = []
  let now = from
  let next = 0
  const pass = (at: Instant, readings: readonly Reading[], own: readonly JournalRecord[] = []) => {
    for (; next < records.length; next++) {
      const placed = records[next] as PlacedRecord
      if (placed.receivedAt > at) break
      if (placed.receivedAt < from) continue
      now = Math.max(now, placed.receivedAt)
      for (const run of runs) run.take(now, [], [placed.record])
    }
    if (at - 1 > now) for (const run of runs) run.take(at - 1, [])
    now = Math.max(now, at)
    for (const run of runs) run.take(now, readings, own)
  }
  const take = (rows: readonly Reading[]) => {
    for (const reading of rows) {
      if (reading.receivedAt >= to) continue
      const before = commit[0]
      if (before && before.receivedAt !== reading.receivedAt) {
        pass(before.receivedAt, commit)
        commit = []
      }
      commit.push(reading)
    }
  }
  if (Array.isArray(history)) take(history.toSorted((a, b) => a.receivedAt - b.receivedAt))
  else for await (const rows of history as AsyncIterable<readonly Reading[]>) take(rows)
  if (commit[0]) pass(commit[0].receivedAt, commit)
  pass(to, [])
}

/** Readings in the order in which they were measured; one that was received before an earlier one shows that the earlier one was late. */
function latenessIn() {
  const newest = new Map<DeviceId, { receivedAt: Instant; at: Instant }>()
  const stretches: LateStretch[] = []
  return {
    stretches,
    get devices() {
      return newest.size
    },
    note({ device, at, receivedAt }: Reading) {
      const before = newest.get(device)
      if (!before) newest.set(device, { receivedAt, at })
      else if (receivedAt < before.receivedAt) {
        if (stretches.length < MOST_LATE_STRETCHES) stretches.push({ device, from: before.at, to: at })
        before.at = at
        before.receivedAt = receivedAt
      } else {
        before.receivedAt = receivedAt
        before.at = at
      }
    },
  }
}
