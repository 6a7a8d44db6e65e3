/**
 * round-incomplete: a patrol round is over, and not every checkpoint was visited. Its subject is the route,
 * `route:<id>`.
 *
 * It asks only whether each was visited at all; late, early and wrong order are judged by kinds of their own.
 * It ends with the next round that is complete, or once readers that send late have proven every visit that
 * was missing.
 */
import * as z from 'zod'
import { localMinute } from '../model/patrol-plan.ts'
import { declareKind } from './bound-rule.ts'
import {
  begun,
  DECLARED_ROUNDS,
  ended,
  firstRounds,
  isOfPlan,
  nextEnd,
  placeOf,
  ROUND_TIMES,
  ROUNDS,
  Round,
  RoundPlan,
  readBy,
  roundPlanOf,
  roundsAfterAbsence,
  withVisit,
} from './patrol-rounds.ts'
import { defineRule } from './rule.ts'
import { patrolRounds } from './subjects.ts'

const Options = z.strictObject({ ...ROUND_TIMES, plan: RoundPlan })
type Options = z.output<typeof Options>

/** Incomplete rounds that late readers can still complete. */
const MOST_INCOMPLETE = 8
/** Checkpoints named in a verdict. */
const MOST_NAMED = 5

const State = z.strictObject({
  ...ROUNDS,
  /** Since the last complete one, oldest first; only the newest few. */
  incomplete: z.array(Round).max(MOST_INCOMPLETE),
})
type State = z.output<typeof State>

const isWhole = ({ made }: Round) => made.every((visit) => visit !== null)

const settled = (state: State, options: Options) => ({ state, wakeAt: nextEnd(state, options) })

const cleared = (state: State, options: Options, code: string) => ({
  ...settled(state, options),
  verdict: { breached: false, because: { code, figures: {} } },
})

function because({ start, made }: Round, { plan }: Options) {
  const missing = plan.visits.filter((_visit, place) => made[place] === null).map((visit) => visit.checkpoint)
  const named = missing.slice(0, MOST_NAMED).join(', ') + (missing.length > MOST_NAMED ? ', …' : '')
  const figures = {
    started: localMinute(plan.timeZone, start),
    made: made.length - missing.length,
    visits: made.length,
  }
  return missing.length === made.length
    ? { code: 'round-not-walked', figures }
    : { code: 'round-lacks', figures: { ...figures, missing: named } }
}

export const roundIncomplete = defineRule<Options, State>({
  kind: 'round-incomplete',
  summary: 'A patrol round left out checkpoints, or was not walked at all.',
  countsHearing: true,
  options: Options,
  state: State,
  codes: ['round-lacks', 'round-not-walked', 'round-complete', 'round-proven'],
  points: () => ['tag'],
  start: (options, now) => settled({ ...firstRounds(options, now), incomplete: [] }, options),
  step(state, moment, options) {
    if ('wokenAt' in moment) {
      const { state: next, over } = ended(state, moment.wokenAt, options)
      const lacking = over.filter((round) => !isWhole(round) && isOfPlan(round, options))
      const [first] = lacking
      if (!first) return settled(next, options)
      const incomplete = [...state.incomplete, ...lacking].slice(-MOST_INCOMPLETE)
      const judged = settled({ ...next, incomplete }, options)
      if (state.incomplete.length > 0) return judged
      return { ...judged, verdict: { breached: true, because: because(first, options) } }
    }
    const { at, device } = moment.reading
    const by = readBy(moment.reading)
    if (by === undefined) return settled(state, options)
    const next = begun(state, at, options)
    const { open, incomplete } = next
    const place = placeOf([...open, ...incomplete], device, at, options)
    if (!place) return settled(next, options)
    const late = place.round - open.length
    if (late < 0) {
      const walked = open.map((round, nth) =>
        nth === place.round ? withVisit(round, place.visit, at, by) : round,
      )
      const isDone =
        incomplete.length > 0 && walked.some((round, nth) => nth === place.round && isWhole(round))
      if (!isDone) return settled({ ...next, open: walked }, options)
      return cleared({ ...next, open: walked, incomplete: [] }, options, 'round-complete')
    }
    const proven = incomplete
      .map((round, nth) => (nth === late ? withVisit(round, place.visit, at, by) : round))
      .filter((round) => !isWhole(round))
    const left = { ...next, incomplete: proven }
    return proven.length > 0 ? settled(left, options) : cleared(left, options, 'round-proven')
  },
  afterGap: (state, gap, options) => settled(roundsAfterAbsence(state, gap, options), options),
})

export const roundIncompleteKind = declareKind(roundIncomplete, {
  families: ['patrol-checkpoint'],
  declared: z.strictObject(DECLARED_ROUNDS),
  subjects: patrolRounds,
  options: ({ days, calendar, ...declared }, candidate) => ({
    ...declared,
    plan: roundPlanOf(candidate, { days, calendar }),
  }),
})
