/**
 * missed-checkpoint: a planned visit of a patrol round did not happen. Its subject is one checkpoint of one
 * route, `<route>/<checkpoint>`.
 *
 * At the cut-off it is missed, by the gateway's clock and not by the next event. The breach lasts until somebody reads
 * the checkpoint again, so visits missed in between are counted, not raised once more. A reader that sends later
 * what it kept can prove that the visit was made.
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
  isVisitOf,
  PLANNED_VISITS,
  PlanShape,
  replanned,
  VISIT_TIMES,
} from './planned-visit.ts'
import { ROUND_DAYS } from './round-starts.ts'
import { defineRule } from './rule.ts'

const IN_A_ROW = {
  inARow: z.int().min(2).max(100).optional().meta({
    description:
      'So many visits in a row have to be missed. Default: one. A second rule with 2 and a higher severity tells neglect, or an accident, from one visit that was forgotten.',
  }),
}

const Options = z.strictObject({ ...VISIT_TIMES, ...IN_A_ROW, plan: PlanShape })
type Options = z.output<typeof Options>

const State = z.strictObject({
  ...EXPECTED,
  /** Visits missed since the last read, and the plan of the last of them. */
  missed: z.int().nonnegative(),
  lastMissed: z.int().nullable().default(null),
})
type State = z.output<typeof State>

const settled = (state: State, options: Options) => ({ state, wakeAt: cutOff(state, options) })

export const missedCheckpoint = defineRule<Options, State>({
  kind: 'missed-checkpoint',
  summary: 'A planned visit of a patrol round did not happen.',
  countsHearing: true,
  options: Options,
  state: State,
  codes: ['visit-missed', 'visits-missed', 'visited-again', 'visit-proven'],
  points: () => ['tag'],
  start: (options, now) => settled({ ...firstExpected(options, now), missed: 0, lastMissed: null }, options),
  step(state, moment, options) {
    const { inARow = 1 } = options
    if ('wokenAt' in moment) {
      const due = replanned(state, moment.wokenAt, options)
      let next = due
      while (cutOff(next, options) <= moment.wokenAt) {
        next = advance({ ...next, missed: next.missed + 1, lastMissed: next.planned }, options)
      }
      if (state.missed >= inARow || next.missed < inARow) return settled(next, options)
      const { plan, missAfterMs } = options
      const planned = localMinute(
        plan.timeZone,
        inARow === 1 ? due.planned : (next.lastMissed ?? due.planned),
      )
      const because =
        inARow === 1
          ? { code: 'visit-missed', figures: { planned, missAfterMs } }
          : { code: 'visits-missed', figures: { missed: next.missed, planned, missAfterMs } }
      return { ...settled(next, options), verdict: { breached: true, because } }
    }
    const { at } = moment.reading
    if (stated(moment.reading, 'tag') === undefined) return settled(state, options)
    const read = afterRead(state, at, options)
    if (read === state) return settled(state, options)
    const next = settled({ ...read, missed: 0, lastMissed: null }, options)
    const { missed, lastMissed } = state
    if (missed < inARow) return next
    const isProof = missed === inARow && lastMissed !== null && isVisitOf(lastMissed, at, options)
    const because = isProof
      ? { code: 'visit-proven', figures: { visited: localMinute(options.plan.timeZone, at) } }
      : { code: 'visited-again', figures: { missed } }
    return { ...next, verdict: { breached: false, because } }
  },
  afterGap: (state, gap, options) => settled(afterAbsence(state, gap, options), options),
})

export const missedCheckpointKind = declareKind(missedCheckpoint, {
  ...PLANNED_VISITS,
  declared: z.strictObject({ ...VISIT_TIMES, ...IN_A_ROW, ...ROUND_DAYS }),
})
