/**
 * count: a value is said `times` times within `withinMs`. It clears once no more than `clearAtMost` of them
 * are left in the window that moves on with time.
 *
 * Remembered are the newest `times` instants, so the state is bounded however often it is said.
 */
import * as z from 'zod'
import { FAMILIES } from '../model/device.ts'
import { declareKind } from './bound-rule.ts'
import { defineRule, type Step } from './rule.ts'
import { checkMatch, fitsProfile, matches, matchFigures, VALUE_MATCH } from './value-match.ts'

/** Instants kept for a subject at most. */
const MOST_TIMES = 100

const Options = z
  .strictObject({
    ...VALUE_MATCH,
    times: z.int().positive().max(MOST_TIMES).meta({ description: 'So many are too many.' }),
    withinMs: z.int().positive().meta({ description: 'How far back they count.' }),
    clearAtMost: z.int().nonnegative().default(0).meta({
      description: 'It clears once no more than so many are left of those that count.',
    }),
    onChange: z.boolean().default(false).meta({
      description: 'Count only when it comes to be so, not each reading that says it again.',
    }),
  })
  .superRefine((options, context) => {
    checkMatch(options, context)
    if (options.clearAtMost >= options.times) {
      context.addIssue({ code: 'custom', path: ['clearAtMost'], message: 'must be less than `times`' })
    }
  })
type Options = z.output<typeof Options>

const State = z.strictObject({
  /** When it was said, oldest first. */
  times: z.array(z.int()).max(MOST_TIMES),
  /** What the reading before said. */
  matched: z.boolean(),
  breached: z.boolean(),
})
type State = z.output<typeof State>

/** The window has moved on to `at`; an instant leaves it `withinMs` after it came. */
function settled(state: State, at: number, options: Options): Step<State> {
  const { withinMs, clearAtMost, times: most } = options
  const gone = state.times.findIndex((time) => time > at - withinMs)
  const times = gone === 0 ? state.times : gone < 0 ? [] : state.times.slice(gone)
  const next = times.length === state.times.length ? state : { ...state, times }
  if (!state.breached) {
    if (times.length < most) return { state: next }
    const figures = { ...matchFigures(options), times: times.length, withinMs }
    const because = { code: 'said-too-often', figures }
    return leaving({ ...next, breached: true }, options, { breached: true, because })
  }
  if (times.length > clearAtMost) return leaving(next, options)
  const because = { code: 'said-less', figures: { point: options.point, times: times.length, withinMs } }
  return { state: { ...next, breached: false }, verdict: { breached: false, because } }
}

/** Woken when so many have left the window that it clears. */
function leaving(
  state: State,
  { withinMs, clearAtMost }: Options,
  verdict?: Step<State>['verdict'],
): Step<State> {
  const last = state.times[state.times.length - 1 - clearAtMost]
  return { state, ...(last !== undefined && { wakeAt: last + withinMs }), ...(verdict && { verdict }) }
}

export const count = defineRule<Options, State>({
  kind: 'count',
  summary: 'A value is said too often within a time.',
  options: Options,
  state: State,
  codes: ['said-too-often', 'said-less'],
  points: ({ point }) => [point],
  start: () => ({ state: { times: [], matched: false, breached: false } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return settled(state, moment.wokenAt, options)
    const { at } = moment.reading
    const is = matches(moment.reading, options)
    if (is === undefined) return settled(state, at, options)
    if (!is) return settled(state.matched ? { ...state, matched: false } : state, at, options)
    if (options.onChange && state.matched) return settled(state, at, options)
    const times = [...state.times.slice(1 - options.times), at]
    return settled({ ...state, times: options.times === 1 ? [at] : times, matched: true }, at, options)
  },
})

export const countKind = declareKind(count, {
  families: FAMILIES,
  declared: Options,
  options(declared, { profile }) {
    fitsProfile(declared, profile)
    return declared
  },
})
