/**
 * early-checkpoint: a checkpoint is visited too long before its plan, and so is nobody there when somebody should be.
 * Its subject is one checkpoint of one route, `<route>/<checkpoint>`.
 *
 * A read is early if it is no visit, lies at most `upToMs` before the window, and nearer to that plan than to the one
 * before. It ends with the visit itself, or with the window, where missed-checkpoint speaks of what did not follow.
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

const TIMES = {
  ...VISIT_TIMES,
  upToMs: z.int().positive().default(3_600_000).meta({
    description: 'So long before `earlyMs` a read is taken for an early visit, not for a chance one.',
  }),
}
const Options = z.strictObject({ ...TIMES, plan: PlanShape })
type Options = z.output<typeof Options>

const State = z.strictObject({
  ...EXPECTED,
  /** The plan before the expected visit. */
  before: z.int().nullable(),
  /** The plan that an early read belongs to. */
  early: z.int().nullable(),
})
type State = z.output<typeof State>

const settled = (state: State, options: Options) => {
  // Its window has passed in an absence, in which nothing may end.
  const isOver = state.early !== null && state.early !== state.planned
  return { state, wakeAt: isOver ? state.notBefore : cutOff(state, options) }
}

const onwards = (state: State, options: Options): State =>
  advance({ ...state, before: state.planned }, options)

const isEarly = ({ planned, before }: State, at: number, { earlyMs, upToMs }: Options) => {
  const opens = planned - earlyMs
  return at < opens && at >= opens - upToMs && (before === null || at - before > planned - at)
}

export const earlyCheckpoint = defineRule<Options, State>({
  kind: 'early-checkpoint',
  summary: 'A checkpoint is visited too early.',
  countsHearing: true,
  options: Options,
  state: State,
  codes: ['visited-early', 'visited-in-time', 'visit-window-over'],
  points: () => ['tag'],
  start: (options, now) => settled({ ...firstExpected(options, now), before: null, early: null }, options),
  step(state, moment, options) {
    if ('wokenAt' in moment) {
      let next = replanned(state, moment.wokenAt, options)
      while (cutOff(next, options) <= moment.wokenAt) next = onwards(next, options)
      if (state.early === null || next.planned === state.early) return settled(next, options)
      const because = { code: 'visit-window-over', figures: {} }
      return { ...settled({ ...next, early: null }, options), verdict: { breached: false, because } }
    }
    const { at } = moment.reading
    if (stated(moment.reading, 'tag') === undefined) return settled(state, options)
    const read = afterRead(state, at, options)
    if (read.planned !== state.planned) {
      const next = settled({ ...read, before: state.planned, early: null }, options)
      if (state.early === null) return next
      return { ...next, verdict: { breached: false, because: { code: 'visited-in-time', figures: {} } } }
    }
    if (read === state || state.early !== null || !isEarly(state, at, options)) return settled(read, options)
    const planned = localMinute(options.plan.timeZone, state.planned)
    const because = { code: 'visited-early', figures: { planned, earlyByMs: state.planned - at } }
    return { ...settled({ ...read, early: state.planned }, options), verdict: { breached: true, because } }
  },
  afterGap: (state, gap, options) => settled(afterAbsence(state, gap, options), options),
})

export const earlyCheckpointKind = declareKind(earlyCheckpoint, {
  ...PLANNED_VISITS,
  declared: z.strictObject({ ...TIMES, ...ROUND_DAYS }),
})
