/** Marks that have come, worked into the rows of their meters: hours from marks, days from hours. */
import type { IntervalBook, MeterRows, StoredMarks } from '../historian/interval-book.ts'
import type { Calendar } from '../metering/calendar.ts'
import { type HourMarks, type KeptMarks, reworkHours } from '../metering/hours.ts'
import type { MeterFacts } from '../metering/meter.ts'
import { appendTo, hoursOf } from '../metering/tail.ts'
import { sumUse } from '../metering/water-use.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { HourUse } from '../model/water-use.ts'
import { marksIn, opened, type Tails } from './ledger-tails.ts'
import type { MeterFigures } from './mark-batch.ts'

export type Found = {
  /** Another volume for an instant that had one; the first stays. */
  readonly conflicts: number
  /** Suspected resets or exchanges; one that late data lays open again is counted again. */
  readonly breaks: number
}

export type LedgerParts = {
  readonly meters: readonly MeterFacts[]
  readonly book: IntervalBook
  readonly tails: Tails
  readonly calendar: Calendar
}

/** By the meter's place among `meters`, each meter's rows when they are asked for; adds to `found`. The book is read and not changed. */
export function* workIn(
  fresh: readonly MeterFigures[],
  { meters, book, tails, calendar }: LedgerParts,
  found: { -readonly [Key in keyof Found]: Found[Key] },
): Generator<MeterRows> {
  for (const { meter, figures } of fresh) {
    const facts = meters[meter]
    if (!facts) continue
    const { device } = facts
    const tail = tails.of(facts)
    const appended = appendTo(tail, figures)
    if (appended) {
      const { marks, breaks, ...use } = appended
      found.breaks += breaks
      const stored = marks.map(({ state, ...hour }) => ({ ...hour, state: JSON.stringify(state) }))
      yield meterRows(device, use, stored, (starts) => hoursOf(tail, starts), calendar)
      continue
    }
    tails.end(device)
    const rework = reworkHours(facts, marksIn(figures), keptMarks(device, book), calendar)
    if (!rework) continue
    found.conflicts += rework.conflicts
    found.breaks += rework.breaks.length
    if (rework.to <= rework.from) continue
    const hours = (starts: readonly Instant[]) => book.hours(device, starts)
    yield meterRows(device, rework, rework.marks.map(closed), hours, calendar)
  }
}

/** What was looked up before an hour is remembered: it is asked for twice where nothing is open across its start. */
function keptMarks(device: DeviceId, book: IntervalBook): KeptMarks {
  let last: { readonly hour: Instant; readonly found: HourMarks | undefined } | undefined
  return {
    before(hour) {
      if (last?.hour === hour) return last.found
      const stored = book.marksBefore(device, hour)
      last = { hour, found: stored && opened(stored) }
      return last.found
    },
    from: (hour) => book.marksFrom(device, hour).map(opened),
  }
}

const closed = ({ hour, marks, state }: HourMarks): StoredMarks => ({
  hour,
  figures: Float64Array.from(marks.flatMap(({ at, volumeM3 }) => [at, volumeM3])),
  state: JSON.stringify(state),
})

function meterRows(
  device: DeviceId,
  { from, to, hours }: Interval & { readonly hours: readonly HourUse[] },
  marks: readonly StoredMarks[],
  hoursAt: (starts: readonly Instant[]) => readonly HourUse[],
  calendar: Calendar,
): MeterRows {
  const known = new Set(hours.map((use) => use.from))
  const starts = (range: Interval) => [...calendar.intervals(range, 'hour')].map((hour) => hour.from)
  const days: HourUse[] = []
  const emptyDays: Instant[] = []
  for (const day of calendar.intervals({ from: calendar.intervalAt(from, 'day').from, to }, 'day')) {
    const asBefore = starts(day).filter((start) => start < from || start >= to)
    const inside = hours.filter((hour) => hour.from >= day.from && hour.from < day.to)
    const use = sumUse(
      [...hoursAt(asBefore), ...inside].sort((a, b) => a.from - b.from),
      day,
    )
    if (use) days.push(use)
    else emptyDays.push(day.from)
  }
  const emptyHours = starts({ from, to }).filter((start) => !known.has(start))
  return { device, hours, emptyHours, days, emptyDays, marks }
}
