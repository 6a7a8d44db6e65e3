/**
 * reverse-flow: water runs back through a meter, by its reverse register, by its own flag, or by negative flow.
 *
 * Breached once more than `aboveM3` (and more than `share` of what ran forward) has run back within `windowMs`; a
 * valve that closes lets back less. A window without as much clears it. Where a meter has a reverse register its
 * flow is not asked, because a sample of flow sees only its own instant.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'
import { believed, type Reading, stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { DAY_MS, HOUR_MS, METER, meterOf } from './register.ts'
import { defineRule, type Step } from './rule.ts'

const REVERSE = {
  aboveM3: z
    .number()
    .nonnegative()
    .default(0.01)
    .meta({ description: 'm³ that may run back within the window.' }),
  share: z.number().min(0).max(1).default(0.001).meta({
    description: 'Or this share of what ran forward in the same time, where that is more.',
  }),
  windowMs: z.int().positive().default(DAY_MS).meta({
    description: 'How long what ran back is added up; and how long none must for the alarm to clear.',
  }),
}

const Options = z.strictObject({ ...METER, ...REVERSE })
type Options = z.output<typeof Options>

const Mark = z.strictObject({ at: z.int(), value: z.number() }).nullable()

const State = z.strictObject({
  /** The reverse register, or the flow where there is none. */
  reverse: Mark,
  flow: Mark,
  /** The window: where it began, the forward register there, and what has run back since. */
  since: z.int().nullable(),
  volumeM3: z.number().nullable(),
  backM3: z.number().nonnegative(),
  /** What the meter itself says. */
  flagged: z.boolean(),
  ranBack: z.boolean(),
})
type State = z.output<typeof State>

const NOTHING: State = {
  reverse: null,
  flow: null,
  since: null,
  volumeM3: null,
  backM3: 0,
  flagged: false,
  ranBack: false,
}

export const reverseFlow = defineRule<Options, State>({
  kind: 'reverse-flow',
  summary: 'Water runs back through the meter.',
  options: Options,
  state: State,
  codes: ['ran-backwards', 'back-flow-reported', 'runs-forward'],
  points: () => ['reverse', 'back-flow', 'flow'],
  start: () => ({ state: NOTHING }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const { reading } = moment
    const { at } = reading
    const volume = believed(reading, 'volume')
    const heard = ranBack(flagHeard(state, reading), reading, options)
    if (heard === state) return { state }
    const forwardM3 =
      typeof volume === 'number' && heard.volumeM3 !== null ? Math.max(0, volume - heard.volumeM3) : 0
    const limitM3 = Math.max(options.aboveM3, options.share * forwardM3)
    const isBack = heard.backM3 > limitM3 + 1e-9
    const since = heard.since ?? at
    const isOver = isBack || at - since >= options.windowMs
    const next: State = {
      ...heard,
      ranBack: isBack || (heard.ranBack && !isOver),
      since: isOver || heard.since === null ? at : since,
      volumeM3:
        isOver || heard.since === null ? (typeof volume === 'number' ? volume : null) : heard.volumeM3,
      backM3: isOver ? 0 : heard.backM3,
    }
    return told(state, next, { backM3: heard.backM3, limitM3, forMs: at - since })
  },
})

function flagHeard(state: State, reading: Reading): State {
  const flag = stated(reading, 'back-flow')
  return typeof flag === 'boolean' && flag !== state.flagged ? { ...state, flagged: flag } : state
}

/** Adds what ran back since the last reading that said. */
function ranBack(state: State, reading: Reading, options: Options): State {
  const { at } = reading
  const reverse = believed(reading, 'reverse')
  if (typeof reverse === 'number') {
    const { reverse: before } = state
    if (before && at <= before.at) return state
    const backM3 = before ? grown(before, at, reverse, options) : 0
    return { ...state, reverse: { at, value: reverse }, backM3: state.backM3 + backM3 }
  }
  const flow = believed(reading, 'flow')
  if (typeof flow !== 'number' || state.reverse !== null) return state
  const { flow: before } = state
  if (before && at <= before.at) return state
  if (Math.abs(flow) > options.maxRateM3h) return state
  const isNear = before !== null && at - before.at <= options.heldMs
  const meanM3h = isNear ? (Math.max(0, -before.value) + Math.max(0, -flow)) / 2 : 0
  const backM3 = isNear ? (meanM3h * (at - before.at)) / HOUR_MS : 0
  return { ...state, flow: { at, value: flow }, backM3: state.backM3 + backM3 }
}

/** A reverse register that falls, or grows faster than water can run, is another one. */
function grown(before: NonNullable<State['reverse']>, at: Instant, value: number, { maxRateM3h }: Options) {
  const backM3 = value - before.value
  return backM3 >= 0 && backM3 <= (maxRateM3h * (at - before.at)) / HOUR_MS ? backM3 : 0
}

function told(
  was: State,
  next: State,
  figures: { backM3: number; limitM3: number; forMs: number },
): Step<State> {
  const [before, now] = [was.flagged || was.ranBack, next.flagged || next.ranBack]
  if (before === now) return { state: next }
  if (!now) {
    return { state: next, verdict: { breached: false, because: { code: 'runs-forward', figures: {} } } }
  }
  const because = next.ranBack
    ? { code: 'ran-backwards', figures }
    : { code: 'back-flow-reported', figures: {} }
  return { state: next, verdict: { breached: true, because } }
}

export const reverseFlowKind = declareKind(reverseFlow, {
  families: ['water-meter'],
  declared: z.strictObject({
    ...REVERSE,
    heldMs: z.int().positive().optional().meta({
      description: 'How long a sample of flow is believed. Default: three measuring intervals.',
    }),
  }),
  options: (declared, candidate) => ({
    ...declared,
    ...meterOf({ point: 'flow', heldMs: declared.heldMs }, candidate),
  }),
})
