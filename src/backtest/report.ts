/**
 * What a back-test tells: how often each rule would have raised an alarm and for how long, what that means
 * for the people at each seat, what differs from the rules that run, and from the alarms that really were.
 */
import { type Seat, seatsOf } from '../alarms/seat.ts'
import type { Device } from '../model/device.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import { RULE_KINDS } from '../rules/index.ts'
import type { RuleConfig } from '../rules/rule-config.ts'
import { type Difference, differencesOf, type Fired } from './differences.ts'
import type { FoundAlarm, LateStretch, PartResult, Plan, Side } from './setup.ts'

/** Alarms that are held and listed; all are counted. */
export const MOST_ALARMS = 100_000
const MOST_LATE = 50_000
const MOST_PARKED = 1_000
const MOST_TOP = 5

export const BUCKET_MS = 600_000
/** A bucket with more than so many is a flood: one person cannot answer them (ISA-18.2). */
const FLOOD_ABOVE = 10

const COUNTS_HEARING = new Set(RULE_KINDS.filter((one) => one.countsHearing).map(({ kind }) => kind))

export type RuleReport = {
  readonly rule: string
  readonly kind: string
  readonly version: string
  /** Beside the rules that run. */
  readonly change: 'new' | 'changed' | 'same'
  readonly alarms: number
  /** By local day, `YYYY-MM-DD`; days without an alarm are not named. */
  readonly byDay: Readonly<Record<string, number>>
  readonly subjects: number
  /** Of alarms that cleared; null where none did. */
  readonly durationMs: { readonly median: number; readonly p90: number; readonly longest: number } | null
  /** Still standing at the end. */
  readonly standing: number
  /** Who raised the most. */
  readonly top: readonly { readonly subject: string; readonly alarms: number }[]
}

export type SeatReport = {
  readonly seat: string
  readonly alarms: number
  /** Alarms in ten minutes: on average, and at most, with the beginning of that stretch. */
  readonly averageIn10Min: number
  readonly peakIn10Min: number
  readonly peakAt: Instant | null
  /** Share of the ten-minute stretches with more than ten, 0 to 1. */
  readonly floodShare: number
}

export type BacktestReport = Interval & {
  /** For so long before `from` the rules had run. */
  readonly warmUpMs: number
  readonly readings: number
  readonly devices: number
  readonly rules: readonly RuleReport[]
  /** Run now, and not in the draft. */
  readonly dropped: readonly string[]
  readonly seats: readonly SeatReport[]
  readonly beside: { readonly running: Difference; readonly fired: Difference }
  /** Stretches in which readings reached us late: live rules did not see them, this run did. */
  readonly lateStretches: number
  readonly absences: {
    readonly known: number
    readonly knownFrom: Instant | null
    /** Stretches that a damaged journal no longer tells of; each stands as a gap of the gateway. */
    readonly unreadable: readonly Interval[]
  }
  readonly parked: PartResult['parked']
  readonly alarms: readonly FoundAlarm[]
  /** More were found than are listed. */
  readonly cut: boolean
}

export type ReportParts = Interval & {
  readonly warmUpMs?: number | undefined
  readonly draft: readonly RuleConfig[]
  readonly running: readonly RuleConfig[]
  /** What the alarm book has of the interval. */
  readonly fired: readonly Fired[]
  readonly seats: readonly Seat[]
  readonly deviceOf: (id: DeviceId) => Device | undefined
  readonly timeZone: string
}

export type Gathering = {
  take(result: PartResult): void
  report(plan: Plan): BacktestReport
}

/** Takes results as they come, in any order, and holds a bounded part of them. */
export function gatherReport(parts: ReportParts): Gathering {
  const found: Record<Side, FoundAlarm[]> = { draft: [], running: [] }
  const late: LateStretch[] = []
  const parked: PartResult['parked'][number][] = []
  const tallies = new Map(parts.draft.map(({ id }) => [id, tally()]))
  const dayOf = localDays(parts.timeZone)
  const heard = new Set<DeviceId>()
  let [readings, lateStretches, cut] = [0, 0, false]

  return {
    take(result) {
      readings += result.readings
      for (const device of result.heard) heard.add(device)
      lateStretches += result.late.length
      late.push(...result.late.slice(0, MOST_LATE - late.length))
      parked.push(...result.parked.slice(0, MOST_PARKED - parked.length))
      for (const side of ['draft', 'running'] as const) {
        for (const alarm of result.found[side]) {
          if (side === 'draft') tallies.get(alarm.rule)?.note(alarm, dayOf(alarm.raisedAt))
          if (found[side].length < MOST_ALARMS) found[side].push(alarm)
          else cut = true
        }
      }
    },
    report(plan) {
      for (const side of ['draft', 'running'] as const) found[side].sort(inOrder)
      const { from, to, warmUpMs = 0, draft, running, fired } = parts
      const now = new Map(running.map((config) => [config.id, config]))
      const isSame = (config: RuleConfig) => JSON.stringify(now.get(config.id)) === JSON.stringify(config)
      const unchanged = new Set(draft.filter(isSame).map(({ id }) => id))
      const waiting = new Set(draft.filter(({ kind }) => COUNTS_HEARING.has(kind)).map(({ id }) => id))
      // Silence can be judged where anything at all was kept; what was measured only by readings of it.
      const isJudged = ({ rule, device }: Fired) => (waiting.has(rule) ? readings > 0 : heard.has(device))
      // What the draft leaves as it is was run once, and stands for both.
      const runs = [...found.running, ...found.draft.filter(({ rule }) => unchanged.has(rule))]
      return {
        from,
        to,
        warmUpMs,
        readings,
        devices: heard.size,
        rules: draft.map((config) => {
          const change = unchanged.has(config.id) ? 'same' : now.has(config.id) ? 'changed' : 'new'
          const version = plan.versions.draft[config.id] ?? ''
          const told = tallies.get(config.id) ?? tally()
          return { rule: config.id, kind: config.kind, version, change, ...told.figures() }
        }),
        dropped: running.filter(({ id }) => !draft.some((config) => config.id === id)).map(({ id }) => id),
        seats: seatReports(found.draft, parts),
        beside: {
          running: differencesOf(found.draft, runs, late),
          fired: differencesOf(found.draft, fired, late, isJudged),
        },
        lateStretches,
        absences: {
          known: plan.records.length,
          knownFrom: plan.journalFrom ?? null,
          unreadable: plan.unreadable,
        },
        parked,
        alarms: found.draft,
        cut,
      }
    },
  }
}

export const inOrder = (a: FoundAlarm, b: FoundAlarm): number =>
  a.raisedAt - b.raisedAt || compare(a.rule, b.rule) || compare(a.subject, b.subject)

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function tally() {
  const byDay = new Map<string, number>()
  const bySubject = new Map<string, number>()
  const durations: number[] = []
  let [alarms, standing] = [0, 0]
  return {
    note({ subject, raisedAt, clearedAt }: FoundAlarm, day: string) {
      alarms++
      byDay.set(day, (byDay.get(day) ?? 0) + 1)
      bySubject.set(subject, (bySubject.get(subject) ?? 0) + 1)
      if (clearedAt === undefined) standing++
      else if (durations.length < MOST_ALARMS) durations.push(clearedAt - raisedAt)
    },
    figures() {
      const sorted = durations.sort((a, b) => a - b)
      const at = (share: number) =>
        sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
      return {
        alarms,
        byDay: Object.fromEntries([...byDay].sort(([a], [b]) => compare(a, b))),
        subjects: bySubject.size,
        durationMs:
          sorted.length === 0 ? null : { median: at(0.5), p90: at(0.9), longest: sorted.at(-1) ?? 0 },
        standing,
        top: [...bySubject]
          .sort(([, a], [, b]) => b - a)
          .slice(0, MOST_TOP)
          .map(([subject, count]) => ({ subject, alarms: count })),
      }
    },
  }
}

function seatReports(alarms: readonly FoundAlarm[], parts: ReportParts): SeatReport[] {
  const { from, to, seats, deviceOf } = parts
  const buckets = Math.max(1, Math.ceil((to - from) / BUCKET_MS))
  const at = new Map(seats.map(({ name }) => [name, [] as Instant[]]))
  for (const { device: id, raisedAt } of alarms) {
    const device = deviceOf(id)
    if (!device) continue
    for (const { name } of seatsOf(seats, { device: id, place: device.place }, deviceOf))
      at.get(name)?.push(raisedAt)
  }
  return [...at].map(([seat, instants]) => {
    const inBucket = new Map<number, number>()
    for (const instant of instants) {
      const bucket = Math.floor((instant - from) / BUCKET_MS)
      inBucket.set(bucket, (inBucket.get(bucket) ?? 0) + 1)
    }
    const floods = [...inBucket.values()].filter((count) => count > FLOOD_ABOVE).length
    return {
      seat,
      alarms: instants.length,
      averageIn10Min: instants.length / buckets,
      ...peakOf(instants),
      floodShare: floods / buckets,
    }
  })
}

/** Fixed stretches hide a flood that lies across two of them, so the peak is that of a window that slides. */
function peakOf(instants: readonly Instant[]): Pick<SeatReport, 'peakIn10Min' | 'peakAt'> {
  let [first, peakIn10Min] = [0, 0]
  let peakAt: Instant | null = null
  for (const [last, instant] of instants.entries()) {
    while (instant - (instants[first] as Instant) >= BUCKET_MS) first++
    if (last - first + 1 <= peakIn10Min) continue
    peakIn10Min = last - first + 1
    peakAt = instants[first] as Instant
  }
  return { peakIn10Min, peakAt }
}

const HOUR_MS = 3_600_000

/** `YYYY-MM-DD`; alarms come close together, so an hour is looked up once. */
function localDays(timeZone: string): (at: Instant) => string {
  const known = new Map<number, string>()
  const day = (at: Instant) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString()
  return (at) => {
    // Days begin and clocks change at whole quarters of an hour everywhere.
    const quarter = Math.floor(at / (HOUR_MS / 4))
    const before = known.get(quarter)
    if (before !== undefined) return before
    const found = day(at)
    if (known.size < 100_000) known.set(quarter, found)
    return found
  }
}
