/**
 * clock-skew: the clock of a device is wrong by the same amount, arrival after arrival.
 *
 * What was measured cannot arrive before: a clock that runs ahead shows at once. One that is behind looks
 * like a delay, so it takes `arrivals` in a row whose newest samples are all as late, give or take the
 * tolerance, and for longer than the tolerance: a backlog that is sent off catches up, a wrong clock does
 * not. A device that stores its samples has its newest one as old as its measuring interval in the right.
 * (Median of arrival less measurement, above 60 s.)
 */
import * as z from 'zod'
import { FAMILIES } from '../model/device.ts'
import { declareKind } from './bound-rule.ts'
import { defineRule } from './rule.ts'

const SKEW = {
  aboveMs: z.int().positive().default(60_000).meta({ description: 'By how much a clock may be wrong.' }),
  arrivals: z.int().min(2).max(20).default(5).meta({
    description: 'In so many arrivals in a row the clock must be wrong by as much.',
  }),
}

const Options = z.strictObject({
  ...SKEW,
  /** How old the newest sample of an arrival may be. */
  storedMs: z.int().nonnegative(),
})

const State = z.strictObject({
  heardAt: z.int().nullable(),
  /** Arrival less measurement of the newest sample, ms, of the arrivals in a row that were suspicious. */
  lags: z.array(z.int()),
  /** When the first of them arrived that were as late, before the arrival under way. */
  since: z.int().nullable().default(null),
  breached: z.boolean(),
})
type State = z.output<typeof State>

const FINE: State = { heardAt: null, lags: [], since: null, breached: false }

export const clockSkew = defineRule<z.output<typeof Options>, State>({
  kind: 'clock-skew',
  summary: 'The clock of a device is wrong.',
  countsHearing: true,
  hearsSetBack: true,
  options: Options,
  state: State,
  codes: ['clock-ahead', 'clock-behind', 'clock-right'],
  points: () => [],
  start: () => ({ state: FINE }),
  step(state, moment, { aboveMs, arrivals, storedMs }) {
    if ('wokenAt' in moment) return { state }
    const { at, receivedAt } = moment.reading
    const lagMs = receivedAt - at
    const isRight = lagMs >= -aboveMs && lagMs <= storedMs + aboveMs
    if (isRight) {
      if (!state.breached) return { state: FINE }
      const because = { code: 'clock-right', figures: {} }
      return { state: FINE, verdict: { breached: false, at: receivedAt, because } }
    }
    const isNew = state.heardAt !== receivedAt
    const lags = [...(isNew ? state.lags : state.lags.slice(0, -1)), lagMs].slice(-arrivals)
    const isSame = (some: readonly number[]) => Math.max(...some) - Math.min(...some) <= storedMs + aboveMs
    // What was measured within the tolerance and is sent off at once is as late by the same, too.
    const goesOn = !isNew || isSame(state.lags)
    const since = (goesOn ? state.since : null) ?? state.heardAt ?? receivedAt
    const next = { heardAt: receivedAt, lags, since, breached: state.breached }
    const isLong = lagMs < 0 || receivedAt - since > storedMs + aboveMs
    if (state.breached || lags.length < arrivals || !isSame(lags) || !isLong) return { state: next }
    const middleMs = lags.toSorted((a, b) => a - b)[lags.length >> 1] ?? lagMs
    const because =
      middleMs < 0
        ? { code: 'clock-ahead', figures: { aheadMs: -middleMs, aboveMs } }
        : { code: 'clock-behind', figures: { behindMs: middleMs, aboveMs } }
    return {
      state: { ...next, breached: true },
      verdict: { breached: true, at: receivedAt, because },
    }
  },
})

export const clockSkewKind = declareKind(clockSkew, {
  families: FAMILIES,
  declared: z.strictObject(SKEW),
  options(declared, { profile }) {
    const { measuresEveryMs, reportsEveryMs } = profile
    const stores = (reportsEveryMs ?? 0) > (measuresEveryMs ?? 0)
    return { ...declared, storedMs: stores ? (measuresEveryMs ?? 0) : 0 }
  },
})
