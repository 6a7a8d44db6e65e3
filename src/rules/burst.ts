/**
 * burst: far more water runs than ever at this hour of the day, for longer than anybody fills anything.
 *
 * The usual of an hour is the greatest flow seen in it and in the hours beside it (irrigation starts late, clocks change), and
 * fades by half in 28 days: four weeks of one hour hold so few values that their 99.5th percentile is the greatest.
 * Not by the day of the week: a working Saturday would be a burst. What ran while it was breached is never usual.
 * Where the meter reports pressure, it must have dropped as well: a hydrant that is used on purpose drops it, a tank filled
 * through a valve hardly does.
 */
import * as z from 'zod'
import { believed } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { localDay, localHour } from './local-days.ts'
import { DAY_MS, DECLARED_METER, HOUR_MS, METER, meterOf, Stand, standAfter } from './register.ts'
import { defineRule } from './rule.ts'

const LEAST_OF_INTERVAL = 0.9
/** Half in 28 days. */
const FADES_IN_A_DAY = 0.5 ** (1 / 28)

const BURST = {
  times: z
    .number()
    .positive()
    .default(2)
    .meta({ description: 'It bursts above so many times the usual of the hour …' }),
  floorM3h: z
    .number()
    .nonnegative()
    .default(1)
    .meta({ description: '… and never up to this, m³/h; raise it with the size of the meter.' }),
  forMs: z
    .int()
    .nonnegative()
    .default(HOUR_MS / 2)
    .meta({ description: 'For so long, so two intervals of 15 min, or one of an hour.' }),
  intervalMs: z
    .int()
    .positive()
    .default(HOUR_MS / 4)
    .meta({
      description: 'Stretch of the register that is judged as one, less a tenth for drifting clocks.',
    }),
  learnMs: z
    .int()
    .nonnegative()
    .default(14 * DAY_MS)
    .meta({ description: 'Nothing is judged before the usual was learnt for so long.' }),
  pressureDropMPa: z.number().nonnegative().default(0.05).meta({
    description: 'By how much the pressure must have dropped, where the meter reports it; 0 asks for none.',
  }),
}

const Options = z.strictObject({ ...METER, ...BURST, timeZone: z.string() })
type Options = z.output<typeof Options>

const State = z.strictObject({
  stand: Stand.nullable(),
  /** Where the stretch under way began, and what has run since. */
  from: z.int(),
  usedM3: z.number().nonnegative(),
  learningSince: z.int().nullable(),
  /** The usual of each local hour, m³/h, faded up to the day that begins at `fadedTo`. */
  usual: z.array(z.number()).length(24),
  fadedTo: z.int(),
  /** Before the flow rose. */
  pressureMPa: z.number().nullable(),
  above: z.int().nullable(),
  breached: z.boolean(),
})
type State = z.output<typeof State>

export const burst = defineRule<Options, State>({
  kind: 'burst',
  summary: 'Far more water runs than ever at this hour.',
  options: Options,
  state: State,
  codes: ['flow-far-above', 'flow-usual'],
  points: ({ point }) => [point],
  start: () => ({
    state: {
      stand: null,
      from: 0,
      usedM3: 0,
      learningSince: null,
      usual: Array.from({ length: 24 }, () => 0),
      fadedTo: 0,
      pressureMPa: null,
      above: null,
      breached: false,
    },
  }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const { stand: before } = state
    const stand = standAfter(before, moment.reading, options)
    if (!stand || stand === before) return { state }
    if (stand.at === before?.at) return { state: { ...state, stand } }
    const { at, usedM3, overMs } = stand
    if (usedM3 === null || overMs > options.heldMs) {
      const learningSince = state.learningSince ?? at
      return { state: { ...state, stand, from: at, usedM3: 0, learningSince, above: null } }
    }
    const ranM3 = state.usedM3 + usedM3
    if (at - state.from < LEAST_OF_INTERVAL * options.intervalMs) {
      return { state: { ...state, stand, usedM3: ranM3 } }
    }
    const flowM3h = ranM3 / ((at - state.from) / HOUR_MS)
    const pressure = believed(moment.reading, 'pressure')
    return judge({ ...state, stand, from: at, usedM3: 0 }, state.from, flowM3h, pressure, options)
  },
})

function judge(
  state: State,
  from: number,
  flowM3h: number,
  pressure: ReturnType<typeof believed>,
  options: Options,
) {
  const { usual, breached, learningSince } = state
  const at = state.from
  const hour = localHour(options.timeZone, from)
  const usualM3h = Math.max(usual[hour] ?? 0, usual[(hour + 23) % 24] ?? 0, usual[(hour + 1) % 24] ?? 0)
  const limitM3h = Math.max(options.floorM3h, options.times * usualM3h)
  const isLearning = learningSince === null || at - learningSince < options.learnMs
  if (isLearning || flowM3h <= limitM3h) {
    const next = { ...learnt(state, at, hour, flowM3h, options), above: null, breached: false }
    if (typeof pressure === 'number') next.pressureMPa = pressure
    if (!breached) return { state: next }
    const because = { code: 'flow-usual', figures: { flowM3h, limitM3h } }
    return { state: next, verdict: { breached: false, because } }
  }
  const above = state.above ?? from
  const isLong = at - above >= LEAST_OF_INTERVAL * options.forMs
  const droppedMPa =
    typeof pressure === 'number' && state.pressureMPa !== null ? state.pressureMPa - pressure : undefined
  const isDropped = droppedMPa === undefined || droppedMPa >= options.pressureDropMPa
  if (breached || !isLong || !isDropped) return { state: { ...state, above } }
  const figures = {
    flowM3h,
    limitM3h,
    usualM3h,
    forMs: at - above,
    ...(droppedMPa !== undefined && { droppedMPa }),
  }
  const because = { code: 'flow-far-above', figures }
  return { state: { ...state, above, breached: true }, verdict: { breached: true, because } }
}

/** The same arrays where nothing was learnt. */
function learnt(state: State, at: number, hour: number, flowM3h: number, { timeZone }: Options): State {
  const today = localDay(timeZone, at).from
  const days = state.fadedTo === 0 ? 0 : Math.round((today - state.fadedTo) / DAY_MS)
  let { usual } = state
  if (days > 0) usual = usual.map((one) => rounded(one * FADES_IN_A_DAY ** days))
  if (flowM3h > (usual[hour] ?? 0)) usual = usual.with(hour, rounded(flowM3h))
  return { ...state, usual, fadedTo: days > 0 || state.fadedTo === 0 ? today : state.fadedTo }
}

/** To a litre an hour: what is kept for a hundred thousand meters should be short. */
const rounded = (m3h: number) => Math.round(m3h * 1_000) / 1_000

export const burstKind = declareKind(burst, {
  families: ['water-meter'],
  declared: z.strictObject({ ...DECLARED_METER, ...BURST }),
  options: (declared, candidate) => ({
    ...declared,
    ...meterOf(declared, candidate),
    timeZone: candidate.site.timeZone,
  }),
})
