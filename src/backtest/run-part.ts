/**
 * Runs rules over the history of one part of the site in virtual time. Rules that judge what was measured are
 * given the readings in the order in which they were measured, as if nothing had ever come late; rules that
 * wait to hear are given them as they were received, because that is what they judge. Both are the live
 * engine; only the clock is history's.
 */
import { commitOf, type Remark } from '../model/commit.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import { GATEWAY } from '../rules/absences.ts'
import type { BoundRule } from '../rules/bound-rule.ts'
import { createEngine, type Engine, type RuleVerdict } from '../rules/engine.ts'
import { RULE_KINDS } from '../rules/index.ts'
import type { SidesOf } from './parts.ts'
import type { FoundAlarm, LateStretch, PartResult, PlacedRecord, Side } from './setup.ts'

/** Readings of one virtual commit: an engine is called that much less often. */
const BATCH = 4_096
/**
 * Up to so many readings wait to be put in the order of their arrival; where they are more, the history is
 * asked again.
 */
const HELD_READINGS = 400_000
/** No clock is believed that runs further ahead, unless the gateway was told so: then the history is asked again. */
const AHEAD_MS = 5 * 60_000
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
  const runsOf = (isHearing: boolean) =>
    (['draft', 'running'] as const).flatMap((side) => {
      const own = rules[side].filter((rule) => hears(rule) === isHearing)
      return own.length > 0 ? [runOf(side, own, interval, countedFrom, !isHearing)] : []
    })
  const measuring = runsOf(false)
  let hearing = runsOf(true)
  const lateness = latenessIn(countedFrom)
  let readings = 0
  const feed = asMeasured(measuring, interval, records)
  const heard = asReceived(hearing, interval, records)
  const arrivals = inOrderOfArrival(heard.take)
  let isHeard = true
  for await (const rows of read('measured')) {
    for (const reading of rows) {
      if (reading.at >= countedFrom) readings++
      lateness.note(reading)
    }
    feed.take(rows)
    if (hearing.length > 0) isHeard &&= arrivals.take(rows)
  }
  feed.end()
  if (isHeard) {
    arrivals.end()
    heard.end()
  } else {
    hearing = runsOf(true)
    const again = asReceived(hearing, interval, records)
    for await (const arrived of together(read('received'))) again.take(arrived.receivedAt, arrived.readings)
    again.end()
  }
  const runs = [...measuring, ...hearing]
  const foundOn = (side: Side) => runs.filter((run) => run.side === side).flatMap((run) => run.alarms())
  return {
    readings,
    heard: lateness.heard(),
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
  take(receivedAt: Instant, readings: readonly Reading[], remarks?: readonly Remark[]): void
  alarms(): readonly FoundAlarm[]
}

function runOf(
  side: Side,
  rules: readonly BoundRule[],
  { from, to }: Interval,
  countedFrom: Instant,
  isInTime: boolean,
): Run {
  const engine = createEngine(rules, [], { isInTime })
  const deviceOf = new Map(rules.map((rule) => [rule.config.id, rule]))
  const alarms: { -readonly [Key in keyof FoundAlarm]: FoundAlarm[Key] }[] = []
  const standing = new Map<string, (typeof alarms)[number][]>()
  let offset = 0
  /** Readings that are at hand already: each keeps the instant at which it really reached us. */
  const heardAt = (receivedAt: Instant, readings: readonly Reading[], remarks: readonly Remark[]) =>
    commitOf({ offset: ++offset, receivedAt, records: remarks }, { readings, remarks })
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
    take(receivedAt, readings, remarks = []) {
      for (const verdict of engine.take(heardAt(receivedAt, readings, remarks))) note(verdict)
    },
    alarms: () => alarms.filter(({ raisedAt }) => raisedAt >= countedFrom),
  }
  run.take(from, [])
  return run
}

/** Live, time goes on each second until a record comes; only over its own absence the gateway commits nothing. */
const lastBefore = ({ receivedAt, record }: PlacedRecord): Instant =>
  record.is === 'gap' && record.source === GATEWAY ? record.from : receivedAt - 1

/**
 * Large commits, each at the instant of its newest reading: per subject a wake-up comes before the next
 * reading all the same.
 */
function asMeasured(runs: readonly Run[], { from, to }: Interval, records: readonly PlacedRecord[]) {
  let batch: Reading[] = []
  let now = from
  let next = 0
  const flush = (at: Instant) => {
    now = Math.max(now, at)
    for (const run of runs) run.take(now, batch)
    batch = []
  }
  const noteRecords = (until: Instant) => {
    for (let placed = records[next]; placed && placed.receivedAt <= until; placed = records[++next]) {
      if (placed.receivedAt < from) continue
      flush(Math.max(batch.at(-1)?.at ?? now, lastBefore(placed)))
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
      flush(to)
    },
  }
}

/**
 * One commit for each instant at which something was received, and a moment before it one in which time alone
 * went on.
 */
function asReceived(runs: readonly Run[], { from, to }: Interval, records: readonly PlacedRecord[]) {
  let now = from
  let next = 0
  const passTo = (at: Instant) => {
    if (at <= now) return
    now = at
    for (const run of runs) run.take(now, [])
  }
  const pass = (at: Instant, readings: readonly Reading[]) => {
    for (; next < records.length; next++) {
      const placed = records[next] as PlacedRecord
      if (placed.receivedAt > at) break
      if (placed.receivedAt < from) continue
      passTo(lastBefore(placed))
      now = Math.max(now, placed.receivedAt)
      for (const run of runs) run.take(now, [], [placed.record])
    }
    passTo(at - 1)
    now = Math.max(now, at)
    for (const run of runs) run.take(now, readings)
  }
  return {
    /** All that was received at one instant; the instants in order. */
    take(receivedAt: Instant, readings: readonly Reading[]) {
      if (receivedAt < to) pass(receivedAt, readings)
    },
    end: () => pass(to, []),
  }
}

/**
 * From the order of measurement to that of arrival, a stretch at a time. Nothing arrives before it was
 * measured, but for clocks that run ahead, so what arrived well before the newest measurement is whole:
 * readings wait as long as their devices kept them, not to the end.
 */
function inOrderOfArrival(pass: (receivedAt: Instant, readings: readonly Reading[]) => void) {
  const waiting = new Map<Instant, Reading[]>()
  let held = 0
  let passedTo = Number.NEGATIVE_INFINITY
  const release = (until: Instant) => {
    const whole = [...waiting.keys()].filter((receivedAt) => receivedAt < until)
    for (const receivedAt of whole.sort((a, b) => a - b)) {
      const readings = waiting.get(receivedAt) as Reading[]
      waiting.delete(receivedAt)
      held -= readings.length
      pass(receivedAt, readings)
    }
    passedTo = Math.max(passedTo, until)
  }
  return {
    /** False where they cannot be put in order: one arrived before others that were passed on, or too many wait. */
    take(rows: readonly Reading[]): boolean {
      for (const reading of rows) {
        const { receivedAt } = reading
        if (receivedAt < passedTo) return false
        const others = waiting.get(receivedAt)
        if (others) others.push(reading)
        else waiting.set(receivedAt, [reading])
      }
      held += rows.length
      if (held > HELD_READINGS) return false
      const newest = rows.at(-1)
      if (newest) release(newest.at - AHEAD_MS)
      return true
    },
    end: () => release(Number.POSITIVE_INFINITY),
  }
}

/** Readings in the order of their arrival, those of one instant together. */
async function* together(history: AsyncIterable<readonly Reading[]>) {
  let readings: Reading[] = []
  for await (const rows of history) {
    for (const reading of rows) {
      const receivedAt = readings[0]?.receivedAt
      if (receivedAt !== undefined && receivedAt !== reading.receivedAt) {
        yield { receivedAt, readings }
        readings = []
      }
      readings.push(reading)
    }
  }
  if (readings[0]) yield { receivedAt: readings[0].receivedAt, readings }
}

/**
 * Readings in the order in which they were measured; one that was received before an earlier one shows that
 * the earlier one was late.
 */
function latenessIn(countedFrom: Instant) {
  const newest = new Map<DeviceId, { receivedAt: Instant; at: Instant }>()
  const stretches: LateStretch[] = []
  return {
    stretches,
    /** Devices with a reading that counts; the newest is of those, where there is any. */
    heard: () => [...newest].filter(([, { at }]) => at >= countedFrom).map(([device]) => device),
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
