/**
 * The newest end of a meter's register, held open: marks that come in order are worked in at the cost of
 * themselves alone, however many the hour has already. What comes late is for `reworkHours`, and ends the tail.
 */
import type { Instant, Interval } from '../model/instant.ts'
import type { HourUse } from '../model/water-use.ts'
import type { Calendar } from './calendar.ts'
import { addLinks, EXACT_MS, type HourMarks, inOrder, type UseByHour } from './hours.ts'
import { type LinkState, NOTHING_YET, openLinks, takeMark } from './links.ts'
import type { MeterFacts } from './meter.ts'

/** Marks in columns: instants and volumes (m³) in turns, oldest first. */
export type MarkFigures = Float64Array<ArrayBuffer>

export type TailRework = {
  /** Hours in `[from, to)` are now these and no others. */
  readonly from: Instant
  readonly to: Instant
  readonly hours: readonly HourUse[]
  /** To be kept in place of those of the same hours; read at once, the tail goes on writing behind them. */
  readonly marks: readonly {
    readonly hour: Instant
    readonly figures: MarkFigures
    readonly state: LinkState
  }[]
  readonly breaks: number
}

/** Plain, without functions of its own: a ledger holds thousands. */
export type MeterTail = {
  readonly facts: MeterFacts
  readonly calendar: Calendar
  /** From the day of the first open link on. */
  readonly known: Map<Instant, HourUse>
  /** What links that nothing will take back any more gave to the hours from the oldest open link on. */
  readonly settled: UseByHour
  state: LinkState
  hour: Interval
  figures: MarkFigures
  /** Marks of the hour. */
  count: number
  last: Instant
}

export type TailFrom = {
  /** All hours with marks from that of the oldest open link on; the last one has the newest mark. */
  readonly rows: readonly HourMarks[]
  /** What was known before them. */
  readonly before: LinkState | undefined
  /** Known hours of their days. */
  readonly hours: readonly HourUse[]
}

/** Rows to open a tail from; undefined where a meter has no marks yet. */
export const tailStart = (newest: HourMarks, calendar: Calendar): Instant =>
  calendar.intervalAt(newest.state.chain[0]?.at ?? newest.hour, 'hour').from

/** Marks that an hour begins with room for. */
const FIRST_ROOM = 4

export function meterTail(
  { rows, before, hours }: TailFrom,
  facts: MeterFacts,
  calendar: Calendar,
): MeterTail {
  const tail: MeterTail = {
    facts,
    calendar,
    known: new Map(hours.map((use) => [use.from, use])),
    settled: new Map(),
    state: before ?? NOTHING_YET,
    hour: { from: 0, to: 0 },
    figures: new Float64Array(2 * FIRST_ROOM),
    count: 0,
    last: Number.NEGATIVE_INFINITY,
  }
  const range = { from: rows[0]?.hour ?? Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }
  for (const { hour: start, marks } of rows) {
    enter(tail, start)
    for (const { at, volumeM3 } of marks) {
      take(tail, at, volumeM3, range)
      note(tail, at, volumeM3)
    }
  }
  return tail
}

/** Those of the hours that are known, of the ones that begin at these instants. */
export const hoursOf = ({ known }: MeterTail, starts: readonly Instant[]): readonly HourUse[] =>
  starts.flatMap((start) => known.get(start) ?? [])

/** Undefined, and nothing done, unless each mark is later than the one before it and than all that is held. */
export function appendTo(tail: MeterTail, fresh: MarkFigures): TailRework | undefined {
  if (!isInOrder(tail, fresh)) return undefined
  const { facts, calendar, known, settled } = tail
  forgetPassed(tail) // not sooner: the days just worked out are asked for until the next marks come
  const firstAt = fresh[0] as number
  const openFrom = firstOpen(tail)
  const firstDirty = calendar.intervalAt(firstAt, 'hour').from
  const from = openFrom === Number.NEGATIVE_INFINITY ? firstDirty : openFrom
  const marks: { hour: Instant; figures: MarkFigures; state: LinkState }[] = []
  const close = () => {
    const figures = tail.figures.subarray(0, 2 * tail.count)
    marks.push({ hour: tail.hour.from, figures, state: tail.state })
  }
  const within = { from, to: Number.POSITIVE_INFINITY }
  let breaks = 0
  let isTouched = false
  for (let i = 0; i < fresh.length; i += 2) {
    const at = fresh[i] as number
    if (at >= tail.hour.to) {
      if (isTouched) close()
      enter(tail, at)
    }
    isTouched = true
    const volumeM3 = fresh[i + 1] as number
    if (take(tail, at, volumeM3, within)) breaks++
    note(tail, at, volumeM3)
  }
  close()
  const to = calendar.intervalAt(tail.last + EXACT_MS, 'hour').to
  const open: UseByHour = new Map()
  for (const [start, use] of settled) if (start >= from) open.set(start, { ...use })
  addLinks(open, openLinks(tail.state), { from, to }, facts, calendar)
  const hours = inOrder(open)
  for (const start of known.keys()) if (start >= from && start < to) known.delete(start)
  for (const use of hours) known.set(use.from, use)
  return { from, to, hours, marks, breaks }
}

/** Volume on hours before the oldest open link is in the book and stays as it is. */
function firstOpen({ state, calendar }: MeterTail): Instant {
  const first = state.chain[0]
  return first ? calendar.intervalAt(first.at, 'hour').from : Number.NEGATIVE_INFINITY
}

/** Whether a reset or an exchange is suspected here. */
function take(tail: MeterTail, at: Instant, volumeM3: number, range: Interval): boolean {
  const { facts, calendar, settled } = tail
  const taken = takeMark(tail.state, { at, volumeM3 }, facts)
  tail.state = taken.state
  if (taken.settled.length > 0) addLinks(settled, taken.settled, range, facts, calendar)
  tail.last = at
  return taken.brokenAt !== undefined
}

function note(tail: MeterTail, at: Instant, volumeM3: number): void {
  const { count, figures } = tail
  if (2 * count === figures.length) {
    tail.figures = new Float64Array(2 * figures.length)
    tail.figures.set(figures)
  }
  tail.figures[2 * count] = at
  tail.figures[2 * count + 1] = volumeM3
  tail.count++
}

function enter(tail: MeterTail, at: Instant): void {
  tail.hour = tail.calendar.intervalAt(at, 'hour')
  tail.count = 0
  tail.figures = new Float64Array(2 * FIRST_ROOM) // what was handed out of the hour before is still being read
}

function forgetPassed(tail: MeterTail): void {
  const from = firstOpen(tail)
  if (from === Number.NEGATIVE_INFINITY) return
  const { settled, known, calendar } = tail
  for (const start of settled.keys()) if (start < from) settled.delete(start)
  const day = calendar.intervalAt(from, 'day').from
  for (const start of known.keys()) if (start < day) known.delete(start)
}

function isInOrder({ last }: MeterTail, fresh: MarkFigures): boolean {
  let newest = last
  for (let i = 0; i < fresh.length; i += 2) {
    const at = fresh[i] as number
    if (at <= newest) return false
    newest = at
  }
  return fresh.length > 0
}
