/**
 * The common options at work: wraps a kind, so that what it says is confirmed, delayed and bound to a
 * schedule before anyone hears of it, and what it hears is judged by quality and change. The kind knows
 * nothing of it.
 *
 * In this order: quality and rate prepare the reading (`prepared.ts`); the kind judges; `telling.ts` says
 * what is told of it.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'
import { type Conditions, conditionsSchema } from './conditions.ts'
import { type ConditionedState, FRESH, Frame, nextWake } from './frame.ts'
import { markOf, prepared, rawPoints } from './prepared.ts'
import type { Moment, RuleKind, Step } from './rule.ts'
import { activityAt } from './schedule.ts'
import { OUT_OF_SCHEDULE, toldOf } from './telling.ts'

/** The options of the kind, and beside them what is asked of every kind. */
export type Conditioned<Options> = Options & { readonly conditions: Conditions<Options> }

export function conditioned<Options, State>(
  rule: RuleKind<Options, State>,
): RuleKind<Conditioned<Options>, ConditionedState<State>> {
  const { kind, summary, codes, countsHearing, hearsSetBack, afterGap, goesBy } = rule

  const optionsAt = (options: Conditioned<Options>, at: Instant): Options =>
    options.conditions.optionsWhen?.find(({ when }) => activityAt(when, at).active)?.options ?? options

  /**
   * Whether a wake-up is the kind's own, or one that looks at changed options; else it is a delay's or a
   * schedule's.
   */
  function isForKind(
    state: ConditionedState<State>,
    at: Instant,
    { conditions }: Conditioned<Options>,
  ): boolean {
    if (state.wakeAt !== null && state.wakeAt <= at) return true
    const begins = (entry: Parameters<typeof activityAt>[0]) => activityAt(entry, at).from === at
    if (conditions.optionsWhen?.some((entry) => begins(entry.when))) return true
    const { onDelayMs = 0, offDelayMs = 0, when } = conditions
    const since = state.turn?.since ?? null
    const isDelayDue = since !== null && since + (state.told ? offDelayMs : onDelayMs) <= at
    return !isDelayDue && !(when && begins(when))
  }

  return {
    kind,
    summary,
    codes: [...codes, OUT_OF_SCHEDULE.code],
    ...(countsHearing && { countsHearing }),
    ...(hearsSetBack && { hearsSetBack }),
    ...(goesBy && { goesBy: ({ own }: ConditionedState<State>) => goesBy(own) }),
    options: optionsSchema(rule.options),
    state: Frame.extend({ own: rule.state }) as unknown as z.ZodType<ConditionedState<State>>,
    points(options) {
      const { optionsWhen = [] } = options.conditions
      const all = [options, ...optionsWhen.map((entry) => entry.options)].flatMap((each) => rule.points(each))
      return rawPoints([...new Set(all)], options.conditions)
    },
    start(options, now) {
      const own = rule.start(optionsAt(options, now), now)
      const begun = { ...FRESH, own: own.state }
      const shown = { at: now, mark: 'absent', hasValues: false, isWakeUp: false } as const
      const { state, wakeAt } = toldOf(begun, own, shown, options.conditions)
      return wakeAt === undefined ? { state } : { state, wakeAt }
    },
    step(state, moment, options) {
      const { conditions } = options
      if ('wokenAt' in moment) {
        const at = moment.wokenAt
        const took = isForKind(state, at, options)
          ? rule.step(state.own, moment, optionsAt(options, at))
          : stayed(state)
        const judges = hasValues(optionsAt(options, at))
        return toldOf(state, took, { at, mark: 'absent', hasValues: judges, isWakeUp: true }, conditions)
      }
      const { at: measuredAt, receivedAt } = moment.reading
      // A clock that was set back does not set a schedule or a delay back.
      const at = hearsSetBack ? receivedAt : Math.min(measuredAt, receivedAt)
      const settings = optionsAt(options, at)
      const { reading, basis } = prepared(moment.reading, state.basis, conditions)
      const took = rule.step(state.own, { reading } satisfies Moment, settings)
      const before = basis === state.basis ? state : { ...state, basis }
      const mark = markOf(reading, rule.points(settings))
      const shown = { at, mark, hasValues: hasValues(settings), isWakeUp: false }
      const told = toldOf(before, took, shown, conditions)
      return hearsSetBack && told.verdict ? { ...told, verdict: { at, ...told.verdict } } : told
    },
    ...(afterGap && {
      afterGap(
        state: ConditionedState<State>,
        gap: { from: Instant; to: Instant },
        options: Conditioned<Options>,
      ) {
        const { state: own, wakeAt } = afterGap(state.own, gap, optionsAt(options, gap.to))
        // What counts silence leaves the absence out, and so does a delay upon it.
        const since = state.turn?.since ?? null
        const turn =
          state.turn && since !== null
            ? { ...state.turn, since: since + Math.max(0, gap.to - Math.max(gap.from, since)) }
            : state.turn
        const next = { ...state, own, wakeAt: wakeAt ?? null, turn }
        const wake = nextWake(next, gap.to, options.conditions)
        return wake === undefined ? { state: next } : { state: next, wakeAt: wake }
      },
    }),
  }

  /** Who judges no values, or waits to hear, has none that could turn bad or old. */
  function hasValues(options: Options): boolean {
    return !countsHearing && rule.points(options).length > 0
  }
}

const stayed = <State>({ own, wakeAt }: ConditionedState<State>): Step<State> =>
  wakeAt === null ? { state: own } : { state: own, wakeAt }

function optionsSchema<Options>(own: z.ZodType<Options>): z.ZodType<Conditioned<Options>> {
  return z
    .looseObject({ conditions: conditionsSchema(own) })
    .transform(({ conditions, ...rest }) => ({ ...own.parse(rest), conditions }) as Conditioned<Options>)
}
