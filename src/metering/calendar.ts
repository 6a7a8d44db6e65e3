/**
 * The calendar of a site. Its days come from the time zone; hours are counted from the day's start, so
 * a day of 23 or 25 hours has just as many, and every hour lies in one day.
 */
import type { Instant, Interval } from '../model/instant.ts'
import type { UseStep } from '../model/water-use.ts'

export const HOUR_MS = 3_600_000
/** Days remembered: three years, then it starts afresh. */
const MOST_DAYS = 1_100
const NEVER: Interval = { from: 0, to: 0 }

export type Calendar = {
  /** The hour, day or month that holds the instant. */
  intervalAt(at: Instant, step: UseStep): Interval
  /** All that begin in `[from, to)`, oldest first; `from` stands on a boundary. */
  intervals(range: Interval, step: UseStep): Generator<Interval>
  onBoundary(at: Instant, step: UseStep): boolean
  /** Where that local date, such as `2026-07-01`, begins. */
  startOf(date: string): Instant
}

export function calendarOf(timeZone: string): Calendar {
  const days = new Map<number, Interval>()
  // A meter's readings follow each other, and so do meters: mostly the day and hour asked for are those asked for last.
  let lastDay: Interval = NEVER
  let lastHour: Interval = NEVER

  const localDate = (at: Instant) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate()
  const startOf = (date: Temporal.PlainDate): Instant => date.toZonedDateTime(timeZone).epochMilliseconds

  /** Two calendar days touch one day of UTC at most three times, so the nearest few are looked through. */
  function dayAt(at: Instant): Interval {
    if (at >= lastDay.from && at < lastDay.to) return lastDay
    lastDay = lookedUp(at)
    return lastDay
  }

  function lookedUp(at: Instant): Interval {
    const key = Math.floor(at / 86_400_000)
    for (const near of [key, key - 1]) {
      const day = days.get(near)
      if (day && day.from <= at && at < day.to) return day
    }
    const date = localDate(at)
    const day = { from: startOf(date), to: startOf(date.add({ days: 1 })) }
    if (days.size > MOST_DAYS) days.clear()
    days.set(Math.floor(day.from / 86_400_000), day)
    return day
  }

  function intervalAt(at: Instant, step: UseStep): Interval {
    if (step === 'hour' && at >= lastHour.from && at < lastHour.to) return lastHour
    if (step === 'month') {
      const first = localDate(at).with({ day: 1 })
      return { from: startOf(first), to: startOf(first.add({ months: 1 })) }
    }
    const day = dayAt(at)
    if (step === 'day') return day
    const from = day.from + Math.floor((at - day.from) / HOUR_MS) * HOUR_MS
    lastHour = { from, to: Math.min(from + HOUR_MS, day.to) }
    return lastHour
  }

  return {
    intervalAt,
    *intervals({ from, to }, step) {
      let at = from
      while (at < to) {
        const interval = intervalAt(at, step)
        yield interval
        at = interval.to
      }
    },
    onBoundary: (at, step) => intervalAt(at, step).from === at,
    startOf: (date) => startOf(Temporal.PlainDate.from(date)),
  }
}
