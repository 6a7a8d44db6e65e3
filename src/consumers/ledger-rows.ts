/** Marks that have come, worked into the rows of their meters: hours from marks, days from hours. */
import type { BookWriter, FreshMarks, IntervalBook } from '../historian/interval-book.ts'
import type { Calendar } from '../metering/calendar.ts'
import { daysOf, emptyHours } from '../metering/days.ts'
import type { MeterFacts } from '../metering/meter.ts'
import { type Rework, reworkMarks } from '../metering/rework.ts'
import { appendTo, takeStretches } from '../metering/tail.ts'
import { sumUse } from '../metering/water-use.ts'
import type { DeviceId } from '../model/reading.ts'
import { hoursIn, keptIn, type Tails } from './ledger-tails.ts'
import type { MeterFigures } from './mark-batch.ts'

export type Found = {
  /** Another volume for an instant that had one; the first stays. */
  readonly conflicts: number
  /** Suspected resets or exchanges; one that late data lays open again is counted again. */
  readonly breaks: number
}

/** Meters worked out before the event loop gets its turn. */
const SLICE = 500

/** What came of a batch, and which of its marks the tails took. */
export type Worked = { readonly found: Found; readonly fresh: readonly FreshMarks[] }

export type WorkParts = {
  readonly meters: readonly MeterFacts[]
  readonly book: IntervalBook
  readonly tails: Tails
  readonly calendar: Calendar
}

/** By the meter's place among `meters`. */
export async function workIn(
  coming: readonly MeterFigures[],
  { meters, book, tails, calendar }: WorkParts,
  writer: BookWriter,
): Promise<Worked> {
  const found = { conflicts: 0, breaks: 0 }
  const fresh: FreshMarks[] = []
  let worked = 0
  for (const { meter, figures } of coming) {
    const facts = meters[meter]
    if (!facts) continue
    const { device } = facts
    if (++worked % SLICE === 0) await new Promise(setImmediate)
    const tail = tails.of(facts)
    const appended = appendTo(tail, figures)
    if (appended) {
      const { hours, days } = appended
      writer.uses(device, { hours, days, emptyHours: [], emptyDays: [] })
      found.breaks += appended.breaks
      fresh.push({ device, figures })
      continue
    }
    writer.stretches(device, takeStretches(tail))
    tails.end(device)
    const rework = reworkMarks(facts, figures, keptIn(book, device), calendar)
    if (!rework) continue
    found.conflicts += rework.conflicts
    found.breaks += rework.breaks
    if (rework.to > rework.from) put(device, rework, book, calendar, writer)
  }
  return { found, fresh }
}

/** Of one meter, in place of what it had there. */
export function put(
  device: DeviceId,
  { from, to, hours, replaced, stretches }: Rework,
  book: IntervalBook,
  calendar: Calendar,
  writer: BookWriter,
): void {
  writer.dropStretches(device, replaced)
  writer.stretches(device, stretches)
  const [first, last] = [calendar.intervalAt(from, 'day'), calendar.intervalAt(to - 1, 'day')]
  const before = sumUse(hoursIn(book, device, { from: first.from, to: from }, calendar), first)
  const behind = hoursIn(book, device, { from: to, to: last.to }, calendar)
  const days = daysOf([...hours, ...behind], { from, to }, before, calendar)
  writer.uses(device, { hours, emptyHours: emptyHours(hours, { from, to }, calendar), ...days })
}
