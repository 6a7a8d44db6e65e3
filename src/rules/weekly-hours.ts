/** Hours that come again every week on the site's own calendar: working hours, and the times of day by which something is due. */
import * as z from 'zod'
import type { Instant, Interval } from '../model/instant.ts'

export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a local time as HH:mm')

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

export const Weekdays = z.array(z.enum(WEEKDAYS)).min(1)

export const WeeklyHours = z.strictObject({
  days: Weekdays,
  from: TimeOfDay,
  /** Not after `from`: of the next day. */
  to: TimeOfDay,
})

export type WeeklyHours = z.output<typeof WeeklyHours>

export type Period = {
  readonly isWithin: boolean
  /** When that changes. */
  readonly until: Instant
}

const localDate = (timeZone: string, at: Instant) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate()

const instantOf = (timeZone: string, date: Temporal.PlainDate, plainTime: string): Instant =>
  date.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds

const isOn = (days: z.output<typeof Weekdays>, { dayOfWeek }: Temporal.PlainDate) =>
  days.includes(WEEKDAYS[dayOfWeek - 1] ?? 'mon')

/** Whether the instant lies in the hours, widened by `graceMs` at both ends, and until when. */
export function periodAt(
  { days, from, to }: WeeklyHours,
  graceMs: number,
  timeZone: string,
  at: Instant,
): Period {
  const today = localDate(timeZone, at)
  let until: Instant | undefined
  // From the day before, whose hours may last until today, to the same weekday of the next week.
  for (let day = -2; day <= 8; day++) {
    const date = today.add({ days: day })
    if (!isOn(days, date)) continue
    const begin = instantOf(timeZone, date, from) - graceMs
    const end = instantOf(timeZone, to > from ? date : date.add({ days: 1 }), to) + graceMs
    if (until !== undefined && begin > until) break // the stretch that holds `at` ends before these begin
    if (until !== undefined) until = Math.max(until, end)
    else if (at < begin) return { isWithin: false, until: begin }
    else if (at < end) until = end
  }
  return { isWithin: true, until: until ?? at + 1 }
}

/** The first of those times on those days that is after the instant. */
export function nextTime(
  by: string,
  days: z.output<typeof Weekdays>,
  timeZone: string,
  after: Instant,
): Instant {
  const today = localDate(timeZone, after)
  for (let day = 0; day <= 8; day++) {
    const date = today.add({ days: day })
    const instant = instantOf(timeZone, date, by)
    if (isOn(days, date) && instant > after) return instant
  }
  throw new RangeError(`${by} never comes in ${timeZone}`)
}

/** The next stretch `[from, by)` whose end is after the instant; `from` is of the day before where it is not before `by`. */
export function dailyStretch(
  from: string,
  by: string,
  days: z.output<typeof Weekdays>,
  timeZone: string,
  after: Instant,
): Interval {
  const to = nextTime(by, days, timeZone, after)
  const date = localDate(timeZone, to)
  return { from: instantOf(timeZone, from < by ? date : date.subtract({ days: 1 }), from), to }
}

export const EVERY_DAY: z.output<typeof Weekdays> = [...WEEKDAYS]
export const WORKDAYS: z.output<typeof Weekdays> = WEEKDAYS.slice(0, 5)
