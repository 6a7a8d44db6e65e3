/**
 * tow: a vehicle whose ignition is off has moved from where it stood: it is towed, carried or rolling.
 *
 * Only positions prove it, two in a row farther than `movedM` from the first one after the ignition went off:
 * a standing receiver drifts by 30 to 80 m and may say any speed. It clears with the ignition, or when it has
 * stood for `restMs`.
 */
import * as z from 'zod'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { FIX_LIMITS, follow, Track } from './fixes.ts'
import { defineRule } from './rule.ts'
import { Stand, stoodOn } from './standing.ts'

const Options = z.strictObject({
  movedM: z.number().positive().default(200).meta({
    description:
      'Farther than this from where it stood it has moved; below lies the drift of parked receivers.',
  }),
  restMs: z.int().positive().default(600_000).meta({
    description: 'It has been set down once it stands for this long.',
  }),
  ...FIX_LIMITS,
})

const State = z.strictObject({
  track: Track,
  /** Unknown until the tracker says it. */
  ignition: z.boolean().nullable(),
  /** Since the ignition is off. */
  stand: Stand.nullable(),
  breached: z.boolean(),
})

export const tow = defineRule<z.output<typeof Options>, z.output<typeof State>>({
  kind: 'tow',
  summary: 'A vehicle moves with its ignition off.',
  options: Options,
  state: State,
  codes: ['moved-without-ignition', 'ignition-on', 'set-down'],
  points: () => ['ignition'],
  start: () => ({ state: { track: null, ignition: null, stand: null, breached: false } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const { reading } = moment
    const { track, fix } = follow(state.track, reading, options)
    const said = stated(reading, 'ignition')
    const ignition = typeof said === 'boolean' ? said : state.ignition
    if (ignition !== false) {
      const next = { track, ignition, stand: null, breached: false }
      if (!state.breached) return { state: next }
      return { state: next, verdict: { breached: false, because: { code: 'ignition-on', figures: {} } } }
    }
    if (!fix) {
      const isSame = track === state.track && ignition === state.ignition
      return { state: isSame ? state : { ...state, track, ignition } }
    }
    const { stand, leftM } = stoodOn(state.stand, fix, reading.at, false, options.movedM)
    const next = { track, ignition, stand, breached: state.breached }
    if (leftM !== undefined && !state.breached) {
      const figures = { movedM: Math.round(leftM), lat: fix[1], lon: fix[0] }
      const because = { code: 'moved-without-ignition', figures }
      return { state: { ...next, breached: true }, verdict: { breached: true, because } }
    }
    const restsMs = stand.strays === 0 ? reading.at - stand.since : 0
    if (!state.breached || restsMs < options.restMs) return { state: next }
    const because = { code: 'set-down', figures: { restMs: restsMs, lat: stand.lat, lon: stand.lon } }
    return { state: { ...next, breached: false }, verdict: { breached: false, because } }
  },
})

export const towKind = declareKind(tow, {
  families: ['vehicle-tracker'],
  declared: Options,
  options: (declared) => declared,
})
