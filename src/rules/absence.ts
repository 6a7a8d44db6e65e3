/**
 * absence: something that should be said is not, for `forMs` or by a time of day. It clears when it is said.
 *
 * It counts by when it was measured: a device that uploads its day at midnight is waited for as long as its last upload
 * took. Time in which the gateway could not hear is left out, and a daily stretch that lies wholly in it is not judged.
 */
import * as z from 'zod'
import { FAMILIES } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'
import { localMinute } from '../model/patrol-plan.ts'
import { declareKind } from './bound-rule.ts'
import { CalendarName, DAYS_MEANT, Days, dailyStretch, daysOf, EVERY_DAY, TimeOfDay } from './daily-times.ts'
import { defineRule, type Step } from './rule.ts'
import { ScheduleShape } from './schedule.ts'
import { checkMatch, fitsProfile, matches, matchFigures, VALUE_MATCH } from './value-match.ts'

const WAIT = {
  ...VALUE_MATCH,
  forMs: z.int().positive().optional().meta({
    description: 'How long it may stay away. This or `by`.',
  }),
  by: TimeOfDay.optional().meta({
    description: "By when it must have been said, in the site's time zone.",
  }),
  from: TimeOfDay.default('00:00').meta({
    description: 'From when on it counts; not before `by`: of the day before.',
  }),
  graceMs: z.int().nonnegative().default(120_000).meta({
    description: 'After an absence of the gateway over that time it is judged this much later.',
  }),
}

const DAYS = {
  days: Days.default(EVERY_DAY).meta({ description: `Days on which \`by\` is judged: ${DAYS_MEANT}` }),
  calendar: CalendarName,
}

const checkWait = (
  options: { forMs?: number | undefined; by?: string | undefined },
  context: z.core.$RefinementCtx,
) => {
  if ((options.forMs === undefined) === (options.by === undefined)) {
    const message = 'give `forMs` or `by`'
    context.issues.push({ code: 'custom', path: ['forMs'], message, input: undefined })
  }
}

const Declared = z.strictObject({ ...WAIT, ...DAYS }).superRefine((options, context) => {
  checkMatch(options, context)
  checkWait(options, context)
})

const Options = z.strictObject({ ...WAIT, days: ScheduleShape })
type Options = z.output<typeof Options>

const State = z.strictObject({
  /** Said since then it is in time; of a wait without days, when it was said last. */
  from: z.int(),
  dueAt: z.int(),
  /** Judged not before, after an absence of the gateway. */
  notBefore: z.int(),
  said: z.boolean(),
  missing: z.boolean(),
})
type State = z.output<typeof State>

/** What is waited for next, from that instant on. */
function next(options: Options, at: Instant, missing: boolean): State {
  const { forMs, by } = options
  const stretch =
    by === undefined || forMs !== undefined
      ? { from: at, to: at + (forMs ?? 0) }
      : dailyStretch(options.from, by, options.days, at)
  return { from: stretch.from, dueAt: stretch.to, notBefore: 0, said: false, missing }
}

const settled = (state: State) => ({ state, wakeAt: Math.max(state.dueAt, state.notBefore) })

/** Of a wait without days nothing is due before it was said again. */
const rests = (state: State, { forMs }: Options): Pick<Step<State>, 'state' | 'wakeAt'> =>
  forMs !== undefined && state.missing ? { state } : settled(state)

/** When it is judged, by the options of now: they may have changed since the state was made. */
const dueOf = ({ from, dueAt, notBefore }: State, { forMs }: Options): Instant =>
  Math.max(forMs === undefined ? dueAt : from + forMs, notBefore)

function missed(state: State, at: Instant, options: Options): Step<State> {
  const { forMs, days } = options
  const waited =
    forMs === undefined
      ? { code: 'not-said-by', figures: { by: localMinute(days.timeZone, state.dueAt) } }
      : { code: 'not-said-for', figures: { forMs: at - state.from } }
  const because = { code: waited.code, figures: { ...matchFigures(options), ...waited.figures } }
  const after = forMs === undefined ? next(options, at, true) : { ...state, missing: true }
  return { ...rests(after, options), verdict: { breached: true, because } }
}

export const absence = defineRule<Options, State>({
  kind: 'absence',
  summary: 'Something that should be said is not.',
  options: Options,
  state: State,
  codes: ['not-said-for', 'not-said-by', 'said-again'],
  points: ({ point }) => [point],
  start(options, now) {
    const first = next(options, now, false)
    // What was said before anyone listened is not known, so a stretch that has begun is not judged.
    return settled(first.from < now ? next(options, first.dueAt, false) : first)
  },
  step(state, moment, options) {
    if ('wokenAt' in moment) {
      const at = moment.wokenAt
      if (options.forMs !== undefined) {
        if (state.missing) return { state }
        const dueAt = dueOf(state, options)
        return at < dueAt ? settled({ ...state, dueAt }) : missed(state, at, options)
      }
      if (at < dueOf(state, options)) {
        // Woken early, after the options changed: the stretch may be another.
        const due = next(options, at, state.missing)
        return settled({ ...due, said: state.said && due.from <= state.from })
      }
      return state.said || state.missing
        ? settled(next(options, at, state.missing))
        : missed(state, at, options)
    }
    const { at } = moment.reading
    if (matches(moment.reading, options) !== true) return rests(state, options)
    if (options.forMs === undefined && !state.missing && (state.said || at < state.from))
      return settled(state)
    const heard =
      options.forMs === undefined
        ? { ...state, said: state.said || at >= state.from, missing: false }
        : next(options, at, false)
    if (!state.missing) return settled(heard)
    const because = { code: 'said-again', figures: { point: options.point } }
    return { ...settled(heard), verdict: { breached: false, because } }
  },
  afterGap(state, { from, to }, options) {
    if (options.forMs !== undefined) {
      const unheardMs = Math.max(0, to - Math.max(from, state.from))
      return rests({ ...state, from: state.from + unheardMs, dueAt: state.dueAt + unheardMs }, options)
    }
    const isWhole = from <= state.from && state.dueAt <= to
    const after = isWhole ? next(options, to, state.missing) : state
    const touches = from < after.dueAt && to > after.from
    return settled(touches ? { ...after, notBefore: to + options.graceMs } : after)
  },
})

export const absenceKind = declareKind(absence, {
  families: FAMILIES,
  declared: Declared,
  options({ days, calendar, ...declared }, candidate) {
    fitsProfile(declared, candidate.profile)
    return { ...declared, days: daysOf({ days, calendar }, candidate) }
  },
})
