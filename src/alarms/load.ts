/**
 * How loaded a seat was: ISA-18.2's and EEMUA 191's figures over a stretch of time. Averages hide floods, so
 * rates are counted in fixed ten minutes and in a window that slides; what did not ring does not count.
 */
import { type Alarm, SEVERITIES, type Severity } from '../model/alarm.ts'
import type { Instant, Interval } from '../model/instant.ts'
import { backOf, type Chatter, chatterOf } from './chatter.ts'
import { CALM, FLOOD, type FloodChange, passed, told } from './flood.ts'
import { hasRung } from './lifecycle.ts'
import { type Figure, figuresOf } from './load-figures.ts'

export const TEN_MINUTES_MS = 600_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Active for longer than this, an alarm has become part of the wall. ISA-18.2, as quoted by vendors. */
export const STALE_MS = DAY_MS

/** Stale alarms and the flood that the stretch began in show only with what came before; so long is looked back. */
export const LOOK_BACK_MS = 7 * DAY_MS

export type LoadAlarm = Pick<
  Alarm,
  | 'id'
  | 'rule'
  | 'subject'
  | 'device'
  | 'place'
  | 'severity'
  | 'raisedAt'
  | 'learnedAt'
  | 'rangAt'
  | 'clearedAt'
  | 'clearedBecause'
  | 'suppression'
>

/** One rule on one subject: what a person would change. */
export type Source = Pick<LoadAlarm, 'rule' | 'subject' | 'device'>

export type LoadReport = Interval & {
  readonly alarms: number
  readonly perTenMinutes: {
    readonly average: number
    /** In ten minutes counted from `from`. */
    readonly peak: { readonly from: Instant; readonly count: number } | null
    /** In any ten minutes. */
    readonly sliding: { readonly until: Instant; readonly count: number } | null
  }
  readonly flood: { readonly times: number; readonly forMs: number; readonly share: number }
  readonly severities: readonly {
    readonly severity: Severity
    readonly count: number
    readonly share: number
  }[]
  /** The ten that gave most, and what they gave together. */
  readonly top: readonly (Source & { readonly count: number; readonly share: number })[]
  readonly topShare: number
  /** Rules on subjects that gave any. */
  readonly sources: number
  readonly chattering: readonly (Source & Chatter)[]
  readonly stale: readonly (Source & Pick<LoadAlarm, 'id' | 'severity' | 'raisedAt' | 'clearedAt'>)[]
  /** Against what the standards say. */
  readonly figures: readonly Figure[]
  /** For a chart: alarms in steps of `stepMs`, and the most in ten minutes of each. */
  readonly series: {
    readonly stepMs: number
    readonly steps: readonly { readonly from: Instant; readonly count: number; readonly peak: number }[]
  }
}

/** Ten minutes for a week, hours for six, days beyond: at most about a thousand steps. */
const stepFor = ({ from, to }: Interval): number =>
  to - from <= 7 * DAY_MS ? TEN_MINUTES_MS : to - from <= 42 * DAY_MS ? HOUR_MS : DAY_MS

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

/** Of alarms in any order, with those of `LOOK_BACK_MS` before, and whatever is still active. */
export function loadOf(unordered: readonly LoadAlarm[], { from, to }: Interval): LoadReport {
  const all = unordered.filter(hasRung).toSorted((a, b) => a.raisedAt - b.raisedAt)
  const alarms = all.filter(({ raisedAt }) => raisedAt >= from && raisedAt < to)
  const instants = alarms.map(({ raisedAt }) => raisedAt)
  const sources = [...Map.groupBy(alarms, ({ rule, subject }) => JSON.stringify([rule, subject])).values()]
  const ranked = sources.toSorted((a, b) => b.length - a.length)
  const top = ranked.slice(0, 10).flatMap((members) => {
    const [first] = members
    return first
      ? [{ ...sourceOf(first), count: members.length, share: share(members.length, alarms.length) }]
      : []
  })
  const chattering = ranked.flatMap((members) => {
    const [first] = members
    const chatter = chatterOf(
      members.map(({ raisedAt, clearedAt, clearedBecause }) => {
        const back = backOf(clearedBecause)
        return {
          from: raisedAt,
          ...(clearedAt !== undefined && { to: clearedAt }),
          ...(back && { back }),
        }
      }),
    )
    return first && chatter ? [{ ...sourceOf(first), ...chatter }] : []
  })
  const stale = all
    .filter(
      ({ raisedAt, clearedAt = to }) => clearedAt > from && Math.min(clearedAt, to) - raisedAt > STALE_MS,
    )
    .map((alarm) => {
      const { id, severity, raisedAt, clearedAt } = alarm
      return { ...sourceOf(alarm), id, severity, raisedAt, ...(clearedAt !== undefined && { clearedAt }) }
    })
  const severities = SEVERITIES.map((severity) => {
    const count = alarms.filter((alarm) => alarm.severity === severity).length
    return { severity, count, share: share(count, alarms.length) }
  })
  const flood = floodIn(all, { from, to })
  const topShare = top.reduce((sum, one) => sum + one.share, 0)
  const perTenMinutes = {
    average: share(alarms.length * TEN_MINUTES_MS, to - from),
    peak: peakOf(instants, from),
    sliding: slidingPeakOf(instants),
  }
  const counts = { alarms: alarms.length, sources: sources.length }
  const report = { ...counts, perTenMinutes, flood, severities, top, topShare, chattering, stale }
  const figures = figuresOf({ ...report, mostStale: mostAtOnce(stale, { from, to }) })
  return { from, to, ...report, figures, series: seriesOf(instants, { from, to }) }
}

const sourceOf = ({ rule, subject, device }: Source): Source => ({ rule, subject, device })

/** How many in each step, by its number. */
function counted(instants: readonly Instant[], from: Instant, stepMs: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const at of instants) {
    const step = Math.floor((at - from) / stepMs)
    counts.set(step, (counts.get(step) ?? 0) + 1)
  }
  return counts
}

function peakOf(instants: readonly Instant[], from: Instant): LoadReport['perTenMinutes']['peak'] {
  let most: { from: Instant; count: number } | null = null
  for (const [step, count] of counted(instants, from, TEN_MINUTES_MS)) {
    if (count > (most?.count ?? 0)) most = { from: from + step * TEN_MINUTES_MS, count }
  }
  return most
}

/** How many were stale together: a list of a month is long where each of its days was fine. */
function mostAtOnce(stale: LoadReport['stale'], { from, to }: Interval): number {
  const changes = stale.flatMap(({ raisedAt, clearedAt = to }) => [
    { at: Math.max(from, raisedAt + STALE_MS), by: 1 },
    { at: Math.min(to, clearedAt), by: -1 },
  ])
  let [now, most] = [0, 0]
  // At one instant one that ends goes before one that begins.
  for (const { by } of changes.toSorted((a, b) => a.at - b.at || a.by - b.by)) {
    now += by
    most = Math.max(most, now)
  }
  return most
}

function slidingPeakOf(instants: readonly Instant[]): LoadReport['perTenMinutes']['sliding'] {
  let most: { until: Instant; count: number } | null = null
  let oldest = 0
  instants.forEach((until, i) => {
    while (until - (instants[oldest] ?? until) >= FLOOD.windowMs) oldest++
    const count = i - oldest + 1
    if (count > (most?.count ?? 0)) most = { until, count }
  })
  return most
}

function floodIn(alarms: readonly LoadAlarm[], { from, to }: Interval): LoadReport['flood'] {
  let state = CALM
  let [times, forMs] = [0, 0]
  const note = (changes: readonly FloodChange[]) => {
    for (const change of changes) {
      if (change.is !== 'ended' || change.until <= from || change.since >= to) continue
      times++
      forMs += Math.min(change.until, to) - Math.max(change.since, from)
    }
  }
  for (const { raisedAt } of alarms) {
    if (raisedAt >= to) break
    const step = told(state, raisedAt)
    state = step.state
    note(step.changes)
  }
  const { state: atEnd, changes } = passed(state, to)
  note(changes)
  if (atEnd.flood) note([{ is: 'ended', ...atEnd.flood, until: to }])
  return { times, forMs, share: share(forMs, to - from) }
}

function seriesOf(instants: readonly Instant[], { from, to }: Interval): LoadReport['series'] {
  const stepMs = stepFor({ from, to })
  const counts = counted(instants, from, stepMs)
  const peaks = new Map<number, number>()
  for (const [tenth, count] of counted(instants, from, TEN_MINUTES_MS)) {
    const step = Math.floor((tenth * TEN_MINUTES_MS) / stepMs)
    peaks.set(step, Math.max(peaks.get(step) ?? 0, count))
  }
  const steps = Array.from({ length: Math.ceil((to - from) / stepMs) }, (_, step) => ({
    from: from + step * stepMs,
    count: counts.get(step) ?? 0,
    peak: peaks.get(step) ?? 0,
  }))
  return { stepMs, steps }
}
