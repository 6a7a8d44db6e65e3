/**
 * continuous-flow: water ran during every interval for `forMs`; nobody's use does that, a leak does.
 *
 * By the register an interval is the stretch between two readings about `intervalMs` apart; by flow each sample is
 * one. A gap longer than `heldMs` starts the count anew, because missing is not flow, unless the register stood
 * still across it; so does a new register. Neither clears a breach: only an interval without flow does.
 * (24 h is what utilities and leak detectors take for hourly readings.)
 */
import * as z from 'zod'
import { declareKind } from './bound-rule.ts'
import { DECLARED_METER, HOUR_MS, METER, meterOf, STAND, Stand, standAfter } from './register.ts'
import { defineRule, type Step } from './rule.ts'

/** The clocks of meters drift: hourly readings are 59:50 apart as often as 60:10. */
const LEAST_OF_INTERVAL = 0.9
/** With longer intervals every day of ordinary use would be flow without a pause. */
const INTERVALS_AT_LEAST = 8

const Options = z.strictObject({
  ...METER,
  floorM3h: z.number().nonnegative(),
  forMs: z.int().positive(),
  intervalMs: z.int().positive(),
})
type Options = z.output<typeof Options>

const State = z.strictObject({
  /** None before the first reading. */
  stand: Stand.nullable(),
  /** Where the interval under way began, and what has run since. */
  from: z.int(),
  usedM3: z.number().nonnegative(),
  /** Flow without a pause since then. */
  since: z.int().nullable(),
  breached: z.boolean(),
})
type State = z.output<typeof State>

export const continuousFlow = defineRule<Options, State>({
  kind: 'continuous-flow',
  summary: 'Water never stops running.',
  options: Options,
  state: State,
  packing: {
    width: 4 + STAND.width,
    pack({ stand, from, usedM3, since, breached }, row, at) {
      row[at] = from
      row[at + 1] = usedM3
      row[at + 2] = since ?? Number.NaN
      row[at + 3] = breached ? 1 : 0
      return STAND.pack(stand, row, at + 4)
    },
    unpack(row, at) {
      const since = row[at + 2] as number
      return {
        stand: STAND.unpack(row, at + 4),
        from: row[at] as number,
        usedM3: row[at + 1] as number,
        since: Number.isNaN(since) ? null : since,
        breached: row[at + 3] === 1,
      }
    },
  },
  codes: ['flow-without-pause', 'flow-paused'],
  points: ({ point }) => [point],
  start: () => ({ state: { stand: null, from: 0, usedM3: 0, since: null, breached: false } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const { stand: before, since, breached } = state
    const stand = standAfter(before, moment.reading, options)
    if (!stand || stand === before) return { state }
    if (stand.at === before?.at) return { state: { ...state, stand } }
    const { at, usedM3, overMs } = stand
    const anew = { stand, from: at, usedM3: 0, since: null, breached }
    if (options.point === 'flow') {
      if (stand.value <= options.floorM3h) return paused(anew, stand.value, options)
      return flows(anew, overMs > options.heldMs ? at : (since ?? at), stand.value, options)
    }
    if (usedM3 === null || (overMs > options.heldMs && usedM3 > 0)) return { state: anew }
    const ranM3 = state.usedM3 + usedM3
    if (at - state.from < LEAST_OF_INTERVAL * options.intervalMs) {
      return { state: { stand, from: state.from, usedM3: ranM3, since, breached } }
    }
    const flowM3h = ranM3 / ((at - state.from) / HOUR_MS)
    if (flowM3h <= options.floorM3h) return paused(anew, flowM3h, options)
    return flows(anew, since ?? state.from, flowM3h, options)
  },
})

function paused(anew: State, flowM3h: number, { floorM3h }: Options): Step<State> {
  if (!anew.breached) return { state: anew }
  const because = { code: 'flow-paused', figures: { flowM3h, floorM3h } }
  return { state: { ...anew, breached: false }, verdict: { breached: false, because } }
}

function flows(anew: State, since: number, flowM3h: number, { forMs, floorM3h }: Options): Step<State> {
  const { stand, from, usedM3, breached } = anew
  const lastedMs = from - since
  if (breached || lastedMs < forMs) return { state: { stand, from, usedM3, since, breached } }
  const because = { code: 'flow-without-pause', figures: { forMs: lastedMs, flowM3h, floorM3h } }
  return { state: { ...anew, since, breached: true }, verdict: { breached: true, because } }
}

export const continuousFlowKind = declareKind(continuousFlow, {
  families: ['water-meter'],
  declared: z.strictObject({
    ...DECLARED_METER,
    floorM3h: z.number().nonnegative().default(0).meta({
      description:
        'm³/h; an interval counts as flow above it. A register of whole litres sees 0.001 in an hour.',
    }),
    forMs: z
      .int()
      .positive()
      .default(24 * HOUR_MS)
      .meta({ description: 'How long water must run without a pause.' }),
    intervalMs: z.int().positive().default(HOUR_MS).meta({
      description:
        'Stretch of the register that is judged as one, less a tenth for drifting clocks; longer than a small leak needs for one step of the register.',
    }),
  }),
  options(declared, candidate) {
    const meter = meterOf(declared, candidate)
    const longestMs = Math.max(1, Math.round(declared.forMs / INTERVALS_AT_LEAST))
    return { ...declared, ...meter, heldMs: declared.heldMs ?? Math.min(meter.heldMs, longestMs) }
  },
})
