/**
 * late-checkpoint: a planned visit is overdue, but not yet missed. Its subject is one checkpoint of one
 * route, `<route>/<checkpoint>`.
 *
 * It comes by the gateway's clock `lateMs` after the plan, while somebody can still be called; it ends with
 * the visit, or at the cut-off, from which on missed-checkpoint speaks. A visit shows one of the two, never
 * both.
 */
import * as z from 'zod'
import { localMinute } from '../model/patrol-plan.ts'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import {
  advance,
  afterAbsence,
  afterRead,
  cutOff,
  EXPECTED,
  firstExpected,
  PLANNED_VISITS,
  PlanShape,
  replanned,
  VISIT_TIMES,
} from './planned-visit.ts'
import { ROUND_DAYS } from './round-starts.ts'
import { defineRule } from './rule.ts'

const Times = z.strictObject({
  ...VISIT_TIMES,
  lateMs: z
    .int()
    .nonnegative()
    .default(600_000)
    .meta({ description: 'How long after the plan a visit is late.' }),
})
const Options = Times.extend({ plan: PlanShape })
type Options = z.output<typeof Options>

const State = z.strictObject({ ...EXPECTED, overdue: z.boolean() })
type State = z.output<typeof State>

const lateFrom = ({ planned, notBefore }: State, { lateMs }: Options) => Math.max(planned + lateMs, notBefore)

const settled = (state: State, options: Options) => ({
  state,
  wakeAt: state.overdue ? cutOff(state, options) : lateFrom(state, options),
})

export const lateCheckpoint = defineRule<Options, State>({
  kind: 'late-checkpoint',
  summary: 'A planned visit of a patrol round is overdue.',
  countsHearing: true,
  options: Options,
  state: State,
  codes: ['visit-overdue', 'visited-late', 'visit-proven', 'visit-given-up'],
  points: () => ['tag'],
  start: (options, now) => settled({ ...firstExpected(options, now), overdue: false }, options),
  step(state, moment, options) {
    const { plan, lateMs, missAfterMs } = options
    if ('wokenAt' in moment) {
      const at = moment.wokenAt
      const due = replanned(state, at, options)
      // Of a visit that is planned no more nobody is late.
      let next = due === state ? due : { ...due, overdue: false }
      while (cutOff(next, options) <= at) next = advance({ ...next, overdue: false }, options)
      if (!next.overdue && lateFrom(next, options) <= at) next = { ...next, overdue: true }
      if (next.overdue === state.overdue) return settled(next, options)
      const because = next.overdue
        ? { code: 'visit-overdue', figures: { planned: localMinute(plan.timeZone, next.planned), lateMs } }
        : { code: 'visit-given-up', figures: { missAfterMs } }
      return { ...settled(next, options), verdict: { breached: next.overdue, because } }
    }
    const { at } = moment.reading
    if (stated(moment.reading, 'tag') === undefined) return settled(state, options)
    const read = afterRead(state, at, options)
    if (read === state || read.planned === state.planned) return settled(read, options)
    const next = settled({ ...read, overdue: false }, options)
    if (!state.overdue) return next
    const lateByMs = at - state.planned
    const because =
      lateByMs >= lateMs
        ? { code: 'visited-late', figures: { lateByMs } }
        : { code: 'visit-proven', figures: { visited: localMinute(plan.timeZone, at) } }
    return { ...next, verdict: { breached: false, because } }
  },
  afterGap: (state, gap, options) => settled(afterAbsence(state, gap, options), options),
})

export const lateCheckpointKind = declareKind(lateCheckpoint, {
  ...PLANNED_VISITS,
  declared: Times.extend(ROUND_DAYS).refine(({ lateMs, missAfterMs }) => lateMs < missAfterMs, {
    error: 'shorter than missAfterMs',
    path: ['lateMs'],
  }),
})
