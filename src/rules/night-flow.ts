/**
 * night-flow: the least flow of a night is above that of the last 14 nights. What runs when nobody is there is
 * lost, and a night says so days before a bill does.
 *
 * A night's value is the least mean flow over about `intervalMs` within the window of the site's own clocks (i2O's
 * nightline: the least mean of four values of 15 min). It is undefined, not zero, where less than `coverage` of the
 * window is known. The limit is the median of the nights before plus the greater of a share of it and a
 * multiple of their spread (median absolute deviation); nights above it never become usual.
 */
import * as z from 'zod'
import type { Interval } from '../model/instant.ts'
import { declareKind } from './bound-rule.ts'
import { windowAfter } from './local-days.ts'
import { DECLARED_METER, HOUR_MS, METER, meterOf, Stand, standAfter } from './register.ts'
import { defineRule, type Step } from './rule.ts'
import { TimeOfDay } from './schedule.ts'

const LEAST_OF_INTERVAL = 0.9
/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const MAD_TO_SIGMA = 1.4826

const NIGHT = {
  window: z
    .strictObject({ from: TimeOfDay, to: TimeOfDay })
    .refine(({ from, to }) => from !== to, 'from and to are the same')
    .default({ from: '02:00', to: '04:00' })
    .meta({ description: 'When nobody should use water, local time; it may cross midnight.' }),
  floorM3h: z.number().nonnegative().default(0.01).meta({
    description:
      'Night use that is nobody’s fault (flushing, cooling, boilers), m³/h: never breached up to it. Default: what a register may step back in an hour.',
  }),
  nights: z
    .int()
    .min(3)
    .max(28)
    .default(14)
    .meta({ description: 'How many usual nights it is held against.' }),
  leastNights: z.int().min(3).default(7).meta({ description: 'Nothing is judged before so many.' }),
  rise: z
    .number()
    .nonnegative()
    .default(0.2)
    .meta({ description: 'Share of the usual night by which one may exceed it.' }),
  spreads: z
    .number()
    .nonnegative()
    .default(3)
    .meta({ description: 'Or so many spreads of the usual nights, where that is more.' }),
  highNights: z
    .int()
    .positive()
    .default(3)
    .meta({ description: 'Breached after so many nights in a row above the limit …' }),
  large: z
    .number()
    .min(1)
    .default(3)
    .meta({ description: '… or at once where a night exceeds the usual by so many times what is allowed.' }),
  coverage: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .meta({ description: 'Share of the window that must be known.' }),
  intervalMs: z
    .int()
    .positive()
    .default(HOUR_MS)
    .meta({ description: 'Stretch whose mean flow counts, less a tenth for drifting clocks.' }),
}

const Options = z.strictObject({ ...METER, ...NIGHT, timeZone: z.string() })
type Options = z.output<typeof Options>

const State = z.strictObject({
  stand: Stand.nullable(),
  /** The window under way or next. */
  night: z.strictObject({ from: z.int(), to: z.int() }),
  knownMs: z.int().nonnegative(),
  leastM3h: z.number().nullable(),
  /** The stretch whose mean is taken next; null outside the window. */
  stretch: z.strictObject({ from: z.int(), usedM3: z.number() }).nullable(),
  /** m³/h of the usual nights, oldest first. */
  usual: z.array(z.number()),
  /** Nights above the limit since the last usual one. */
  high: z.int().nonnegative(),
  breached: z.boolean(),
})
type State = z.output<typeof State>

export const nightFlow = defineRule<Options, State>({
  kind: 'night-flow',
  summary: 'More water runs at night than in the nights before.',
  options: Options,
  state: State,
  codes: ['night-flow-above', 'night-flow-usual'],
  points: ({ point }) => [point],
  start: ({ timeZone, window }, now) => ({
    state: {
      stand: null,
      ...unknown(windowAfter(timeZone, window, now)),
      usual: [],
      high: 0,
      breached: false,
    },
  }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const stand = standAfter(state.stand, moment.reading, options)
    if (!stand || stand === state.stand) return { state }
    if (!state.stand || stand.at === state.stand.at) return { state: { ...state, stand } }
    const from = state.stand.at
    if (stand.at <= state.night.from) return { state: { ...state, stand } }
    const heard = from < state.night.to ? listened(state, from, stand, options) : { ...state, stand }
    if (stand.at < state.night.to) return { state: heard }
    const judged = judge(heard, options)
    const next = unknown(windowAfter(options.timeZone, options.window, stand.at))
    return { ...judged, state: { ...judged.state, ...next } }
  },
})

const unknown = ({ from, to }: Interval) => ({
  night: { from, to },
  knownMs: 0,
  leastM3h: null,
  stretch: null,
})

/** Takes in what ran through from `from` to the stand, part of which lies in the window. */
function listened(state: State, from: number, stand: Stand, options: Options): State {
  const { night } = state
  const { at, usedM3, overMs } = stand
  const longestMs = Math.min(options.heldMs, night.to - night.from)
  const isKnown = usedM3 !== null && (overMs <= longestMs || (usedM3 === 0 && options.point === 'volume'))
  if (!isKnown) return { ...state, stand, stretch: null }
  const knownMs = state.knownMs + Math.min(at, night.to) - Math.max(from, night.from)
  const ran = { from: state.stretch?.from ?? from, usedM3: (state.stretch?.usedM3 ?? 0) + usedM3 }
  if (at - ran.from < LEAST_OF_INTERVAL * options.intervalMs) {
    return { ...state, stand, knownMs, stretch: ran }
  }
  const flowM3h = ran.usedM3 / ((at - ran.from) / HOUR_MS)
  return { ...state, stand, knownMs, leastM3h: Math.min(state.leastM3h ?? flowM3h, flowM3h), stretch: null }
}

function judge(state: State, options: Options): Step<State> {
  const { night, knownMs, leastM3h: flowM3h, usual, breached } = state
  if (flowM3h === null || knownMs < options.coverage * (night.to - night.from)) return { state }
  if (usual.length < options.leastNights) return { state: { ...state, usual: [...usual, flowM3h] } }
  const usualM3h = median(usual)
  const spreadM3h = MAD_TO_SIGMA * median(usual.map((one) => Math.abs(one - usualM3h)))
  const allowedM3h = Math.max(options.rise * usualM3h, options.spreads * spreadM3h)
  const limitM3h = Math.max(options.floorM3h, usualM3h + allowedM3h)
  if (flowM3h <= limitM3h) {
    const fine = { ...state, usual: [...usual, flowM3h].slice(-options.nights), high: 0, breached: false }
    if (!breached) return { state: fine }
    const because = { code: 'night-flow-usual', figures: { flowM3h, limitM3h } }
    return { state: fine, verdict: { breached: false, at: night.to, because } }
  }
  const high = Math.min(state.high + 1, options.highNights)
  const isLarge = flowM3h - usualM3h > options.large * (limitM3h - usualM3h)
  if (breached || (high < options.highNights && !isLarge)) return { state: { ...state, high } }
  const figures = { flowM3h, limitM3h, usualM3h, nights: high }
  const because = { code: 'night-flow-above', figures }
  return { state: { ...state, high, breached: true }, verdict: { breached: true, at: night.to, because } }
}

function median(values: readonly number[]): number {
  const inOrder = values.toSorted((a, b) => a - b)
  const middle = inOrder.length >> 1
  const upper = inOrder[middle] ?? 0
  return inOrder.length % 2 === 1 ? upper : (upper + (inOrder[middle - 1] ?? 0)) / 2
}

export const nightFlowKind = declareKind(nightFlow, {
  families: ['water-meter'],
  declared: z
    .strictObject({ ...DECLARED_METER, ...NIGHT })
    .refine(({ leastNights, nights }) => leastNights <= nights, {
      error: 'leastNights must not exceed nights',
      path: ['leastNights'],
    }),
  options: (declared, candidate) => ({
    ...declared,
    ...meterOf(declared, candidate),
    timeZone: candidate.site.timeZone,
  }),
})
