/**
 * What usually runs through a meter in each hour of the days that are alike: working days and others, or the
 * seven of the week.
 *
 * The usual of an hour is the greatest flow seen in it, and fades by half in 28 days: four weeks of one hour
 * hold so few values that their 99.5th percentile is the greatest. Days are told apart by the calendar of the
 * meter's institution, so a make-up Saturday is a working day and a holiday is none. Of days seen too seldom,
 * the greatest of all days is the usual.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'
import { WEEKDAYS } from '../model/work-calendar.ts'
import type { Candidate } from './bound-rule.ts'
import { WORKDAYS } from './daily-times.ts'
import { localDay, localHour, localWeekday } from './local-days.ts'
import { activityAt, type Schedule, scheduleOf } from './schedule.ts'
import { calendarAt } from './subjects.ts'

/**
 * How days are told apart. `working-day` keeps 48 numbers a meter, `weekday` 168: 130 MB of a hundred
 * thousand meters.
 */
export const USUAL_BY = ['working-day', 'weekday', 'hour'] as const

const HOURS = 24
const KINDS_OF_DAY = { hour: 1, 'working-day': 2, weekday: 7 } as const

/**
 * So many days of a kind must have been seen, the one under way among them: of fewer one may have been heard
 * in part, or be odd.
 */
const LEAST_DAYS = 4
const DAY_MS = 86_400_000
/** Half in 28 days. */
const FADES_IN_A_DAY = 0.5 ** (1 / 28)

/** Part of the state of a kind that judges by it. Its lists are of another length where `usualBy` was changed since. */
export const UsualFlow = z.strictObject({
  /** m³/h by kind of day, then by local hour; faded up to the day that begins at `fadedTo`. */
  usual: z
    .array(z.number())
    .min(HOURS)
    .max(7 * HOURS),
  /** Days of each kind that were seen, up to `LEAST_DAYS`. */
  days: z.array(z.int().nonnegative()).max(7).default([]),
  fadedTo: z.int(),
  /** The day that was counted last. */
  countedFrom: z.int().default(0),
})
type UsualFlow = z.output<typeof UsualFlow>

export type UsualOptions = {
  readonly usualBy: (typeof USUAL_BY)[number]
  readonly workingDays?: Schedule | undefined
  readonly timeZone: string
}

/**
 * The working days of the meter's institution, else of the site's first calendar; Monday to Friday where it
 * has none.
 */
export function workingDaysOf({ site, device }: Candidate): Schedule {
  if (!site.calendars?.length) return scheduleOf({ days: WORKDAYS }, site)
  return scheduleOf('working-days', site, calendarAt(site, device))
}

const repeated = <T>(times: number, one: readonly T[]): T[] => Array.from({ length: times }, () => one).flat()

export const nothingUsual = ({ usualBy }: Pick<UsualOptions, 'usualBy'>): UsualFlow => ({
  usual: repeated(KINDS_OF_DAY[usualBy] * HOURS, [0]),
  days: repeated(KINDS_OF_DAY[usualBy], [0]),
  fadedTo: 0,
  countedFrom: 0,
})

/**
 * The usual flow at the instant, m³/h; also of the hours beside it, because irrigation starts late and clocks
 * change.
 */
export function usualAt(before: UsualFlow, at: Instant, options: UsualOptions): number {
  const { usual, days } = fitted(before, options)
  const hour = localHour(options.timeZone, at)
  const hours = [hour, (hour + HOURS - 1) % HOURS, (hour + 1) % HOURS]
  const day = dayAt(options, at)
  const isKnown = day !== undefined && (days[day] ?? 0) >= LEAST_DAYS
  const kinds = isKnown ? [day] : days.keys()
  let most = 0
  for (const kind of kinds) for (const one of hours) most = Math.max(most, usual[kind * HOURS + one] ?? 0)
  return most
}

/** What was usual, and this flow with it. The same lists where nothing was learnt. */
export function learnt(before: UsualFlow, at: Instant, flowM3h: number, options: UsualOptions): UsualFlow {
  const now = fitted(before, options)
  const today = localDay(options.timeZone, at).from
  const passed = now.fadedTo === 0 ? 0 : Math.max(0, Math.round((today - now.fadedTo) / DAY_MS))
  let { usual, days } = now
  if (passed > 0) usual = usual.map((one) => rounded(one * FADES_IN_A_DAY ** passed))
  const fadedTo = passed > 0 || now.fadedTo === 0 ? today : now.fadedTo
  const day = dayAt(options, at)
  if (day === undefined) return { ...now, usual, fadedTo }
  const slot = day * HOURS + localHour(options.timeZone, at)
  if (flowM3h > (usual[slot] ?? 0)) usual = usual.with(slot, rounded(flowM3h))
  const seen = days[day] ?? 0
  if (today > now.countedFrom && seen < LEAST_DAYS) days = days.with(day, seen + 1)
  return { usual, days, fadedTo, countedFrom: today }
}

/**
 * The kind of the day, by its number. None for a day that by the calendar is not what its weekday is (a
 * holiday, a make-up day) where weekdays are told apart: it is judged by all of them, and none of them learns
 * from it.
 */
function dayAt({ usualBy, workingDays, timeZone }: UsualOptions, at: Instant): number | undefined {
  if (usualBy === 'hour' || !workingDays) return 0
  const isWorked = activityAt(workingDays, at).active
  if (usualBy === 'working-day') return isWorked ? 0 : 1
  const weekday = localWeekday(timeZone, at)
  const calendar = workingDays.stretches[0]?.calendar
  const isUsually = calendar ? calendar.hours[weekday] !== undefined : WORKDAYS.some((day) => day === weekday)
  return isWorked === isUsually ? WEEKDAYS.indexOf(weekday) : undefined
}

/** Where days were told apart in another way before: the greatest of them all, until each has been seen anew. */
function fitted(before: UsualFlow, { usualBy }: UsualOptions): UsualFlow {
  const kinds = KINDS_OF_DAY[usualBy]
  const { usual, days } = before
  if (usual.length === kinds * HOURS && days.length === kinds) return before
  const greatest = Array.from({ length: HOURS }, (_, hour) =>
    Math.max(...usual.filter((_, slot) => slot % HOURS === hour)),
  )
  return { ...before, usual: repeated(kinds, greatest), days: repeated(kinds, [0]), countedFrom: 0 }
}

/** To a litre an hour: what is kept for a hundred thousand meters should be short. */
const rounded = (m3h: number) => Math.round(m3h * 1_000) / 1_000
