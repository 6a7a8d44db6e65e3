/**
 * patrol-order: the checkpoints of a patrol round are visited in another order than planned. Its subject is
 * the route, `route:<id>`.
 *
 * A checkpoint that is left out puts none of the others out of order; two visits by different guards have no
 * order among themselves. It is found by when reads were made, so a reader that sends late accuses nobody. It
 * ends with the round.
 */
import * as z from 'zod'
import { declareKind } from './bound-rule.ts'
import {
  begun,
  ended,
  firstRounds,
  nextEnd,
  placeOf,
  ROUND_TIMES,
  ROUNDS,
  type Round,
  RoundPlan,
  readBy,
  roundPlanOf,
  roundsAfterAbsence,
  withVisit,
} from './patrol-rounds.ts'
import { ROUND_DAYS } from './round-starts.ts'
import { defineRule } from './rule.ts'
import { patrolRounds } from './subjects.ts'

const TIMES = {
  ...ROUND_TIMES,
  toleranceMs: z
    .int()
    .nonnegative()
    .default(10_000)
    .meta({ description: 'What the clocks of two readers may differ.' }),
}
const Options = z.strictObject({ ...TIMES, plan: RoundPlan })
type Options = z.output<typeof Options>

const State = z.strictObject({
  ...ROUNDS,
  /** Starts of the rounds under way that are out of order. */
  wrong: z.array(z.int()),
})
type State = z.output<typeof State>

const settled = (state: State, options: Options) => ({ state, wakeAt: nextEnd(state, options) })

/** The places of two visits by one guard of which the first was made before the second, and planned after it. */
function swapped(
  { made }: Round,
  visit: number,
  { plan, toleranceMs }: Options,
): [number, number] | undefined {
  const here = made[visit]
  const plannedMs = plan.visits[visit]?.offsetMs ?? 0
  if (!here) return undefined
  for (const [other, there] of made.entries()) {
    if (!there || (there.by !== here.by && there.by !== '' && here.by !== '')) continue
    const otherMs = plan.visits[other]?.offsetMs ?? 0
    if (otherMs > plannedMs && there.at + toleranceMs < here.at) return [other, visit]
    if (otherMs < plannedMs && here.at + toleranceMs < there.at) return [visit, other]
  }
  return undefined
}

export const patrolOrder = defineRule<Options, State>({
  kind: 'patrol-order',
  summary: 'A patrol round is walked in the wrong order.',
  countsHearing: true,
  options: Options,
  state: State,
  codes: ['visited-before', 'round-over'],
  points: () => ['tag'],
  start: (options, now) => settled({ ...firstRounds(options, now), wrong: [] }, options),
  step(state, moment, options) {
    if ('wokenAt' in moment) {
      const { state: next, over } = ended(state, moment.wokenAt, options)
      if (state.wrong.length === 0 || over.length === 0) return settled(next, options)
      const wrong = state.wrong.filter((start) => !over.some((round) => round.start === start))
      const left = settled({ ...next, wrong }, options)
      if (wrong.length > 0) return left
      return { ...left, verdict: { breached: false, because: { code: 'round-over', figures: {} } } }
    }
    const { at, device } = moment.reading
    const by = readBy(moment.reading)
    if (by === undefined) return settled(state, options)
    const next = begun(state, at, options)
    const place = placeOf(next.open, device, at, options)
    const round = place && next.open[place.round]
    if (!round) return settled(next, options)
    const walked = withVisit(round, place.visit, at, by)
    const open = next.open.map((each) => (each === round ? walked : each))
    const pair = next.wrong.includes(round.start) ? undefined : swapped(walked, place.visit, options)
    if (!pair) return settled({ ...next, open }, options)
    const judged = settled({ ...next, open, wrong: [...next.wrong, round.start] }, options)
    if (next.wrong.length > 0) return judged
    const [first, second] = pair.map((visit) => options.plan.visits[visit]?.checkpoint ?? '')
    const because = { code: 'visited-before', figures: { first: first ?? '', second: second ?? '' } }
    return { ...judged, verdict: { breached: true, because } }
  },
  afterGap: (state, gap, options) => settled(roundsAfterAbsence(state, gap, options), options),
})

export const patrolOrderKind = declareKind(patrolOrder, {
  families: ['patrol-checkpoint'],
  declared: z.strictObject({ ...TIMES, ...ROUND_DAYS }),
  subjects: patrolRounds,
  options: ({ days, calendar, ...declared }, candidate) => ({
    ...declared,
    plan: roundPlanOf(candidate, { days, calendar }),
  }),
})
