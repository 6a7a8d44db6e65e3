/**
 * burst: far more water runs than ever at this hour of such a day, for longer than anybody fills anything.
 *
 * The usual of an hour (`usual-flow.ts`) is the greatest flow seen in it and in the hours beside it, and
 * never what ran while the rule was breached. Where the meter reports pressure, it must have dropped as well:
 * a hydrant that is used on purpose drops it, a tank filled through a valve hardly does.
 */
import * as z from 'zod'
import { believed } from '../model/reading.ts'
import { declareKind } from './bound-rule.ts'
import { DAY_MS, DECLARED_METER, HOUR_MS, METER, meterOf, Stand, standAfter } from './register.ts'
import { defineRule } from './rule.ts'
import { ScheduleShape } from './schedule.ts'
import { learnt, nothingUsual, USUAL_BY, UsualFlow, usualAt, workingDaysOf } from './usual-flow.ts'

const LEAST_OF_INTERVAL = 0.9

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
  usualBy: z.enum(USUAL_BY).default('working-day').meta({
    description:
      "What days are like: `working-day`: working days, make-up days among them, beside days of rest and holidays, by the calendar of the meter's institution, else the site's first, else Monday to Friday; `weekday`: each of the seven by itself; `hour`: all the same.",
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

const Options = z.strictObject({
  ...METER,
  ...BURST,
  usualBy: z.enum(USUAL_BY).default('hour'),
  /** Absent where all days are alike. */
  workingDays: ScheduleShape.optional(),
  timeZone: z.string(),
})
type Options = z.output<typeof Options>

const State = z.strictObject({
  stand: Stand.nullable(),
  /** Where the stretch under way began, and what has run since. */
  from: z.int(),
  usedM3: z.number().nonnegative(),
  learningSince: z.int().nullable(),
  ...UsualFlow.shape,
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
  start: (options) => ({
    state: {
      stand: null,
      from: 0,
      usedM3: 0,
      learningSince: null,
      ...nothingUsual(options),
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
  const { breached, learningSince } = state
  const at = state.from
  const usualM3h = usualAt(state, from, options)
  const limitM3h = Math.max(options.floorM3h, options.times * usualM3h)
  const isLearning = learningSince === null || at - learningSince < options.learnMs
  if (isLearning || flowM3h <= limitM3h) {
    const next = { ...state, ...learnt(state, from, flowM3h, options), above: null, breached: false }
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

export const burstKind = declareKind(burst, {
  families: ['water-meter'],
  declared: z.strictObject({ ...DECLARED_METER, ...BURST }),
  options: (declared, candidate) => ({
    ...declared,
    ...meterOf(declared, candidate),
    ...(declared.usualBy !== 'hour' && { workingDays: workingDaysOf(candidate) }),
    timeZone: candidate.site.timeZone,
  }),
})
