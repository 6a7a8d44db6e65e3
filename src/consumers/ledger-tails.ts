/**
 * The open ends of the meters that spoke last, so that a reading in order asks nothing of the book. They hold
 * the marks that the book has only as they came, until there are enough of them to be kept by meter. After a
 * failed save all are opened again from the book.
 */
import type { BookWriter, FreshMarks, IntervalBook } from '../historian/interval-book.ts'
import type { Calendar } from '../metering/calendar.ts'
import type { MeterFacts } from '../metering/meter.ts'
import type { KeptStretches } from '../metering/stretches.ts'
import { type MeterTail, meterTail, takeStretches, unkeptMarks } from '../metering/tail.ts'
import type { Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { HourUse } from '../model/water-use.ts'

export type Tails = {
  of(facts: MeterFacts): MeterTail
  /** What is in the book is not what the tail knows any more. */
  end(device: DeviceId): void
  endAll(): void
  /** Marks that the book has only as they came, and no tail has taken yet. */
  readonly untakenMarks: number
  /**
   * Puts every mark that is in no stretch yet into one; those of meters that nobody knows any more stay as
   * they are.
   */
  fold(writer: BookWriter, factsOf: (device: DeviceId) => MeterFacts | undefined): void
  /** Lets go those that were used longest ago where there are too many. */
  shrink(writer: BookWriter): void
}

/** 16 bytes each, and about a kilobyte a meter beside them. */
const MOST_MARKS = 1_000_000
const MARKS_A_METER = 64

type Open = { readonly tail: MeterTail; usedInTurn: number }

const weigh = ({ figures }: MeterTail) => MARKS_A_METER + figures.length / 2

export function tailsOver(book: IntervalBook, calendar: Calendar, mostMarks = MOST_MARKS): Tails {
  const tails = new Map<DeviceId, Open>()
  let turn = 0
  /** Marks as they came, of meters that have no tail yet. */
  let untaken: Map<DeviceId, number[]> | undefined

  function untakenOf(): Map<DeviceId, number[]> {
    if (untaken) return untaken
    untaken = new Map()
    for (const { device, figures } of book.fresh()) {
      const known = untaken.get(device)
      if (!known) untaken.set(device, Array.from(figures))
      else for (let i = 0; i < figures.length; i++) known.push(figures[i] as number)
    }
    return untaken
  }
  function open(facts: MeterFacts): MeterTail {
    const { device } = facts
    const kept = keptIn(book, device)
    const newest = kept.before(Number.POSITIVE_INFINITY)?.figures
    const passed = newest?.[newest.length - 2] ?? Number.NEGATIVE_INFINITY
    const came = untakenOf().get(device) ?? []
    untakenOf().delete(device)
    let start = 0
    while (start < came.length && (came[start] as number) <= passed) start += 2 // kept since, with something late
    const unkept = start === 0 ? came : came.slice(start)
    return meterTail(
      { kept, unkept, hours: (range) => hoursIn(book, device, range, calendar) },
      facts,
      calendar,
    )
  }
  function of(facts: MeterFacts): MeterTail {
    const known = tails.get(facts.device)
    if (known) {
      known.usedInTurn = turn
      return known.tail
    }
    const tail = open(facts)
    tails.set(facts.device, { tail, usedInTurn: turn })
    return tail
  }
  const fold = (device: DeviceId, tail: MeterTail, writer: BookWriter) => {
    if (unkeptMarks(tail) > 0) writer.stretches(device, takeStretches(tail))
  }
  return {
    of,
    end: (device) => tails.delete(device),
    endAll() {
      tails.clear()
      untaken = undefined
    },
    get untakenMarks() {
      let marks = 0
      for (const figures of untakenOf().values()) marks += figures.length / 2
      return marks
    },
    fold(writer, factsOf) {
      const stranded: FreshMarks[] = []
      for (const [device, figures] of untakenOf()) {
        const facts = factsOf(device)
        if (facts) of(facts)
        else stranded.push({ device, figures })
      }
      for (const [device, { tail }] of tails) fold(device, tail, writer)
      writer.folded()
      writer.fresh(stranded)
    },
    shrink(writer) {
      turn++
      let held = 0
      for (const { tail } of tails.values()) held += weigh(tail)
      if (held <= mostMarks) return
      for (const [device, { tail }] of [...tails].sort(([, a], [, b]) => a.usedInTurn - b.usedInTurn)) {
        if (held <= mostMarks) break
        held -= weigh(tail)
        fold(device, tail, writer)
        tails.delete(device)
      }
    },
  }
}

/** A meter's stretches as the book has them. */
export const keptIn = (book: IntervalBook, device: DeviceId): KeptStretches => ({
  holding: (at) => book.stretchBefore(device, at, 'or at'),
  before: (at) => book.stretchBefore(device, at),
  from: (at) => book.stretchesFrom(device, at),
})

export const hoursIn = (
  book: IntervalBook,
  device: DeviceId,
  range: Interval,
  calendar: Calendar,
): readonly HourUse[] =>
  book.hours(
    device,
    Array.from(calendar.intervals(range, 'hour'), (hour) => hour.from),
  )
