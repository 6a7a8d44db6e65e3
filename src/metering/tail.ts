/**
 * The newest end of a meter's register, held open: marks that come in order are worked in at the cost of themselves
 * alone, however many the hour has already. What comes late is for `reworkMarks`, and ends the tail.
 */
import type { Instant, Interval } from '../model/instant.ts'
import type { HourUse, LinkState, MarkFigures, MarkStretch } from '../model/water-use.ts'
import type { Calendar } from './calendar.ts'
import { type Days, daysOf } from './days.ts'
import { addOpenLinks, type Follower, follow, followerOf, goOnFrom, openFrom, stateOf } from './follower.ts'
import type { OpenHours } from './hours.ts'
import { NOTHING_YET } from './links.ts'
import { type MeterFacts, maxGapMs } from './meter.ts'
import { type KeptStretches, MARKS_A_STRETCH, reachingBack } from './stretches.ts'
import { addUse, emptySum, type UseSum } from './water-use.ts'

/** Hours and days that are now as they stand here; all others are as they were, and what was known stays known. */
export type TailRework = Pick<Days, 'days'> & {
  readonly hours: readonly HourUse[]
  readonly breaks: number
}

/** Plain, without functions of its own: a ledger holds thousands. */
export type MeterTail = Follower & {
  readonly calendar: Calendar
  readonly gapMs: number
  /** What links that nothing will take back any more gave to the hours from the oldest open link on. */
  hours: UseSum[]
  /** Where those hours began when marks were taken last. */
  from: Instant
  /** The hours before them, of the same day. */
  passed: UseSum | undefined
  last: Instant
  /** Marks of the newest stretch and behind it, in turns with their instants. */
  figures: number[]
  cuts: Cut[]
  /** How many of the marks are in a stretch of the book. */
  inBook: number
}

/** A stretch of the marks that are held begins at that place; `before` is what was known there. */
type Cut = { readonly place: number; readonly before: LinkState }

export type TailFrom = {
  readonly kept: Pick<KeptStretches, 'before' | 'from'>
  /** Marks that the book has beside its stretches: in order, and later than those. */
  readonly unkept: MarkFigures
  /** The known hours of the interval, oldest first. */
  hours(range: Interval): readonly HourUse[]
}

/** What is kept is taken again: once to learn where the hour of the oldest open link begins, once from there. */
export function meterTail(
  { kept, unkept, hours }: TailFrom,
  facts: MeterFacts,
  calendar: Calendar,
): MeterTail {
  const newest = kept.before(Number.POSITIVE_INFINITY)
  const tail: MeterTail = {
    ...followerOf(facts, newest?.before),
    calendar,
    gapMs: maxGapMs(facts),
    hours: [],
    from: Number.POSITIVE_INFINITY,
    passed: undefined,
    last: Number.NEGATIVE_INFINITY,
    figures: [],
    cuts: [],
    inBook: 0,
  }
  const start = newest?.start ?? unkept[0]
  if (start === undefined) return tail
  takeNewest(tail, newest, unkept)
  tail.from = firstOpen(tail) ?? start
  const begin = newest && reachingBack(newest, tail.from, kept)
  goOnFrom(tail, begin?.before ?? NOTHING_YET)
  for (const stretch of begin ? kept.from(begin.start) : []) {
    if (stretch.start >= start) break
    eachMark(stretch.figures, (at, volumeM3) => follow(tail, at, volumeM3, tail))
  }
  takeNewest(tail, newest, unkept)
  passOver(tail, hours({ from: calendar.intervalAt(tail.from, 'day').from, to: tail.from }))
  return tail
}

/** Marks that it took and nobody has asked for as stretches. */
export const unkeptMarks = ({ figures, inBook }: MeterTail): number => figures.length / 2 - inBook

/** Undefined, and nothing done, unless each mark is later than the one before it and than all that is held. */
export function appendTo(tail: MeterTail, fresh: MarkFigures): TailRework | undefined {
  if (!isInOrder(tail, fresh)) return undefined
  const { calendar } = tail
  const from = firstOpen(tail) ?? calendar.intervalAt(fresh[0] as number, 'hour').from
  tail.from = from
  const chain = tail.other?.chain
  let breaks = 0
  for (let i = 0; i < fresh.length; i += 2) {
    if (takeNew(tail, fresh[i] as number, fresh[i + 1] as number)) breaks++
  }
  // None of them is believed yet: a register that only runs backwards would else have its last good hours
  // written with each save.
  if (chain && tail.other?.chain === chain) return { hours: [], days: [], breaks }
  const stillOpen = firstOpen(tail) ?? from
  // Settled hours as they are, and those that an open link touches with what it gives them.
  const hours = tail.hours.map((use) => (use.from < stillOpen ? use : { ...use }))
  addOpenLinks(tail, { hours, from, gapMs: tail.gapMs, calendar } satisfies OpenHours)
  const { days } = daysOf(hours, { from, to: hours.at(-1)?.to ?? from }, tail.passed, calendar)
  forgetPassed(tail, stillOpen)
  return { hours, days, breaks }
}

/** Its newest stretches, from the first that is new or longer than it was when it was last asked for. */
export function takeStretches(tail: MeterTail): readonly MarkStretch[] {
  const { figures, cuts, inBook } = tail
  if (unkeptMarks(tail) === 0) return []
  let first = cuts.length - 1
  while (first > 0 && (cuts[first] as Cut).place > inBook) first--
  const changed = cuts.slice(first)
  const stretches = changed.map(({ place, before }, n): MarkStretch => {
    const part = figures.slice(2 * place, 2 * (changed[n + 1]?.place ?? figures.length / 2))
    return { start: part[0] as number, figures: part, before }
  })
  const newest = cuts.at(-1)
  if (newest && newest.place > 0) {
    tail.figures = figures.slice(2 * newest.place)
    tail.cuts = [{ place: 0, before: newest.before }]
  }
  tail.inBook = tail.figures.length / 2
  return stretches
}

/** Volume on hours before the oldest open link is in the book and stays as it is. */
function firstOpen(tail: MeterTail): Instant | undefined {
  const at = openFrom(tail)
  return at === undefined ? undefined : tail.calendar.intervalAt(at, 'hour').from
}

function takeNew(tail: MeterTail, at: Instant, volumeM3: number): boolean {
  const { figures, cuts } = tail
  const place = figures.length / 2
  const cut = cuts[cuts.length - 1]
  if (!cut || place - cut.place >= MARKS_A_STRETCH) cuts.push({ place, before: stateOf(tail) })
  figures.push(at, volumeM3)
  tail.last = at
  return follow(tail, at, volumeM3, tail)
}

/** The newest stretch, however long it is, and what came since. */
function takeNewest(tail: MeterTail, newest: MarkStretch | undefined, unkept: MarkFigures): void {
  tail.figures = Array.from(newest?.figures ?? [])
  tail.inBook = tail.figures.length / 2
  tail.cuts = newest ? [{ place: 0, before: newest.before }] : []
  tail.last = tail.figures.at(-2) ?? Number.NEGATIVE_INFINITY
  eachMark(tail.figures, (at, volumeM3) => follow(tail, at, volumeM3, tail))
  eachMark(unkept, (at, volumeM3) => takeNew(tail, at, volumeM3))
}

function eachMark(figures: MarkFigures, take: (at: Instant, volumeM3: number) => void): void {
  for (let i = 0; i < figures.length; i += 2) take(figures[i] as number, figures[i + 1] as number)
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

function forgetPassed(tail: MeterTail, stillOpen: Instant): void {
  const day = tail.calendar.intervalAt(stillOpen, 'day')
  if (tail.passed && tail.passed.from < day.from) tail.passed = undefined
  const first = tail.hours[0]
  if (!first || first.from >= stillOpen) return
  passOver(
    tail,
    tail.hours.filter((use) => use.from >= day.from && use.from < stillOpen),
  )
  tail.hours = tail.hours.filter((use) => use.from >= stillOpen)
}

/** Hours of one day, oldest first, to which nothing will be added any more. */
function passOver(tail: MeterTail, hours: readonly HourUse[]): void {
  for (const hour of hours) {
    tail.passed ??= emptySum(tail.calendar.intervalAt(hour.from, 'day'))
    addUse(tail.passed, hour)
  }
}
