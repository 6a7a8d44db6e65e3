/** Times of day by which something is due on the site's own calendar, so a day of 23 or 25 hours has them where people expect. */
import * as z from 'zod'
import type { Instant, Interval } from '../model/instant.ts'
import { WEEKDAYS, weekdayOf } from '../model/work-calendar.ts'

export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a local time as HH:mm')

export const Weekdays = z.array(z.enum(WEEKDAYS)).min(1)
type Weekdays = z.output<typeof Weekdays>

export const EVERY_DAY: Weekdays = [...WEEKDAYS]
export const WORKDAYS: Weekdays = WEEKDAYS.slice(0, 5)

const localDate = (timeZone: string, at: Instant) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate()

const instantOf = (timeZone: string, date: Temporal.PlainDate, plainTime: string): Instant =>
  date.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds

/** The first of those times on those days that is after the instant. */
export function nextTime(by: string, days: Weekdays, timeZone: string, after: Instant): Instant {
  const today = localDate(timeZone, after)
  for (let day = 0; day <= 8; day++) {
    const date = today.add({ days: day })
    const instant = instantOf(timeZone, date, by)
    if (days.includes(weekdayOf(date)) && instant > after) return instant
  }
  throw new RangeError(`${by} never comes in ${timeZone}`)
}

/** The next stretch `[from, by)` whose end is after the instant; `from` is of the day before where it is not before `by`. */
export function dailyStretch(
  from: string,
  by: string,
  days: Weekdays,
  timeZone: string,
  after: Instant,
): Interval {
  const to = nextTime(by, days, timeZone, after)
  const date = localDate(timeZone, to)
  return { from: instantOf(timeZone, from < by ? date : date.subtract({ days: 1 }), from), to }
}
