/**
 * The rounds of a route as they are walked: which planned visit a read is. What the rules of whole rounds share; their
 * subject is `route:<id>`, and every checkpoint of the route speaks to it.
 *
 * A read is the unmade visit of that checkpoint whose plan is nearest, in any round that may be under way: so a round
 * walked backwards is still that round, and one that runs late is not taken for the next. Everything is judged by when
 * reads were made, never by when they came: one reader may send at once and the next an hour later.
 */
import * as z from 'zod'
import type { Instant, Interval } from '../model/instant.ts'
import { type Reading, stated } from '../model/reading.ts'
import type { Candidate } from './bound-rule.ts'
import { VISIT_TIMES } from './planned-visit.ts'
import { nextRound, ROUND_DAYS, ROUND_STARTS, roundStartsOf } from './round-starts.ts'

const { earlyMs, missAfterMs, repeatMs, graceMs } = VISIT_TIMES

export const ROUND_TIMES = {
  earlyMs: earlyMs.meta({ description: 'How long before its start a round may begin.' }),
  missAfterMs: missAfterMs.meta({ description: 'How long after its last plan a round is over.' }),
  repeatMs,
  graceMs,
}

/** As declared. */
export const DECLARED_ROUNDS = { ...ROUND_TIMES, ...ROUND_DAYS }

export const RoundPlan = z.strictObject({
  ...ROUND_STARTS,
  visits: z.array(z.strictObject({ checkpoint: z.string(), offsetMs: z.number().nonnegative() })).min(1),
  /** Of the whole round. */
  lengthMs: z.number().nonnegative(),
})

export type RoundOptions = {
  readonly plan: z.output<typeof RoundPlan>
  readonly earlyMs: number
  readonly missAfterMs: number
  readonly repeatMs: number
  readonly graceMs: number
}

export const Round = z.strictObject({
  start: z.int(),
  /** The checkpoints of the plan that it began by; absent in a state of an earlier release. */
  of: z.string().optional(),
  /** By the places of the plan; `by` is the guard, empty where nobody says. */
  made: z.array(z.strictObject({ at: z.int(), by: z.string() }).nullable()),
})
export type Round = z.output<typeof Round>

export const ROUNDS = {
  /** Rounds that may be under way, oldest first: as many as overlap by plan. */
  open: z.array(Round),
  /** The start of the next one. */
  next: z.int(),
  notBefore: z.int(),
}
export type Rounds = z.output<z.ZodObject<typeof ROUNDS>>

/** Only rounds that the gateway sees from their beginning. */
export const firstRounds = ({ plan, earlyMs }: RoundOptions, now: Instant): Rounds => ({
  open: [],
  next: nextRound(plan, now + earlyMs - 1),
  notBefore: 0,
})

const checkpointsOf = ({ visits }: RoundOptions['plan']): string =>
  visits.map(({ checkpoint }) => checkpoint).join(' ')

/** A round that was under way when its route was edited is judged by neither plan. */
export const isOfPlan = ({ of }: Round, { plan }: RoundOptions): boolean =>
  of === undefined || of === checkpointsOf(plan)

const endOf = (start: Instant, { plan, missAfterMs }: RoundOptions) => start + plan.lengthMs + missAfterMs

/** When the oldest round is over. */
export const nextEnd = ({ open, next, notBefore }: Rounds, options: RoundOptions): Instant =>
  Math.max(endOf(open[0]?.start ?? next, options), notBefore)

/** With every round that may have begun by then; the very same where none has. */
export function begun<S extends Rounds>(state: S, at: Instant, { plan, earlyMs }: RoundOptions): S {
  if (at < state.next - earlyMs) return state
  const open = [...state.open]
  let { next } = state
  while (at >= next - earlyMs) {
    open.push({ start: next, of: checkpointsOf(plan), made: plan.visits.map(() => null) })
    next = nextRound(plan, next)
  }
  return { ...state, open, next }
}

/** Takes the rounds that are over by then out of those under way. */
export function ended<S extends Rounds>(
  state: S,
  at: Instant,
  options: RoundOptions,
): { readonly state: S; readonly over: readonly Round[] } {
  // The plan may have changed since the next start was looked up, as when the holidays of a year are entered.
  const next = nextRound(options.plan, Math.min(state.next - 1, at + options.earlyMs))
  const all = begun(next === state.next ? state : { ...state, next }, at, options)
  if (at < all.notBefore) return { state: all, over: [] }
  const over = all.open.filter(({ start }) => endOf(start, options) <= at)
  return { state: over.length === 0 ? all : { ...all, open: all.open.slice(over.length) }, over }
}

export type Place = { readonly round: number; readonly visit: number }

/** Which visit of which of the rounds a read is; undefined where it repeats one, or fits none. */
export function placeOf(
  rounds: readonly Round[],
  checkpoint: string,
  at: Instant,
  options: RoundOptions,
): Place | undefined {
  const { plan, earlyMs, repeatMs } = options
  let best: Place | undefined
  let leastMs = Number.POSITIVE_INFINITY
  for (const [round, one] of rounds.entries()) {
    const { start, made } = one
    if (!isOfPlan(one, options)) continue
    if (at < start - earlyMs || at > endOf(start, options)) continue
    for (const [visit, planned] of plan.visits.entries()) {
      if (planned.checkpoint !== checkpoint) continue
      const before = made[visit]
      if (before && Math.abs(at - before.at) < repeatMs) return undefined
      const offMs = Math.abs(start + planned.offsetMs - at)
      if (before || offMs >= leastMs) continue
      leastMs = offMs
      best = { round, visit }
    }
  }
  return best
}

export const withVisit = (round: Round, visit: number, at: Instant, by: string): Round => ({
  ...round,
  made: round.made.map((before, place) => (place === visit ? { at, by } : before)),
})

/** Rounds that lay wholly in the gap are not judged; for others, stored reads are waited for. */
export function roundsAfterAbsence<S extends Rounds>(
  state: S,
  { from, to }: Interval,
  options: RoundOptions,
): S {
  const { open, next } = begun({ open: state.open, next: state.next, notBefore: 0 }, to, options)
  const seen = open.filter(({ start }) => !(start - options.earlyMs >= from && endOf(start, options) <= to))
  return { ...state, open: seen, next, notBefore: to + options.graceMs }
}

/** The guard of a read, and empty where nobody says; undefined: the reading is no read of a tag. */
export function readBy(reading: Reading): string | undefined {
  if (stated(reading, 'tag') === undefined) return undefined
  return String(stated(reading, 'guard') ?? '')
}

export function roundPlanOf(
  candidate: Candidate,
  days: z.output<z.ZodObject<typeof ROUND_DAYS>>,
): z.output<typeof RoundPlan> {
  const visits = (candidate.route?.visits ?? []).map(({ checkpoint, offsetMinutes }) => ({
    checkpoint,
    offsetMs: Math.round(offsetMinutes * 60_000),
  }))
  const lengthMs = Math.max(0, ...visits.map(({ offsetMs }) => offsetMs))
  return { ...roundStartsOf(candidate, days), visits, lengthMs }
}
