/**
 * Days and windows of the night on a site's own clocks, asked for so seldom and remembered so well that a
 * step may ask.
 */
import { type Calendar, calendarOf } from '../metering/calendar.ts'
import type { Instant, Interval } from '../model/instant.ts'
import { type Weekday, weekdayOf } from '../model/work-calendar.ts'

const calendars = new Map<string, Calendar>()

function calendarIn(timeZone: string): Calendar {
  const known = calendars.get(timeZone)
  if (known) return known
  const calendar = calendarOf(timeZone)
  calendars.set(timeZone, calendar)
  return calendar
}

/** The local day that holds the instant; 23 or 25 hours where the clocks change. */
export const localDay = (timeZone: string, at: Instant): Interval =>
  calendarIn(timeZone).intervalAt(at, 'day')

/** 0 to 23, hours since local midnight; the 25th of a day is the 24th once more. */
export function localHour(timeZone: string, at: Instant): number {
  return Math.min(23, Math.floor((at - localDay(timeZone, at).from) / 3_600_000))
}

const weekdays = new Map<string, { readonly from: Instant; readonly weekday: Weekday }>()

export function localWeekday(timeZone: string, at: Instant): Weekday {
  const { from } = localDay(timeZone, at)
  const before = weekdays.get(timeZone)
  if (before?.from === from) return before.weekday
  const zoned = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone)
  const weekday = weekdayOf(zoned.toPlainDate())
  weekdays.set(timeZone, { from, weekday })
  return weekday
}

export type LocalWindow = { readonly from: string; readonly to: string }

/** The last answer of each window: thousands of meters ask for the same night. */
const answers = new Map<string, { readonly from: Instant; readonly window: Interval }>()

/** The first daily window, local times `HH:mm`, that ends after the instant; it may cross midnight. */
export function windowAfter(timeZone: string, { from, to }: LocalWindow, at: Instant): Interval {
  const key = `${timeZone} ${from} ${to}`
  const before = answers.get(key)
  if (before && at >= before.from && at < before.window.to) return before.window
  const window = firstAfter(timeZone, { from, to }, at)
  answers.set(key, { from: at, window })
  return window
}

function firstAfter(timeZone: string, { from, to }: LocalWindow, at: Instant): Interval {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate()
  const instant = (date: Temporal.PlainDate, plainTime: string) =>
    date.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds
  for (let ahead = 0; ; ahead++) {
    const endsOn = today.add({ days: ahead })
    const end = instant(endsOn, to)
    if (end > at) return { from: instant(from < to ? endsOn : endsOn.subtract({ days: 1 }), from), to: end }
  }
}
