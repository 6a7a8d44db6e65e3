/**
 * The newest end of a meter's register, held open: marks that come in order are worked in at the cost of
 * themselves alone, however many the hour has already. What comes late is for `reworkHours`, and ends the tail.
 */
import type { Instant } from '../model/instant.ts'
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

export type MeterTail = {
  /** Marks that it holds. */
  readonly marks: number
  /** Undefined, and nothing done, unless each mark is later than the one before it and than all that is held. */
  append(fresh: MarkFigures): TailRework | undefined
  /** Those of the hours that are known, of the ones that begin at these instants; from the day of the first open link on. */
  hours(starts: readonly Instant[]): readonly HourUse[]
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

export function meterTail(
  { rows, before, hours }: TailFrom,
  facts: MeterFacts,
  calendar: Calendar,
): MeterTail {
  const known = new Map(hours.map((use) => [use.from, use]))
  /** What links that nothing will take back any more gave to the hours from the oldest open link on. */
  const settled: UseByHour = new Map()
  let state = before ?? NOTHING_YET
  let hour = { from: 0, to: 0 }
  let figures: MarkFigures = new Float64Array(32)
  let count = 0
  let last: Instant = Number.NEGATIVE_INFINITY

  /** Volume on hours before the oldest open link is in the book and stays as it is. */
  const firstOpen = (): Instant => {
    const first = state.chain[0]
    return first ? calendar.intervalAt(first.at, 'hour').from : Number.NEGATIVE_INFINITY
  }
  const take = (at: Instant, volumeM3: number, range: { readonly from: Instant; readonly to: Instant }) => {
    const taken = takeMark(state, { at, volumeM3 }, facts)
    state = taken.state
    if (taken.settled.length > 0) addLinks(settled, taken.settled, range, facts, calendar)
    last = at
    return taken.brokenAt !== undefined
  }
  const note = (at: Instant, volumeM3: number) => {
    if (2 * count === figures.length) {
      const larger: MarkFigures = new Float64Array(2 * figures.length)
      larger.set(figures)
      figures = larger
    }
    figures[2 * count] = at
    figures[2 * count + 1] = volumeM3
    count++
  }
  const enter = (at: Instant) => {
    hour = calendar.intervalAt(at, 'hour')
    count = 0
    figures = new Float64Array(32) // what was handed out of the hour before is still being read
  }
  const forgetPassed = () => {
    const from = firstOpen()
    if (from === Number.NEGATIVE_INFINITY) return
    for (const start of settled.keys()) if (start < from) settled.delete(start)
    const day = calendar.intervalAt(from, 'day').from
    for (const start of known.keys()) if (start < day) known.delete(start)
  }

  const range = { from: rows[0]?.hour ?? Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }
  for (const { hour: start, marks } of rows) {
    enter(start)
    for (const { at, volumeM3 } of marks) {
      take(at, volumeM3, range)
      note(at, volumeM3)
    }
  }

  const isInOrder = (fresh: MarkFigures): boolean => {
    let newest = last
    for (let i = 0; i < fresh.length; i += 2) {
      const at = fresh[i] as number
      if (at <= newest) return false
      newest = at
    }
    return fresh.length > 0
  }

  return {
    get marks() {
      return count
    },
    append(fresh) {
      if (!isInOrder(fresh)) return undefined
      forgetPassed() // not sooner: the days just worked out are asked for until the next marks come
      const firstAt = fresh[0] as number
      const openFrom = firstOpen()
      const firstDirty = calendar.intervalAt(firstAt, 'hour').from
      const from = openFrom === Number.NEGATIVE_INFINITY ? firstDirty : openFrom
      const marks: { hour: Instant; figures: MarkFigures; state: LinkState }[] = []
      const close = () => marks.push({ hour: hour.from, figures: figures.subarray(0, 2 * count), state })
      const within = { from, to: Number.POSITIVE_INFINITY }
      let breaks = 0
      let isTouched = false
      for (let i = 0; i < fresh.length; i += 2) {
        const at = fresh[i] as number
        if (at >= hour.to) {
          if (isTouched) close()
          enter(at)
        }
        isTouched = true
        const volumeM3 = fresh[i + 1] as number
        if (take(at, volumeM3, within)) breaks++
        note(at, volumeM3)
      }
      close()
      const to = calendar.intervalAt(last + EXACT_MS, 'hour').to
      const open: UseByHour = new Map()
      for (const [start, use] of settled) if (start >= from) open.set(start, { ...use })
      addLinks(open, openLinks(state), { from, to }, facts, calendar)
      const hours = inOrder(open)
      for (const start of known.keys()) if (start >= from && start < to) known.delete(start)
      for (const use of hours) known.set(use.from, use)
      return { from, to, hours, marks, breaks }
    },
    hours: (starts) => starts.flatMap((start) => known.get(start) ?? []),
  }
}
