/**
 * When a rule counts: stretches of the site's own calendar. Boundaries are local times made into instants by Temporal,
 * so a day of 23 or 25 hours has them where people expect; what lies between two of them is remembered.
 */
import * as z from 'zod'
import type { Instant, Interval } from '../model/instant.ts'
import type { Site } from '../model/site.ts'
import {
  DAY_KINDS,
  dayKindOf,
  WEEKDAYS,
  type WorkCalendar,
  weekdayOf,
  workingHoursOn,
} from '../model/work-calendar.ts'

export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a local time as HH:mm')

export const Stretch = z
  .strictObject({
    hours: z
      .enum(['working', 'free'])
      .optional()
      .meta({ description: 'Within the working hours of the calendar, or outside them.' }),
    days: z
      .array(z.enum([...DAY_KINDS, ...WEEKDAYS]))
      .min(1)
      .optional()
      .meta({
        description:
          '`working` and `rest` by the weekday, `holiday` and `make-up` by the list of the year, or weekdays by name; any one of them.',
      }),
    from: TimeOfDay.optional().meta({ description: 'Local time; with `to`.' }),
    to: TimeOfDay.optional().meta({ description: 'Local time; not after `from`: of the next day.' }),
    calendar: z.string().optional().meta({
      description: "A calendar of the site. Default: that of the subject's institution, else the first.",
    }),
  })
  .refine(({ from, to }) => (from === undefined) === (to === undefined), {
    error: 'from and to go together',
  })
  .refine((stretch) => Object.keys(stretch).some((key) => key !== 'calendar'), {
    error: 'needs hours, days, or from and to',
  })

export type Stretch = z.output<typeof Stretch>

/**
 * What people say most often, by name. Night is when a building should use no water: the window of minimum
 * night flow (IWA 02:00–04:00, utilities up to 05:00).
 */
const NAMED = {
  'working-hours': { hours: 'working' },
  'outside-working-hours': { hours: 'free' },
  'working-days': { days: ['working', 'make-up'] },
  'rest-days': { days: ['rest', 'holiday'] },
  holidays: { days: ['holiday'] },
  night: { from: '02:00', to: '05:00' },
} as const satisfies Record<string, z.input<typeof Stretch>>

const NAMES = Object.keys(NAMED) as [keyof typeof NAMED, ...(keyof typeof NAMED)[]]

const OneWhen = z.union([z.enum(NAMES), Stretch])

export const When = z.union([OneWhen, z.array(OneWhen).min(1)]).meta({
  description: `When it counts: ${NAMES.map((name) => `\`${name}\``).join(', ')}, or a stretch with \`hours\`, \`days\`, \`from\` and \`to\` (all that are given must hold), or a list of which any one holds.`,
})

export type When = z.output<typeof When>

/**
 * A `when` with the calendars that it needs: plain data, complete in itself, so that a decision can be
 * repeated from it.
 */
export type Schedule = {
  readonly timeZone: string
  readonly stretches: readonly (Omit<Stretch, 'calendar'> & {
    readonly calendar?: WorkCalendar | undefined
  })[]
}

export const ScheduleShape: z.ZodType<Schedule> = z.strictObject({
  timeZone: z.string(),
  stretches: z.array(
    z.strictObject({
      ...Stretch.shape,
      calendar: z.custom<WorkCalendar>((it) => typeof it === 'object').optional(),
    }),
  ),
})

/**
 * Throws RangeError where it needs a calendar that the site does not have; `usual` is the one of the
 * subject's institution.
 */
export function scheduleOf(when: When, { timeZone, calendars = [] }: Site, usual?: string): Schedule {
  const wanted = Array.isArray(when) ? when : [when]
  const stretches = wanted.map((one) => {
    const { calendar: named, ...stretch }: Stretch = typeof one === 'string' ? stretchNamed(one) : one
    const needsIt =
      stretch.hours !== undefined || stretch.days?.some((day) => !WEEKDAYS.some((name) => name === day))
    if (!needsIt && named === undefined) return stretch
    const id = named ?? usual
    const calendar = id === undefined ? calendars[0] : calendars.find((each) => each.id === id)
    if (calendar) return { ...stretch, calendar }
    throw new RangeError(id === undefined ? 'the site has no calendar' : `the site has no calendar ${id}`)
  })
  return { timeZone, stretches }
}

const stretchNamed = (name: keyof typeof NAMED): Stretch => {
  const { days, ...stretch }: z.input<typeof Stretch> = NAMED[name]
  return { ...stretch, ...(days && { days: [...days] }) }
}

export type Activity = Interval & { readonly active: boolean }

/**
 * Stretches remembered of one schedule; readings of all devices lie close together in time, but for uploads
 * of a day.
 */
const MOST_REMEMBERED = 16

const remembered = new WeakMap<Schedule, Activity[]>()

/**
 * Whether the schedule holds at the instant, and the half-open stretch around it for which that is known; its end may
 * come before the next change, never after it.
 */
export function activityAt(schedule: Schedule, at: Instant): Activity {
  const known = remembered.get(schedule) ?? []
  const there = known.find(({ from, to }) => from <= at && at < to)
  if (there) return there
  const found = lookUp(schedule, at)
  remembered.set(schedule, [found, ...known].slice(0, MOST_REMEMBERED))
  return found
}

/** Days that are looked through around an instant: a stretch of yesterday may last until today. */
const [DAYS_BEFORE, DAYS_AFTER] = [2, 8]

function lookUp({ timeZone, stretches }: Schedule, at: Instant): Activity {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate()
  const days = Array.from({ length: DAYS_BEFORE + DAYS_AFTER }, (_, index) =>
    today.add({ days: index - DAYS_BEFORE }),
  )
  const startOf = (date: Temporal.PlainDate) => date.toZonedDateTime(timeZone).epochMilliseconds
  const whole = {
    from: startOf(today.subtract({ days: DAYS_BEFORE })),
    to: startOf(today.add({ days: DAYS_AFTER })),
  }
  const active = united(stretches.flatMap((stretch) => days.flatMap((date) => on(date, stretch, timeZone))))
  const within = active.find(({ from, to }) => from <= at && at < to)
  if (within) return { active: true, ...within }
  const from = Math.max(whole.from, ...active.map(({ to }) => to).filter((to) => to <= at))
  const to = Math.min(whole.to, ...active.map((each) => each.from).filter((next) => next > at))
  return { active: false, from, to }
}

/** Whether a part of it may begin on that day, whatever its hours. */
export const isOnDay = ({ stretches }: Schedule, date: Temporal.PlainDate): boolean =>
  stretches.some((stretch) => isOn(date, stretch))

function isOn(
  date: Temporal.PlainDate,
  { days, calendar }: Pick<Schedule['stretches'][number], 'days' | 'calendar'>,
): boolean {
  if (!days) return true
  const names: readonly string[] = [weekdayOf(date), ...(calendar ? [dayKindOf(calendar, date)] : [])]
  return days.some((day) => names.includes(day))
}

/** The parts of the stretch that begin on that day. */
function on(
  date: Temporal.PlainDate,
  { hours, days, from = '00:00', to = '00:00', calendar }: Schedule['stretches'][number],
  timeZone: string,
): Interval[] {
  if (!isOn(date, { days, calendar })) return []
  const next = date.add({ days: 1 })
  const at = (day: Temporal.PlainDate, plainTime: string) =>
    day.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds
  const whole = { from: at(date, from), to: at(to > from ? date : next, to) }
  if (hours === undefined || !calendar) return [whole]
  const worked = united(
    [date, next].flatMap((day) =>
      workingHoursOn(calendar, day).map((each) => ({ from: at(day, each.from), to: at(day, each.to) })),
    ),
  )
  return hours === 'working' ? worked.flatMap((each) => cut(each, whole)) : without(whole, worked)
}

const cut = (one: Interval, to: Interval): Interval[] => {
  const both = { from: Math.max(one.from, to.from), to: Math.min(one.to, to.to) }
  return both.from < both.to ? [both] : []
}

/** What is left of the stretch; `taken` is in order and does not overlap. */
function without(whole: Interval, taken: readonly Interval[]): Interval[] {
  const edges = [whole.from, ...taken.flatMap(({ from, to }) => [from, to]), whole.to]
  const between: Interval[] = []
  for (let index = 0; index < edges.length; index += 2) {
    between.push(...cut({ from: edges[index] ?? 0, to: edges[index + 1] ?? 0 }, whole))
  }
  return between
}

/** In order, what touches made one; nothing that is empty. */
function united(parts: readonly Interval[]): Interval[] {
  const found: { from: Instant; to: Instant }[] = []
  for (const { from, to } of [...parts].sort((a, b) => a.from - b.from)) {
    const last = found.at(-1)
    if (to <= from) continue
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else found.push({ from, to })
  }
  return found
}
