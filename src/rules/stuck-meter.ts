/**
 * stuck-meter: nothing runs through a meter for two days on which something always did. Its counter stands
 * still, or somebody goes round it; either way the water is not paid for.
 *
 * Counted is time without use on days of normal use only: a day is one where the same weekday of the last
 * four weeks had more than `dailyM3` in the middle, so a quiet weekend stops no office's meter, and a
 * summer's holidays count for four weeks at most. A closed valve explains everything. Silence is not standing
 * still: two equal readings are.
 */
import * as z from 'zod'
import { stated } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { localDay } from './local-days.ts'
import { DAY_MS, DECLARED_METER, HOUR_MS, METER, meterOf, Stand, standAfter } from './register.ts'
import { defineRule, type Step } from './rule.ts'

const WEEKS = 4
const MOST_DAYS = 7 * WEEKS

const STUCK = {
  forMs: z
    .int()
    .positive()
    .default(48 * HOUR_MS)
    .meta({ description: 'Breached after so long without use, counted on days of normal use only.' }),
  dailyM3: z.number().nonnegative().default(0.5).meta({
    description: 'A weekday is one of normal use where the median of its last four is more, m³.',
  }),
}

const Options = z.strictObject({ ...METER, ...STUCK, timeZone: z.string() })
type Options = z.output<typeof Options>

const State = z.strictObject({
  stand: Stand.nullable(),
  /** The local day under way; null before the first reading. */
  today: z
    .strictObject({ from: z.int(), to: z.int(), usedM3: z.number().nullable(), isNormal: z.boolean() })
    .nullable(),
  /** m³ of the days before, newest last; null where it is not known. */
  days: z.array(z.number().nullable()),
  /** Without use, on days of normal use. */
  stillMs: z.int().nonnegative(),
  isClosed: z.boolean(),
  breached: z.boolean(),
})
type State = z.output<typeof State>

export const stuckMeter = defineRule<Options, State>({
  kind: 'stuck-meter',
  summary: 'Nothing runs through a meter where something always did.',
  options: Options,
  state: State,
  codes: ['register-stands-still', 'register-moves', 'valve-closed'],
  points: ({ point }) => [point],
  start: () => ({
    state: { stand: null, today: null, days: [], stillMs: 0, isClosed: false, breached: false },
  }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const valved = valveHeard(state, stated(moment.reading, 'valve'))
    const { stand: before } = valved
    const stand = standAfter(before, moment.reading, options)
    if (!stand || stand === before) return ended(state, valved)
    if (!before || stand.at === before.at) return ended(state, { ...valved, stand })
    const { usedM3, overMs } = stand
    const isGap = overMs > options.heldMs
    const isStill = usedM3 === 0 && (!isGap || options.point === 'volume')
    let next = valved
    for (let from = before.at; from < stand.at; ) {
      next = dayAt(next, from, options)
      const to = Math.min(stand.at, next.today?.to ?? stand.at)
      if (isStill && !next.isClosed && next.today?.isNormal) {
        next = { ...next, stillMs: next.stillMs + to - from }
      }
      from = to
    }
    next = dayAt(next, stand.at, options)
    if (usedM3 === null || (usedM3 > 0 && isGap)) {
      // How a gap's use is spread over its days nobody knows; that it moved is known.
      const today = next.today && { ...next.today, usedM3: null }
      return ended(state, { ...next, stand, today, stillMs: 0, breached: false })
    }
    if (usedM3 > 0) {
      const { today } = next
      const used = today && { ...today, usedM3: today.usedM3 === null ? null : today.usedM3 + usedM3 }
      return ended(state, { ...next, stand, today: used, stillMs: 0, breached: false })
    }
    const breached = next.breached || next.stillMs >= options.forMs
    return ended(state, { ...next, stand, breached })
  },
})

/** Before a valve is closed on purpose, time stood still is forgotten, and so is the breach. */
function valveHeard(state: State, valve: unknown): State {
  if (valve !== 'open' && valve !== 'closed') return state
  const isClosed = valve === 'closed'
  if (isClosed === state.isClosed) return state
  return { ...state, isClosed, stillMs: 0, breached: false }
}

/** On to the day that holds the instant. Days before the first whole one are not known. */
function dayAt(state: State, at: number, options: Options): State {
  if (state.today && at < state.today.to) return state
  const { from, to } = localDay(options.timeZone, at)
  if (!state.today) {
    const today = { from, to, usedM3: at === from ? 0 : null, isNormal: false }
    return { ...state, today }
  }
  const skipped = Math.round((from - state.today.to) / DAY_MS)
  const gone = Array.from({ length: Math.min(skipped, MOST_DAYS) }, () => null)
  // A day on which the meter may have been stuck says nothing of what is usual.
  const was = state.breached || state.isClosed ? null : state.today.usedM3
  const days = [...state.days, was, ...gone].slice(-MOST_DAYS)
  return { ...state, today: { from, to, usedM3: 0, isNormal: isNormal(days, options) }, days }
}

/** By the same weekday of the last weeks; two of them must be known. */
function isNormal(days: readonly (number | null)[], { dailyM3 }: Options): boolean {
  let [known, above] = [0, 0]
  for (let back = 7; back <= MOST_DAYS; back += 7) {
    const used = days[days.length - back]
    if (used === null || used === undefined) continue
    known++
    if (used > dailyM3) above++
  }
  return known >= 2 && 2 * above > known
}

function ended(was: State, state: State): Step<State> {
  if (was.breached === state.breached) return { state }
  if (state.breached) {
    const figures = { forMs: state.stillMs, volume: state.stand?.value ?? 0 }
    const because = { code: 'register-stands-still', figures }
    return { state, verdict: { breached: true, because } }
  }
  const code = state.isClosed && !was.isClosed ? 'valve-closed' : 'register-moves'
  return { state, verdict: { breached: false, because: { code, figures: {} } } }
}

export const stuckMeterKind = declareKind(stuckMeter, {
  families: ['water-meter'],
  declared: z.strictObject({ ...DECLARED_METER, ...STUCK }),
  options: (declared, candidate) => ({
    ...declared,
    ...meterOf(declared, candidate),
    timeZone: candidate.site.timeZone,
  }),
})
