/**
 * The open ends of the meters that spoke last, so that a reading in order asks nothing of the book. Bounded by
 * marks; a tail that is let go, and all of them after a failed save, is opened again from the book.
 */
import type { IntervalBook, StoredMarks } from '../historian/interval-book.ts'
import { type Calendar, HOUR_MS } from '../metering/calendar.ts'
import type { HourMarks } from '../metering/hours.ts'
import type { LinkState } from '../metering/links.ts'
import type { MeterFacts } from '../metering/meter.ts'
import { type MeterTail, meterTail, tailStart } from '../metering/tail.ts'
import type { DeviceId } from '../model/reading.ts'
import type { MeterMark } from '../model/water-use.ts'

export type Tails = {
  of(facts: MeterFacts): MeterTail
  /** What is in the book is not what the tail knows any more. */
  end(device: DeviceId): void
  endAll(): void
}

/** 16 bytes each, and about a kilobyte a meter beside them. */
const MOST_MARKS = 1_000_000
const MARKS_A_METER = 64

export const marksIn = (figures: Float64Array): MeterMark[] =>
  Array.from({ length: figures.length / 2 }, (_, n) => ({
    at: figures[2 * n] as number,
    volumeM3: figures[2 * n + 1] as number,
  }))

export const opened = ({ hour, figures, state }: StoredMarks): HourMarks => ({
  hour,
  marks: marksIn(figures),
  state: JSON.parse(state) as LinkState,
})

export function tailsOver(book: IntervalBook, calendar: Calendar): Tails {
  const tails = new Map<DeviceId, MeterTail>()
  const weights = new Map<DeviceId, number>()

  const open = (facts: MeterFacts): MeterTail => {
    const { device } = facts
    const stored = book.marksBefore(device, Number.MAX_SAFE_INTEGER)
    if (!stored) return meterTail({ rows: [], before: undefined, hours: [] }, facts, calendar)
    const from = tailStart(opened(stored), calendar)
    const before = book.marksBefore(device, from)
    const rows = book.marksFrom(device, from).map(opened)
    const day = { from: calendar.intervalAt(from, 'day').from, to: stored.hour + HOUR_MS }
    const hours = book.hours(
      device,
      [...calendar.intervals(day, 'hour')].map((hour) => hour.from),
    )
    return meterTail({ rows, before: before && opened(before).state, hours }, facts, calendar)
  }

  let held = 0
  const weigh = (tail: MeterTail) => MARKS_A_METER + tail.count
  const end = (device: DeviceId) => {
    held -= weights.get(device) ?? 0
    weights.delete(device)
    tails.delete(device)
  }

  return {
    of(facts) {
      const { device } = facts
      const tail = tails.get(device) ?? open(facts)
      end(device)
      tails.set(device, tail) // the newest used stands last
      weights.set(device, weigh(tail))
      held += weigh(tail)
      while (held > MOST_MARKS && tails.size > 1) end(tails.keys().next().value as DeviceId)
      return tail
    },
    end,
    endAll() {
      tails.clear()
      weights.clear()
      held = 0
    },
  }
}
