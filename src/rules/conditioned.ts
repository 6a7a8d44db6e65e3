/**
 * The common options at work: wraps a kind, so that what it says is confirmed, delayed and bound to a schedule before
 * anyone hears of it, and what it hears is judged by quality and change. The kind knows nothing of it.
 *
 * In this order: quality and rate prepare the reading; the kind judges; `confirm` counts judgements; the schedule
 * lets through; the delays run on what is left. A delay whose values turn bad or old starts anew with the next good one.
 */
import * as z from 'zod'
import type { Because } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import { type Conditions, conditionsSchema } from './conditions.ts'
import { Basis, markOf, prepared, rawPoints } from './prepared.ts'
import type { Moment, RuleKind, Step } from './rule.ts'
import { JUDGED_ANEW } from './rule-run.ts'
import { activityAt } from './schedule.ts'

/** What a running breach ends with where its schedule does. */
export const OUT_OF_SCHEDULE = { code: 'out-of-schedule', figures: {} } as const

/** The options of the kind, and beside them what is asked of every kind. */
export type Conditioned<Options> = Options & { readonly conditions: Conditions<Options> }

const Why = z.strictObject({
  code: z.string(),
  figures: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
})

const Frame = z.strictObject({
  /** When the kind itself wants to be woken. */
  wakeAt: z.number().nullable(),
  /** What the kind said last, and why; kept as long as it may have to be told. */
  said: z.strictObject({ breached: z.boolean(), raised: Why.nullable(), cleared: Why.nullable() }),
  /** What has been told of it: breached or not. */
  told: z.boolean(),
  /** The contrary of what was told holds since then (null: a good value must come first), last shown by a good value at `goodAt`. */
  turn: z.strictObject({ since: z.number().nullable(), goodAt: z.number() }).nullable(),
  /** The last judgements, 1 for a breach, the newest last. */
  judged: z.string().regex(/^[01]*$/),
  basis: Basis,
})

type Frame = z.output<typeof Frame>

export type ConditionedState<State> = Frame & { readonly own: State }

const FRESH: Frame = {
  wakeAt: null,
  said: { breached: false, raised: null, cleared: null },
  told: false,
  turn: null,
  judged: '',
  basis: {},
}

/** Made once: a schema is compiled when it first reads, and a start reads a state of each subject. */
const Framed = Frame.extend({ own: z.unknown() })

/** The frame of a stored state; undefined for a bare kind's. */
export const framed = (state: unknown): (Frame & { readonly own: unknown }) | undefined =>
  Framed.safeParse(state).data

/** From the state of the bare kind, when such options are added to a rule that runs; null where it must start anew. */
export function adopted<State>(
  own: State,
  breached: boolean,
  wakeAt: Instant | undefined,
  { when, confirm }: Pick<Conditions<unknown>, 'confirm'> & { readonly when?: unknown },
): ConditionedState<State> | null {
  if (breached && when) return null // it may have to be told again, and why is not known
  const judged = breached && confirm ? '1'.repeat(confirm.times) : ''
  return { ...FRESH, own, wakeAt: wakeAt ?? null, said: { ...FRESH.said, breached }, told: breached, judged }
}

export function conditioned<Options, State>(
  rule: RuleKind<Options, State>,
): RuleKind<Conditioned<Options>, ConditionedState<State>> {
  const { kind, summary, codes, countsHearing, hearsSetBack, afterGap, goesBy } = rule

  const optionsAt = (options: Conditioned<Options>, at: Instant): Options =>
    options.conditions.optionsWhen?.find(({ when }) => activityAt(when, at).active)?.options ?? options

  /** Everything but the kind's own step: from what it says to what is told. */
  function settle(
    state: ConditionedState<State>,
    { state: own, wakeAt, verdict }: Step<State>,
    at: Instant,
    mark: 'good' | 'bad' | 'absent',
    { conditions }: Conditioned<Options>,
    { hasValues, isWakeUp }: { readonly hasValues: boolean; readonly isWakeUp: boolean },
  ): Step<ConditionedState<State>> {
    const { onDelayMs = 0, offDelayMs = 0, confirm, heldMs, when } = conditions
    const active = when === undefined || activityAt(when, at).active
    const wasBreached = state.said.breached
    const breached = verdict?.breached ?? wasBreached
    let raised = verdict?.breached ? verdict.because : state.said.raised
    let cleared = verdict && !verdict.breached ? verdict.because : state.said.cleared
    const judged = confirm && active ? counted(state.judged, breached, mark, verdict, confirm.of) : ''
    const holds = (confirm ? ones(judged) >= confirm.times : breached) && active

    let { told, turn } = state
    let tells: Step<State>['verdict']
    // The kind has more to say at this very instant, and a delay that ends now ends after all of its readings.
    const isOpen = !isWakeUp && !verdict && wakeAt !== undefined && wakeAt <= at
    if (isOpen) {
      if (turn) turn = turned(turn, at, at, hasValues ? mark : 'absent')
    } else if (told && !active) {
      told = false
      turn = null
      tells = { breached: false, because: OUT_OF_SCHEDULE }
    } else if (holds === told) {
      turn = null
      if (verdict && verdict.breached === told && wasBreached === told) tells = verdict
    } else {
      turn = turned(state.turn, verdict?.at ?? at, at, hasValues ? mark : 'absent')
      const delayMs = holds ? onDelayMs : offDelayMs
      const due = turn.since === null ? undefined : turn.since + delayMs
      if (due !== undefined && (delayMs === 0 || due < at || (isWakeUp && due === at))) {
        if (delayMs > 0 && hasValues && heldMs !== undefined && due - turn.goodAt > heldMs) {
          turn = { ...turn, since: null }
        } else {
          const because: Because = (holds ? raised : cleared) ?? JUDGED_ANEW
          tells = due === at ? { breached: holds, because } : { breached: holds, because, at: due }
          told = holds
          turn = null
        }
      }
    }
    if (told && !when) raised = null // a schedule may end the breach and begin it again
    if (!told) cleared = null
    if (!told && !turn && !breached && judged === '') raised = null

    const next = {
      ...state,
      own,
      wakeAt: wakeAt ?? null,
      said: { breached, raised, cleared },
      told,
      turn,
      judged,
    }
    const wake = nextWake(next, at, conditions)
    return {
      state: isSame(state, next) ? state : next,
      ...(wake !== undefined && { wakeAt: wake }),
      ...(tells && { verdict: tells }),
    }
  }

  /** Whether a wake-up is the kind's own, or one that looks at changed options; else it is a delay's or a schedule's. */
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
      const { state, wakeAt } = settle(begun, own, now, 'absent', options, {
        hasValues: false,
        isWakeUp: false,
      })
      return wakeAt === undefined ? { state } : { state, wakeAt }
    },
    step(state, moment, options) {
      const { conditions } = options
      if ('wokenAt' in moment) {
        const at = moment.wokenAt
        const took = isForKind(state, at, options)
          ? rule.step(state.own, moment, optionsAt(options, at))
          : stayed(state)
        return settle(state, took, at, 'absent', options, {
          hasValues: hasValues(optionsAt(options, at)),
          isWakeUp: true,
        })
      }
      const { at: measuredAt, receivedAt } = moment.reading
      // A clock that was set back does not set a schedule or a delay back.
      const at = hearsSetBack ? receivedAt : Math.min(measuredAt, receivedAt)
      const settings = optionsAt(options, at)
      const { reading, basis } = prepared(moment.reading, state.basis, conditions)
      const took = rule.step(state.own, { reading } satisfies Moment, settings)
      const before = basis === state.basis ? state : { ...state, basis }
      const mark = markOf(reading, rule.points(settings))
      const told = settle(before, took, at, mark, options, {
        hasValues: hasValues(settings),
        isWakeUp: false,
      })
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

/** The first instant at which the kind, a delay or a schedule has something to say. */
function nextWake(
  { wakeAt, turn, told, said }: Frame,
  at: Instant,
  { onDelayMs = 0, offDelayMs = 0, when, optionsWhen = [] }: Conditions<unknown>,
): Instant | undefined {
  const since = turn?.since ?? null
  const wakes = [
    wakeAt ?? undefined,
    since === null ? undefined : since + (told ? offDelayMs : onDelayMs),
    when && (told || said.breached) ? activityAt(when, at).to : undefined,
    ...optionsWhen.map((entry) => activityAt(entry.when, at).to),
  ].filter((wake) => wake !== undefined)
  return wakes.length > 0 ? Math.min(...wakes) : undefined
}

const stayed = <State>({ own, wakeAt }: ConditionedState<State>): Step<State> =>
  wakeAt === null ? { state: own } : { state: own, wakeAt }

const ones = (judged: string) => judged.replaceAll('0', '').length

/** A reading is a judgement; what the kind says between two readings corrects the last one. */
function counted(
  judged: string,
  breached: boolean,
  mark: 'good' | 'bad' | 'absent',
  verdict: unknown,
  of: number,
): string {
  const bit = breached ? '1' : '0'
  if (mark === 'good') return (judged + bit).slice(-of)
  return verdict === undefined ? judged : judged.slice(0, -1) + bit
}

function turned(
  turn: Frame['turn'],
  since: Instant,
  at: Instant,
  mark: 'good' | 'bad' | 'absent',
): NonNullable<Frame['turn']> {
  if (turn === null) return { since, goodAt: at }
  if (mark === 'bad') return turn.since === null ? turn : { ...turn, since: null }
  return mark === 'absent' ? turn : { since: turn.since ?? at, goodAt: at }
}

function isSame<State>(a: ConditionedState<State>, b: ConditionedState<State>): boolean {
  return (
    a.own === b.own &&
    a.wakeAt === b.wakeAt &&
    a.told === b.told &&
    a.judged === b.judged &&
    a.basis === b.basis &&
    a.turn?.since === b.turn?.since &&
    a.turn?.goodAt === b.turn?.goodAt &&
    a.said.breached === b.said.breached &&
    a.said.raised === b.said.raised &&
    a.said.cleared === b.said.cleared
  )
}

function optionsSchema<Options>(own: z.ZodType<Options>): z.ZodType<Conditioned<Options>> {
  return z
    .looseObject({ conditions: conditionsSchema(own) })
    .transform(({ conditions, ...rest }) => ({ ...own.parse(rest), conditions }) as Conditioned<Options>)
}
