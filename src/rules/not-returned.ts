/**
 * not-returned: at a time of day a vehicle is not in one of its home zones. It clears when two fixes in a row
 * are at home.
 *
 * Judged is the last position that is believed, for `heldMs`: a parked tracker sleeps, and one away from home
 * says nothing all night. Of a vehicle never seen, or not for longer, nobody knows where it is, and nothing
 * is said.
 */
import * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'
import { localMinute } from '../model/patrol-plan.ts'
import { Area, homesOf, liesInAny } from './areas.ts'
import { declareKind } from './bound-rule.ts'
import { CalendarName, DAYS_MEANT, Days, daysOf, EVERY_DAY, nextTime, TimeOfDay } from './daily-times.ts'
import { FIX_LIMITS, follow, Track } from './fixes.ts'
import { defineRule } from './rule.ts'
import { ScheduleShape } from './schedule.ts'

const DAYS = {
  days: Days.default(EVERY_DAY).meta({ description: `On these days: ${DAYS_MEANT}` }),
  calendar: CalendarName,
}

const LIMITS = {
  by: TimeOfDay.default('22:00').meta({ description: "When it must be back, in the site's time zone." }),
  bufferM: z.number().nonnegative().default(50).meta({
    description: 'This close to the border of a home zone is at home.',
  }),
  heldMs: z.int().positive().default(86_400_000).meta({
    description: 'How long the last position is believed.',
  }),
  graceMs: z.int().nonnegative().default(600_000).meta({
    description: 'After an absence of the gateway over that time it is judged this much later.',
  }),
  ...FIX_LIMITS,
}

const Options = z.strictObject({ ...LIMITS, days: ScheduleShape, homes: z.array(Area).min(1) })
type Options = z.output<typeof Options>

const State = z.strictObject({
  track: Track,
  isHome: z.boolean().nullable(),
  /** Fixes in a row that say otherwise. */
  turns: z.int().nonnegative(),
  dueAt: z.int(),
  /** The time that has passed while its last fix contradicted the one before: the next fix tells. */
  openSince: z.int().nullable(),
  breached: z.boolean(),
})
type State = z.output<typeof State>

const nextDue = ({ by, days }: Options, after: number) => nextTime(by, days, after)

const settled = (state: State) => ({ state, wakeAt: state.dueAt })

function away(state: State, dueAt: number, { days: { timeZone } }: Options) {
  const { lat = 0, lon = 0 } = state.track?.last ?? {}
  const because = { code: 'not-home-by', figures: { by: localMinute(timeZone, dueAt), lat, lon } }
  return { ...settled({ ...state, openSince: null, breached: true }), verdict: { breached: true, because } }
}

export const notReturned = defineRule<Options, State>({
  kind: 'not-returned',
  summary: 'A vehicle is not back home in the evening.',
  options: Options,
  state: State,
  codes: ['not-home-by', 'home-again'],
  points: () => ['lat', 'lon'],
  start: (options, now) =>
    settled({
      track: null,
      isHome: null,
      turns: 0,
      dueAt: nextDue(options, now),
      openSince: null,
      breached: false,
    }),
  step(state, moment, options) {
    if ('wokenAt' in moment) {
      const at = moment.wokenAt
      // Woken early, after the options changed: the time may be another.
      if (at < state.dueAt) return settled({ ...state, dueAt: nextDue(options, at) })
      const next = { ...state, dueAt: nextDue(options, at) }
      const { track, isHome, turns, breached } = state
      if (breached || isHome !== false || !track || at - track.last.at > options.heldMs) return settled(next)
      return turns > 0 ? settled({ ...next, openSince: state.dueAt }) : away(next, state.dueAt, options)
    }
    const { track, fix } = follow(state.track, moment.reading, options)
    if (!fix) return settled(track === state.track ? state : { ...state, track })
    const isHome = liesInAny(fix, options.homes, options.bufferM)
    if (state.isHome !== null && isHome !== state.isHome && state.turns === 0) {
      return settled({ ...state, track, turns: 1 })
    }
    const next = { ...state, track, isHome, turns: 0 }
    if (!isHome) {
      return state.openSince === null ? settled(next) : away(next, state.openSince, options)
    }
    if (!state.breached) return settled({ ...next, openSince: null })
    const because = { code: 'home-again', figures: {} }
    return {
      ...settled({ ...next, openSince: null, breached: false }),
      verdict: { breached: false, because },
    }
  },
  /** It may have come home unheard. */
  afterGap(state, { from, to }, { graceMs }) {
    return settled(state.dueAt >= from && state.dueAt <= to ? { ...state, dueAt: to + graceMs } : state)
  },
})

export const notReturnedKind = declareKind(notReturned, {
  families: ['vehicle-tracker'],
  declared: z.strictObject({ ...LIMITS, ...DAYS }),
  options({ days, calendar, ...declared }, candidate) {
    const { device, site } = candidate
    const homes = homesOf(site, device.id)
    if (homes.length === 0) {
      throw new GatehouseError(
        'config-invalid',
        `scope: ${device.id} has no homeZones under vehicles of the site; name them or leave it out`,
      )
    }
    return { ...declared, days: daysOf({ days, calendar }, candidate), homes }
  },
})
