/**
 * out-of-hours: a vehicle is driven outside its working hours.
 *
 * It drives once two fixes in a row are farther than `movedM` from where it stood, unless its ignition is known to be
 * off: then it is towed. It clears when it has stood for `restMs` or working hours begin. Whoever comes back a little late is
 * let off by `graceMs`.
 */
import * as z from 'zod'
import { localMinute } from '../model/patrol-plan.ts'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { FIX_LIMITS, follow, Track } from './fixes.ts'
import { defineRule } from './rule.ts'
import { Stand, stoodOn } from './standing.ts'
import { periodAt, TimeOfDay, Weekdays, WORKDAYS } from './weekly-hours.ts'

const LIMITS = {
  days: Weekdays.default(WORKDAYS).meta({ description: 'The working days.' }),
  from: TimeOfDay.default('07:30').meta({ description: "When they begin, in the site's time zone." }),
  to: TimeOfDay.default('18:30').meta({
    description: 'When they end; not after `from`: on the next day.',
  }),
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

const Options = z.strictObject({ ...LIMITS, timeZone: z.string() })

const State = z.strictObject({
  track: Track,
  stand: Stand.nullable(),
  /** Within or outside the hours, and until when; so the calendar is asked twice a day and not at each fix. */
  period: z.strictObject({ isWithin: z.boolean(), from: z.int(), until: z.int() }).nullable(),
  ignition: z.boolean().nullable(),
  breached: z.boolean(),
})

export const outOfHours = defineRule<z.output<typeof Options>, z.output<typeof State>>({
  kind: 'out-of-hours',
  summary: 'A vehicle is driven outside working hours.',
  options: Options,
  state: State,
  codes: ['driven-out-of-hours', 'stands-again', 'hours-began'],
  points: () => ['lat', 'lon'],
  start: () => ({ state: { track: null, stand: null, period: null, ignition: null, breached: false } }),
  step(state, moment, options) {
    // Woken only after its options changed: then the hours may be others.
    if ('wokenAt' in moment) return { state: { ...state, period: null } }
    const { reading } = moment
    const { at } = reading
    const { track, fix } = follow(state.track, reading, options)
    const said = stated(reading, 'ignition')
    const ignition = typeof said === 'boolean' ? said : state.ignition
    const known = state.period && at >= state.period.from && at < state.period.until
    const period = known
      ? state.period
      : { ...periodAt(options, options.graceMs, options.timeZone, at), from: at }
    if (period?.isWithin && state.breached) {
      const because = { code: 'hours-began', figures: {} }
      const next = { track, stand: null, period, ignition, breached: false }
      return { state: next, verdict: { breached: false, because } }
    }
    if (!fix) {
      const isSame = track === state.track && period === state.period && ignition === state.ignition
      return { state: isSame ? state : { ...state, track, period, ignition } }
    }
    const { stand, leftM } = stoodOn(state.stand, fix, at, false, options.movedM)
    const next = { track, stand, period, ignition, breached: state.breached }
    if (leftM !== undefined && !period?.isWithin && ignition !== false && !state.breached) {
      const local = localMinute(options.timeZone, at)
      const because = { code: 'driven-out-of-hours', figures: { local, lat: fix[1], lon: fix[0] } }
      return { state: { ...next, breached: true }, verdict: { breached: true, because } }
    }
    const restsMs = stand.strays === 0 ? at - stand.since : 0
    if (!state.breached || restsMs < options.restMs) return { state: next }
    const because = { code: 'stands-again', figures: { restMs: restsMs, lat: stand.lat, lon: stand.lon } }
    return { state: { ...next, breached: false }, verdict: { breached: false, because } }
  },
})

export const outOfHoursKind = declareKind(outOfHours, {
  families: ['vehicle-tracker'],
  declared: z.strictObject(LIMITS),
  options: (declared, { site }) => ({ ...declared, timeZone: site.timeZone }),
})
