/**
 * When people work: hours by weekday, and the holidays and make-up working days (调休) of each year as its authority
 * announces them. It is the user's data: next year's list appears in autumn, and nothing of it can be computed.
 */
import type { Instant } from './instant.ts'

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const

export type Weekday = (typeof WEEKDAYS)[number]

/** Local times `HH:mm`, half-open. */
export type WorkingHours = { readonly from: string; readonly to: string }

/** Dates as `YYYY-MM-DD`. */
export type WorkYear = {
  /** Days off, weekends within them included. */
  readonly holidays: readonly string[]
  /** Days of a weekend that are worked. */
  readonly workdays: readonly string[]
}

export type WorkCalendar = {
  readonly id: string
  readonly name: string
  /** A weekday that is not named is a day of rest. */
  readonly hours: Readonly<Partial<Record<Weekday, readonly WorkingHours[]>>>
  /** On a make-up working day. */
  readonly makeUpHours: readonly WorkingHours[]
  /** By year, `2026`. */
  readonly years: Readonly<Record<string, WorkYear>>
}

/** `working` and `rest` by the weekday, `holiday` and `make-up` by the year's list, which goes before. */
export const DAY_KINDS = ['working', 'make-up', 'rest', 'holiday'] as const

export type DayKind = (typeof DAY_KINDS)[number]

export const weekdayOf = ({ dayOfWeek }: Temporal.PlainDate): Weekday => WEEKDAYS[dayOfWeek - 1] ?? 'monday'

/** Of a year without data the weekday alone decides; `yearsWithoutData` says so where people see it. */
export function dayKindOf({ hours, years }: WorkCalendar, date: Temporal.PlainDate): DayKind {
  const year = years[date.year]
  const text = date.toString()
  if (year?.holidays.includes(text)) return 'holiday'
  if (year?.workdays.includes(text)) return 'make-up'
  return hours[weekdayOf(date)] ? 'working' : 'rest'
}

export function workingHoursOn(calendar: WorkCalendar, date: Temporal.PlainDate): readonly WorkingHours[] {
  const kind = dayKindOf(calendar, date)
  if (kind === 'make-up') return calendar.makeUpHours
  return kind === 'working' ? (calendar.hours[weekdayOf(date)] ?? []) : []
}

/** So long before a year begins its list must be there. */
const NOTICE_DAYS = 31

/** Of the running year, and of the next from its last month on, those whose holidays nobody has entered. */
export function yearsWithoutData({ years }: WorkCalendar, timeZone: string, now: Instant): readonly number[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate()
  const wanted = new Set([today.year, today.add({ days: NOTICE_DAYS }).year])
  return [...wanted].filter((year) => !(year in years))
}
