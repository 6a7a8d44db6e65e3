/** Marks that have come, worked into the rows of their meters: hours from marks, days from hours. */
import type { IntervalBook, MeterRows, StoredMarks } from '../historian/interval-book.ts'
import type { Calendar } from '../metering/calendar.ts'
import { type HourMarks, type KeptMarks, type Rework, reworkHours } from '../metering/hours.ts'
import type { LinkState } from '../metering/links.ts'
import type { MeterFacts } from '../metering/meter.ts'
import { sumUse } from '../metering/water-use.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { MeterMark } from '../model/water-use.ts'

export type Found = {
  /** Another volume for an instant that had one; the first stays. */
  readonly conflicts: number
  /** Suspected resets or exchanges; one that late data lays open again is counted again. */
  readonly breaks: number
}

/** Meters worked out before the event loop gets its turn. */
const SLICE = 50

/** `fresh` by the meter's place among `meters`. Fills `rows`; the book is read and not changed. */
export async function workIn(
  fresh: ReadonlyMap<number, readonly MeterMark[]>,
  meters: readonly MeterFacts[],
  book: IntervalBook,
  calendar: Calendar,
  rows: MeterRows[],
): Promise<Found> {
  const found = { conflicts: 0, breaks: 0 }
  let worked = 0
  for (const [meter, marks] of fresh) {
    const facts = meters[meter]
    if (!facts) continue
    const { device } = facts
    if (++worked % SLICE === 0) await new Promise(setImmediate)
    const rework = reworkHours(facts, marks, keptMarks(device, book), calendar)
    if (!rework) continue
    found.conflicts += rework.conflicts
    found.breaks += rework.breaks.length
    if (rework.to > rework.from) rows.push(meterRows(device, rework, book, calendar))
  }
  return found
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

const opened = ({ hour, marks, state }: StoredMarks): HourMarks => ({
  hour,
  marks,
  state: JSON.parse(state) as LinkState,
})

function meterRows(device: DeviceId, rework: Rework, book: IntervalBook, calendar: Calendar): MeterRows {
  const known = new Map(rework.hours.map((use) => [use.from, use]))
  const starts = (range: { from: number; to: number }, step: 'hour' | 'day') =>
    [...calendar.intervals(range, step)].map(({ from }) => from)
  const dirtyDays = [
    ...calendar.intervals({ from: calendar.intervalAt(rework.from, 'day').from, to: rework.to }, 'day'),
  ]
  const days = dirtyDays.map((day) => {
    const asBefore = starts(day, 'hour').filter((start) => start < rework.from || start >= rework.to)
    const inside = rework.hours.filter(({ from }) => from >= day.from && from < day.to)
    const hours = [...book.hours(device, asBefore), ...inside].sort((a, b) => a.from - b.from)
    return { day, use: sumUse(hours, day) }
  })
  return {
    device,
    hours: rework.hours,
    emptyHours: starts(rework, 'hour').filter((start) => !known.has(start)),
    days: days.flatMap(({ use }) => use ?? []),
    emptyDays: days.flatMap(({ day, use }) => (use ? [] : [day.from])),
    marks: rework.marks.map(({ hour, marks, state }) => ({ hour, marks, state: JSON.stringify(state) })),
  }
}
