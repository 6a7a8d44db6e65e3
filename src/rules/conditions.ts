/**
 * The common options as they are bound to a subject: what was left open taken from its device, schedules with their
 * calendars. Plain data and complete in itself, so that a decision can be repeated from its evidence alone.
 */
import * as z from 'zod'
import type { Site } from '../model/site.ts'
import { COMMON_OPTIONS, type CommonOptions } from './common-options.ts'
import { type Schedule, ScheduleShape, scheduleOf, type When } from './schedule.ts'

export type Conditions<Options> = Pick<
  CommonOptions,
  'onDelayMs' | 'offDelayMs' | 'confirm' | 'rateOfChange' | 'heldMs' | 'quality'
> & {
  readonly when?: Schedule
  readonly optionsWhen?: readonly { readonly when: Schedule; readonly options: Options }[]
}

/** Whether any of it changes what a kind hears or says; the others are settled when the rule is bound. */
export const isConditioned = ({
  onDelayMs = 0,
  offDelayMs = 0,
  confirm,
  rateOfChange,
  quality,
  when,
  optionsWhen,
}: CommonOptions): boolean =>
  onDelayMs > 0 ||
  offDelayMs > 0 ||
  confirm !== undefined ||
  rateOfChange !== undefined ||
  quality === 'good-only' ||
  when !== undefined ||
  optionsWhen !== undefined

/** What evidence holds of it. */
export const conditionsSchema = <Options>(own: z.ZodType<Options>): z.ZodType<Conditions<Options>> =>
  z.strictObject({
    ...z.object(COMMON_OPTIONS).pick({
      onDelayMs: true,
      offDelayMs: true,
      confirm: true,
      rateOfChange: true,
      heldMs: true,
      quality: true,
    }).shape,
    when: ScheduleShape.optional(),
    optionsWhen: z.array(z.strictObject({ when: ScheduleShape, options: own })).optional(),
  }) as unknown as z.ZodType<Conditions<Options>>

type Subject<Options> = {
  /** How long its values are believed where the rule does not say; undefined: until there is another. */
  readonly heldMs: number | undefined
  /** The kind's options at each entry of `optionsWhen`. */
  readonly variants: readonly Options[]
  schedule(when: When): Schedule
}

export function conditionsOf<Options>(
  { onDelayMs, offDelayMs, confirm, rateOfChange, quality, ...config }: CommonOptions,
  { variants, schedule, ...subject }: Subject<Options>,
): Conditions<Options> {
  const heldMs = config.heldMs ?? subject.heldMs
  const optionsWhen = config.optionsWhen?.flatMap(({ when }, index) => {
    const options = variants[index]
    return options === undefined ? [] : [{ when: schedule(when), options }]
  })
  return {
    ...(onDelayMs && { onDelayMs }),
    ...(offDelayMs && { offDelayMs }),
    ...(confirm && { confirm }),
    ...(rateOfChange && { rateOfChange }),
    ...(quality && { quality }),
    ...(heldMs !== undefined && { heldMs }),
    ...(config.when && { when: schedule(config.when) }),
    ...(optionsWhen && { optionsWhen }),
  }
}

/** What a rule says that a site cannot give it: calendars, as sentences. */
export const missingCalendars = (
  { when, optionsWhen = [], severityWhen = [] }: CommonOptions,
  site: Site,
): string[] =>
  Object.entries({
    ...(when && { when }),
    ...Object.fromEntries(optionsWhen.map((entry, index) => [`optionsWhen.${index}.when`, entry.when])),
    ...Object.fromEntries(severityWhen.map((entry, index) => [`severityWhen.${index}.when`, entry.when])),
  }).flatMap(([key, wanted]) => {
    try {
      scheduleOf(wanted, site)
      return []
    } catch (cause) {
      return [`${key}: ${(cause as Error).message}`]
    }
  })

/** One schedule for each `when` and calendar, so that what it remembers is shared by all subjects. */
export function schedulesOf(site: Site): (when: When, calendar: string | undefined) => Schedule {
  const known = new Map<When, Map<string | undefined, Schedule>>()
  return (when, calendar) => {
    const byCalendar = known.get(when) ?? new Map<string | undefined, Schedule>()
    known.set(when, byCalendar)
    const schedule = byCalendar.get(calendar) ?? scheduleOf(when, site, calendar)
    byCalendar.set(calendar, schedule)
    return schedule
  }
}

/** How far below a limit that is exceeded a value must fall (or above, where it must not fall) to clear. */
export const deadbandAt =
  (deadband: NonNullable<CommonOptions['deadband']>) =>
  (limit: number): number =>
    typeof deadband === 'number' ? deadband : (Math.abs(limit) * deadband.percent) / 100

/**
 * What a clear of a numeric limit says beside its own figures, whatever its kind: the limit that was tripped,
 * and how far behind it the value is again, both in the unit of the point. From these a deadband is proposed
 * for an alarm that chatters.
 */
export const backFrom = (
  limit: number,
  backBy: number,
): { readonly limit: number; readonly backBy: number } => ({
  limit,
  backBy,
})
