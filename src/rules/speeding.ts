/**
 * speeding: a vehicle drives faster than `limitKmh` + `toleranceKmh` for `forMs`, said by at least two
 * readings.
 *
 * A zone may have a limit of its own; it holds once the vehicle is `bufferM` inside, so the road beside the
 * wall is judged as a road. Two readings in a row below the limit less `hysteresisKmh` clear; one sample
 * alone neither raises nor clears, and neither does silence: only readings judge.
 */
import * as z from 'zod'
import { believed, type Reading } from '../model/reading.ts'
import type { Point } from '../model/site.ts'
import { Area, areasOf, liesIn } from './areas.ts'
import { declareKind, heldMsOf } from './bound-rule.ts'
import { backFrom } from './conditions.ts'
import { FIX_LIMITS, follow, Track } from './fixes.ts'
import { defineRule } from './rule.ts'

const LIMITS = {
  limitKmh: z
    .number()
    .positive()
    .meta({ description: 'The limit outside the zones that have their own, km/h.' }),
  toleranceKmh: z.number().nonnegative().default(5).meta({
    description: 'What may be driven above the limit; a receiver is good to 2 m/s (JT/T 794).',
  }),
  forMs: z.int().nonnegative().default(10_000).meta({ description: 'How long it must last.' }),
  hysteresisKmh: z.number().nonnegative().default(3).meta({
    description: 'It is over this far below the limit, so that driving at the limit is one breach.',
  }),
  bufferM: z.number().nonnegative().default(30).meta({
    description: 'So deep inside a zone its own limit holds.',
  }),
  ...FIX_LIMITS,
}

const Options = z.strictObject({
  ...LIMITS,
  heldMs: z.int().positive(),
  zones: z.array(z.strictObject({ area: Area, limitKmh: z.number().positive() })),
})
type Options = z.output<typeof Options>

const State = z.strictObject({
  track: Track,
  /** The limit where it was last seen; the general one before the first fix. */
  limitKmh: z.number().positive().nullable(),
  /** Above the limit without a pause since then, and the fastest of it. */
  fast: z.strictObject({ since: z.int(), lastAt: z.int(), peakKmh: z.number() }).nullable(),
  /** Readings in a row that are below it again. */
  slow: z.int().nonnegative(),
  breached: z.boolean(),
})

/** Where zones overlap the lowest limit holds. */
function limitAt(fix: Point, { zones, limitKmh, bufferM }: Options): number {
  const own = zones.filter(({ area }) => liesIn(fix, area, -bufferM)).map((zone) => zone.limitKmh)
  return own.length > 0 ? Math.min(...own) : limitKmh
}

/** A speed comes from the receiver that says the place: where that is not believed, neither is the speed. */
const saysPlace = (reading: Reading) => believed(reading, 'lon') !== 'absent'

export const speeding = defineRule<Options, z.output<typeof State>>({
  kind: 'speeding',
  summary: 'A vehicle drives too fast for a while.',
  options: Options,
  state: State,
  codes: ['drove-faster', 'slowed-down'],
  points: () => ['speed'],
  start: () => ({ state: { track: null, limitKmh: null, fast: null, slow: 0, breached: false } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const { reading } = moment
    const { at } = reading
    const { track, fix } = follow(state.track, reading, options)
    const limitKmh = fix ? limitAt(fix, options) : (state.limitKmh ?? options.limitKmh)
    const speed = believed(reading, 'speed')
    if (typeof speed === 'string' || speed > options.maxKmh || (!fix && saysPlace(reading))) {
      return track === state.track && limitKmh === state.limitKmh
        ? { state }
        : { state: { ...state, track, limitKmh } }
    }
    if (state.breached) {
      if (speed >= limitKmh - options.hysteresisKmh) {
        return state.slow === 0 && track === state.track && limitKmh === state.limitKmh
          ? { state }
          : { state: { ...state, track, limitKmh, slow: 0 } }
      }
      if (state.slow === 0) return { state: { ...state, track, limitKmh, slow: 1 } }
      const figures = { speedKmh: speed, limitKmh, ...backFrom(limitKmh, limitKmh - speed) }
      const because = { code: 'slowed-down', figures }
      const next = { track, limitKmh, fast: null, slow: 0, breached: false }
      return { state: next, verdict: { breached: false, because } }
    }
    if (speed <= limitKmh + options.toleranceKmh) {
      return track === state.track && limitKmh === state.limitKmh && !state.fast
        ? { state }
        : { state: { ...state, track, limitKmh, fast: null } }
    }
    const before = state.fast && at - state.fast.lastAt <= options.heldMs ? state.fast : null
    const fast = { since: before?.since ?? at, lastAt: at, peakKmh: Math.max(before?.peakKmh ?? 0, speed) }
    const next = { track, limitKmh, fast, slow: 0, breached: false }
    if (!before || at - fast.since < options.forMs) return { state: next }
    const figures = { limitKmh, peakKmh: fast.peakKmh, forMs: at - fast.since }
    return {
      state: { ...next, breached: true },
      verdict: { breached: true, because: { code: 'drove-faster', figures } },
    }
  },
})

export const speedingKind = declareKind(speeding, {
  families: ['vehicle-tracker'],
  declared: z.strictObject({
    ...LIMITS,
    zones: z
      .record(z.string(), z.number().positive())
      .default({})
      .meta({ description: 'Limits of zones, km/h by zone id.' }),
    heldMs: z.int().positive().optional().meta({
      description: 'Readings farther apart than this are not one drive. Default: three measuring intervals.',
    }),
  }),
  options({ zones, heldMs, ...limits }, { site, profile }) {
    const areas = areasOf(site, Object.keys(zones), 'options.zones')
    return {
      ...limits,
      heldMs: heldMs ?? heldMsOf(profile),
      zones: areas.map((area) => ({ area, limitKmh: zones[area.id] ?? limits.limitKmh })),
    }
  },
  deadband: (options, widthAt) => ({ ...options, hysteresisKmh: widthAt(options.limitKmh) }),
})
