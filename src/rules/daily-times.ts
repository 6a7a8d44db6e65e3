/**
 * Times of day by which something is due, on days of the site's own calendars, so a day of 23 or 25 hours has
 * them where people expect, and a make-up Saturday is a working day.
 */
import * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'
import type { Instant, Interval } from '../model/instant.ts'
import { DAY_KINDS, WEEKDAYS } from '../model/work-calendar.ts'
import type { Candidate } from './bound-rule.ts'
import { isOnDay, type Schedule, scheduleOf } from './schedule.ts'
import { calendarAt } from './subjects.ts'

export { TimeOfDay } from './schedule.ts'

export const Days = z.array(z.enum([...DAY_KINDS, ...WEEKDAYS])).min(1)
export type Days = z.output<typeof Days>

export const EVERY_DAY: Days = [...WEEKDAYS]
export const WORKDAYS: Days = WEEKDAYS.slice(0, 5)
/** By a calendar. */
export const WORKING_DAYS: Days = ['working', 'make-up']

export const DAYS_MEANT =
  'by name, or `working` and `rest` by the weekday of a calendar, `holiday` and `make-up` by its list of the year; any one of them.'

export const isByCalendar = (days: Days): boolean =>
  days.some((day) => !WEEKDAYS.some((weekday) => weekday === day))

export const CalendarName = z.string().optional().meta({
  description:
    "Whose working days, holidays and make-up days are meant. Default: that of the institution, else the site's first.",
})

type Wanted = { readonly days: Days; readonly calendar?: string | undefined }

/** Throws GatehouseError `config-invalid` where the site does not have the calendar. */
export function daysOf({ days, calendar }: Wanted, { site, device }: Candidate): Schedule {
  try {
    return scheduleOf({ days, calendar }, site, calendarAt(site, device))
  } catch (cause) {
    throw new GatehouseError('config-invalid', `options.calendar: ${(cause as Error).message}`, { cause })
  }
}

/**
 * A calendar without data for years to come may have none of the days; whoever enters them changes the rule's
 * version, which wakes it.
 */
export const NEVER: Instant = 8_640_000_000_000_000
/** Longer than a year nobody looks ahead for a day of a calendar. */
export const MOST_DAYS = 400

export const localDate = (timeZone: string, at: Instant) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate()

const instantOf = (timeZone: string, date: Temporal.PlainDate, plainTime: string): Instant =>
  date.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds

/** The first of those times on those days that is after the instant; the end of time where there is none. */
export function nextTime(by: string, days: Schedule, after: Instant): Instant {
  const { timeZone } = days
  const today = localDate(timeZone, after)
  for (let day = 0; day <= MOST_DAYS; day++) {
    const date = today.add({ days: day })
    if (!isOnDay(days, date)) continue
    const instant = instantOf(timeZone, date, by)
    if (instant > after) return instant
  }
  return NEVER
}

/**
 * The next stretch `[from, by)` whose end is after the instant; `from` is of the day before where it is not
 * before `by`.
 */
export function dailyStretch(from: string, by: string, days: Schedule, after: Instant): Interval {
  const to = nextTime(by, days, after)
  if (to === NEVER) return { from: NEVER, to: NEVER }
  const date = localDate(days.timeZone, to)
  return { from: instantOf(days.timeZone, from < by ? date : date.subtract({ days: 1 }), from), to }
}
