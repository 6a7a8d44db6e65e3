/**
 * missed-checkpoint: a planned visit of a patrol round did not happen. Its subject is one checkpoint of one
 * route, `<route>/<checkpoint>`.
 *
 * A read from `earlyMs` before to `missAfterMs` after the plan is the visit; at that cut-off it is missed, by the
 * gateway's clock and not by the next event. The breach lasts until somebody reads the checkpoint again, so
 * visits missed in between are counted, not raised once more. Judged are visits whose window the gateway saw
 * begin; after an absence of the gateway readers have `graceMs` to send what they kept.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'
import { localMinute, nextVisit } from '../model/patrol-plan.ts'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { defineRule } from './rule.ts'

const MINUTE_MS = 60_000

const TIMES = {
  earlyMs: z
    .int()
    .nonnegative()
    .default(5 * MINUTE_MS)
    .meta({ description: 'How long before the plan a read counts as the visit.' }),
  missAfterMs: z
    .int()
    .positive()
    .default(15 * MINUTE_MS)
    .meta({ description: 'How long after the plan a visit counts as missed.' }),
  repeatMs: z
    .int()
    .nonnegative()
    .default(MINUTE_MS)
    .meta({ description: 'Further reads so soon after a visit belong to it.' }),
  graceMs: z
    .int()
    .nonnegative()
    .default(2 * MINUTE_MS)
    .meta({ description: 'How long after an absence of the gateway stored reads are waited for.' }),
}

const VisitPlan = z.strictObject({
  timeZone: z.string(),
  starts: z.union([
    z.strictObject({ everyMinutes: z.int().positive() }),
    z.strictObject({ at: z.array(z.string()).min(1) }),
  ]),
  offsetsMinutes: z.array(z.number().nonnegative()).min(1),
})

const Options = z.strictObject({ ...TIMES, plan: VisitPlan })
type Options = z.output<typeof Options>

const State = z.strictObject({
  /** The visit that is judged next. */
  planned: z.int(),
  /** The last read that was a visit. */
  visitedAt: z.int().nullable(),
  /** A read that is not the visit of anything yet: it may be that of the next plan. */
  spareAt: z.int().nullable(),
  notBefore: z.int(),
  /** Visits missed since the last read. */
  missed: z.int().nonnegative(),
})
type State = z.output<typeof State>

const isVisit = (at: Instant, planned: Instant, { earlyMs, missAfterMs }: Options) =>
  at >= planned - earlyMs && at <= planned + missAfterMs

const due = ({ planned, notBefore }: State, { missAfterMs }: Options) =>
  Math.max(planned + missAfterMs, notBefore)

const settled = (state: State, options: Options) => ({ state, wakeAt: due(state, options) })

/** On to the next visit; a spare read settles it if it lies in its window. */
function advance(state: State, options: Options): State {
  const planned = nextVisit(options.plan, state.planned)
  const { spareAt } = state
  if (spareAt === null || !isVisit(spareAt, planned, options)) return { ...state, planned }
  return { ...state, planned: nextVisit(options.plan, planned), visitedAt: spareAt, spareAt: null }
}

export const missedCheckpoint = defineRule<Options, State>({
  kind: 'missed-checkpoint',
  summary: 'A planned visit of a patrol round did not happen.',
  countsHearing: true,
  options: Options,
  state: State,
  codes: ['visit-missed', 'visited-again'],
  points: () => ['tag'],
  start(options, now) {
    const planned = nextVisit(options.plan, now + options.earlyMs - 1)
    return settled({ planned, visitedAt: null, spareAt: null, notBefore: 0, missed: 0 }, options)
  },
  step(state, moment, options) {
    if ('wokenAt' in moment) {
      let next = state
      while (due(next, options) <= moment.wokenAt) {
        next = advance({ ...next, missed: next.missed + 1 }, options)
      }
      if (state.missed > 0 || next.missed === 0) return settled(next, options)
      const planned = localMinute(options.plan.timeZone, state.planned)
      const because = { code: 'visit-missed', figures: { planned, missAfterMs: options.missAfterMs } }
      return { ...settled(next, options), verdict: { breached: true, because } }
    }
    const { at } = moment.reading
    if (stated(moment.reading, 'tag') === undefined) return settled(state, options)
    if (state.visitedAt !== null && at - state.visitedAt < options.repeatMs) return settled(state, options)
    const next = isVisit(at, state.planned, options)
      ? advance({ ...state, missed: 0, visitedAt: at, spareAt: null }, options)
      : { ...state, missed: 0, spareAt: at }
    if (state.missed === 0) return settled(next, options)
    const because = { code: 'visited-again', figures: { missed: state.missed } }
    return { ...settled(next, options), verdict: { breached: false, because } }
  },
  afterGap(state, { from, to }, options) {
    let next = { ...state, notBefore: to + options.graceMs }
    while (next.planned - options.earlyMs >= from && next.planned + options.missAfterMs <= to) {
      next = advance(next, options)
    }
    return settled(next, options)
  },
})

export const missedCheckpointKind = declareKind(missedCheckpoint, {
  families: ['patrol-checkpoint'],
  declared: z.strictObject(TIMES),
  subjects(candidate, { routes }) {
    const isVisited = ({ visits }: { visits: readonly { checkpoint: string }[] }) =>
      visits.some(({ checkpoint }) => checkpoint === candidate.device.id)
    return candidate.site.routes
      .filter((route) => isVisited(route) && (routes?.includes(route.id) ?? true))
      .map((route) => ({ ...candidate, subject: `${route.id}/${candidate.device.id}`, route }))
  },
  options(declared, { device, site, route }) {
    const visits = route?.visits.filter(({ checkpoint }) => checkpoint === device.id) ?? []
    const starts = route && ('at' in route.starts ? { at: [...route.starts.at] } : route.starts)
    const offsetsMinutes = visits.map(({ offsetMinutes }) => offsetMinutes)
    return { ...declared, plan: { timeZone: site.timeZone, starts: starts ?? { at: [] }, offsetsMinutes } }
  },
})
