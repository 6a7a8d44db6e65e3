/**
 * One checkpoint of one route, and the visit that is expected there next: what the rules of single visits
 * share. A read from `earlyMs` before to `missAfterMs` after the plan is the visit. Judged are visits whose
 * window the gateway saw begin.
 */
import * as z from 'zod'
import type { Instant, Interval } from '../model/instant.ts'
import type { Candidate } from './bound-rule.ts'
import { nextRound, type ROUND_DAYS, ROUND_STARTS, roundStartsOf } from './round-starts.ts'
import { routesThrough } from './subjects.ts'

const MINUTE_MS = 60_000

/** Customary in guard-tour plans: 5 min early, 10 min late, missed after 15 min. */
export const VISIT_TIMES = {
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

export const PlanShape = z.strictObject({
  ...ROUND_STARTS,
  offsetsMinutes: z.array(z.number().nonnegative()).min(1),
})
type Plan = z.output<typeof PlanShape>

/** The first planned visit after the instant; a round may come by more than once. */
const nextVisit = (plan: Plan, after: Instant): Instant =>
  Math.min(
    ...plan.offsetsMinutes.map(
      (minutes) => nextRound(plan, after - minutes * MINUTE_MS) + minutes * MINUTE_MS,
    ),
  )

export type VisitOptions = {
  readonly plan: Plan
  readonly earlyMs: number
  readonly missAfterMs: number
  readonly repeatMs: number
  readonly graceMs: number
}

export const EXPECTED = {
  /** The visit that is judged next. */
  planned: z.int(),
  /** The last read that was a visit. */
  visitedAt: z.int().nullable(),
  /** A read that is not the visit of anything yet: it may be that of the next plan. */
  spareAt: z.int().nullable(),
  notBefore: z.int(),
}
export type Expected = z.output<z.ZodObject<typeof EXPECTED>>

export const firstExpected = (options: VisitOptions, now: Instant): Expected => ({
  planned: nextVisit(options.plan, now + options.earlyMs - 1),
  visitedAt: null,
  spareAt: null,
  notBefore: 0,
})

export const isVisitOf = (planned: Instant, at: Instant, { earlyMs, missAfterMs }: VisitOptions): boolean =>
  at >= planned - earlyMs && at <= planned + missAfterMs

/**
 * At a wake-up: the plan may have changed since the next visit was looked up, as when the holidays of a year
 * are entered.
 */
export function replanned<S extends Expected>(state: S, at: Instant, { plan, earlyMs }: VisitOptions): S {
  const planned = nextVisit(plan, Math.min(state.planned - 1, at + earlyMs))
  return planned === state.planned ? state : { ...state, planned }
}

/** When the visit that is expected counts as missed. */
export const cutOff = ({ planned, notBefore }: Expected, { missAfterMs }: VisitOptions): Instant =>
  Math.max(planned + missAfterMs, notBefore)

/** On to the next visit; a spare read settles it if it lies in its window. */
export function advance<S extends Expected>(state: S, options: VisitOptions): S {
  const planned = nextVisit(options.plan, state.planned)
  const { spareAt } = state
  if (spareAt === null || !isVisitOf(planned, spareAt, options)) return { ...state, planned }
  return { ...state, planned: nextVisit(options.plan, planned), visitedAt: spareAt, spareAt: null }
}

/** After a read of the checkpoint; the very same where it repeats the last visit. */
export function afterRead<S extends Expected>(state: S, at: Instant, options: VisitOptions): S {
  const { visitedAt } = state
  if (visitedAt !== null && at - visitedAt < options.repeatMs) return state
  return isVisitOf(state.planned, at, options)
    ? advance({ ...state, visitedAt: at, spareAt: null }, options)
    : { ...state, spareAt: at }
}

/** Visits whose whole window lay in the gap are not judged; for others, stored reads are waited for. */
export function afterAbsence<S extends Expected>(state: S, { from, to }: Interval, options: VisitOptions): S {
  let next: S = { ...state, notBefore: to + options.graceMs }
  while (next.planned - options.earlyMs >= from && next.planned + options.missAfterMs <= to) {
    next = advance(next, options)
  }
  return next
}

/** A `subjects` hook: a checkpoint stands for `<route>/<checkpoint>` of every route that comes by. */
const plannedVisits = (candidate: Candidate): Candidate[] =>
  routesThrough(candidate.site, candidate.device.id).map((route) => ({
    ...candidate,
    subject: `${route.id}/${candidate.device.id}`,
    route,
  }))

/** What every kind that judges planned visits declares beside its own options. */
export const PLANNED_VISITS = {
  families: ['patrol-checkpoint'],
  subjects: plannedVisits,
  options<Declared extends z.output<z.ZodObject<typeof ROUND_DAYS>>>(
    { days, calendar, ...declared }: Declared,
    candidate: Candidate,
  ) {
    const { device, route } = candidate
    const visits = route?.visits.filter(({ checkpoint }) => checkpoint === device.id) ?? []
    const offsetsMinutes = visits.map(({ offsetMinutes }) => offsetMinutes)
    return { ...declared, plan: { ...roundStartsOf(candidate, { days, calendar }), offsetsMinutes } }
  },
} as const
