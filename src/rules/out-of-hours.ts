/**
 * out-of-hours: a vehicle is driven outside its working hours.
 *
 * It drives once two fixes in a row are farther than `movedM` from where it stood, unless its ignition is
 * known to be off: then it is towed. It clears when it has stood for `restMs` or working hours begin. Whoever
 * comes back a little late is let off by `graceMs`.
 */
import * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import { localMinute } from '../model/patrol-plan.ts'
import { stated } from '../model/reading.ts'
import { type Candidate, declareKind } from './bound-rule.ts'
import { DAYS_MEANT, Days, isByCalendar, TimeOfDay, WORKDAYS, WORKING_DAYS } from './daily-times.ts'
import { FIX_LIMITS, follow, Track } from './fixes.ts'
import { defineRule, type Step } from './rule.ts'
import { activityAt, ScheduleShape, scheduleOf } from './schedule.ts'
import { Stand, stoodOn } from './standing.ts'
import { calendarAt } from './subjects.ts'

const HOURS = {
  calendar: z.string().optional().meta({
    description:
      "A calendar of the site, with its holidays and make-up working days. Default: that of the vehicle's institution, else the site's first. Its working hours are meant, unless `from` and `to` say others.",
  }),
  days: Days.optional().meta({
    description: `Working days, where not only the working hours of a calendar are meant: ${DAYS_MEANT} Default: \`working\` and \`make-up\` of a named calendar, else Monday to Friday.`,
  }),
  from: TimeOfDay.optional().meta({
    description: "When they begin, in the site's time zone. Default: 07:30 of `days`.",
  }),
  to: TimeOfDay.optional().meta({
    description: 'When they end; not after `from`: on the next day. Default: 18:30 of `days`.',
  }),
}

const LIMITS = {
  graceMs: z.int().nonnegative().default(1_800_000).meta({
    description: 'So long before and after the hours a drive is still within them.',
  }),
  movedM: z.number().positive().default(200).meta({
    description: 'Farther than this from where it stood it drives; below lies the drift of parked receivers.',
  }),
  restMs: z.int().positive().default(600_000).meta({
    description: 'The drive is over once it stands for this long.',
  }),
  ...FIX_LIMITS,
}

const Options = z.strictObject({ ...LIMITS, hours: ScheduleShape })
type Options = z.output<typeof Options>

const State = z.strictObject({
  track: Track,
  stand: Stand.nullable(),
  ignition: z.boolean().nullable(),
  breached: z.boolean(),
})
type State = z.output<typeof State>

/** A drive so little before or after the hours is within them. */
const isWithinHours = ({ hours, graceMs }: Options, at: Instant) =>
  activityAt(hours, at).active ||
  (graceMs > 0 && (activityAt(hours, at - graceMs).active || activityAt(hours, at + graceMs).active))

const HOURS_BEGAN = { breached: false, because: { code: 'hours-began', figures: {} } }

/** A breach ends with the beginning of the hours, though the tracker sleeps. */
function settled(
  state: State,
  at: Instant,
  { hours, graceMs }: Options,
): Pick<Step<State>, 'state' | 'wakeAt'> {
  if (!state.breached) return { state }
  const { to } = activityAt(hours, at)
  return { state, wakeAt: to - graceMs > at ? to - graceMs : to }
}

export const outOfHours = defineRule<Options, State>({
  kind: 'out-of-hours',
  summary: 'A vehicle is driven outside working hours.',
  options: Options,
  state: State,
  codes: ['driven-out-of-hours', 'stands-again', 'hours-began'],
  points: () => ['lat', 'lon'],
  start: () => ({ state: { track: null, stand: null, ignition: null, breached: false } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) {
      const at = moment.wokenAt
      return state.breached && isWithinHours(options, at)
        ? { state: { ...state, stand: null, breached: false }, verdict: HOURS_BEGAN }
        : settled(state, at, options)
    }
    const { reading } = moment
    const { at } = reading
    const { track, fix } = follow(state.track, reading, options)
    const said = stated(reading, 'ignition')
    const ignition = typeof said === 'boolean' ? said : state.ignition
    if (state.breached && isWithinHours(options, at)) {
      return { state: { track, stand: null, ignition, breached: false }, verdict: HOURS_BEGAN }
    }
    if (!fix) {
      const isSame = track === state.track && ignition === state.ignition
      return settled(isSame ? state : { ...state, track, ignition }, at, options)
    }
    const { stand, leftM } = stoodOn(state.stand, fix, at, false, options.movedM)
    const next = { track, stand, ignition, breached: state.breached }
    const drives = leftM !== undefined && ignition !== false
    if (drives && !state.breached && !isWithinHours(options, at)) {
      const local = localMinute(options.hours.timeZone, at)
      const because = { code: 'driven-out-of-hours', figures: { local, lat: fix[1], lon: fix[0] } }
      return {
        ...settled({ ...next, breached: true }, at, options),
        verdict: { breached: true, because },
      }
    }
    const restsMs = stand.strays === 0 ? at - stand.since : 0
    if (!state.breached || restsMs < options.restMs) return settled(next, at, options)
    const because = { code: 'stands-again', figures: { restMs: restsMs, lat: stand.lat, lon: stand.lon } }
    return { state: { ...next, breached: false }, verdict: { breached: false, because } }
  },
})

type Hours = { readonly [Key in keyof typeof HOURS]: z.output<(typeof HOURS)[Key]> }

/** Throws GatehouseError `config-invalid` where the calendar is not there. */
function hoursOf(
  { calendar, from = '07:30', to = '18:30', days = calendar === undefined ? WORKDAYS : WORKING_DAYS }: Hours,
  isPlain: boolean,
  { site, device }: Candidate,
) {
  const isOfCalendar = !isPlain && (calendar !== undefined || Boolean(site.calendars?.length))
  try {
    return scheduleOf(
      isOfCalendar ? { hours: 'working', calendar } : { days, from, to, calendar },
      site,
      calendarAt(site, device),
    )
  } catch (cause) {
    throw new GatehouseError('config-invalid', `options.calendar: ${(cause as Error).message}`, { cause })
  }
}

export const outOfHoursKind = declareKind(outOfHours, {
  families: ['vehicle-tracker'],
  declared: z
    .strictObject({ ...HOURS, ...LIMITS })
    .refine(({ calendar, days }) => calendar === undefined || !days || isByCalendar(days), {
      error: 'days by name alone need no calendar',
      path: ['calendar'],
    }),
  options({ calendar, days, from, to, ...limits }, candidate) {
    const isPlain = (days ?? from ?? to) !== undefined
    return { ...limits, hours: hoursOf({ calendar, days, from, to }, isPlain, candidate) }
  },
})
