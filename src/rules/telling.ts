/**
 * From what a kind says to what is told of it: `confirm` counts its judgements, the schedule lets them
 * through, and the delays run on what is left. A delay whose values turn bad or old starts anew with the next
 * good one.
 */
import type { Because } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import type { Conditions } from './conditions.ts'
import { type ConditionedState, type Frame, isSame, nextWake } from './frame.ts'
import type { Step } from './rule.ts'
import { JUDGED_ANEW } from './rule-run.ts'
import { activityAt } from './schedule.ts'

/** What a running breach ends with where its schedule does. */
export const OUT_OF_SCHEDULE = { code: 'out-of-schedule', figures: {} } as const

/** What the kind was shown when it said so. */
export type Shown = {
  readonly at: Instant
  readonly mark: 'good' | 'bad' | 'absent'
  /** Of a kind that judges values, which could turn bad or old. */
  readonly hasValues: boolean
  readonly isWakeUp: boolean
}

type Told = Pick<Frame, 'told' | 'turn'> & { readonly tells?: Step<unknown>['verdict'] }

/** The state after the kind's own step, and what is told. */
export function toldOf<State>(
  state: ConditionedState<State>,
  took: Step<State>,
  shown: Shown,
  conditions: Conditions<unknown>,
): Step<ConditionedState<State>> {
  const { state: own, wakeAt, verdict } = took
  const { confirm, when } = conditions
  const { at } = shown
  const active = when === undefined || activityAt(when, at).active
  const breached = verdict?.breached ?? state.said.breached
  const raised = verdict?.breached ? verdict.because : state.said.raised
  const cleared = verdict && !verdict.breached ? verdict.because : state.said.cleared
  const judged = confirm && active ? counted(state.judged, breached, shown.mark, verdict, confirm.of) : ''
  const holds = (confirm ? ones(judged) >= confirm.times : breached) && active

  const { told, turn, tells } = telling(state, took, { holds, active, raised, cleared }, shown, conditions)
  const mayBeToldAgain = told ? when !== undefined : turn !== null || breached || judged !== ''
  const said = { breached, raised: mayBeToldAgain ? raised : null, cleared: told ? cleared : null }
  const next = { ...state, own, wakeAt: wakeAt ?? null, said, told, turn, judged }
  const wake = nextWake(next, at, conditions)
  return {
    state: isSame(state, next) ? state : next,
    ...(wake !== undefined && { wakeAt: wake }),
    ...(tells && { verdict: tells }),
  }
}

type Holding = Pick<Frame['said'], 'raised' | 'cleared'> & {
  /** After `confirm` and the schedule. */
  readonly holds: boolean
  /** By the schedule. */
  readonly active: boolean
}

function telling(
  { told, turn, said }: Frame,
  { wakeAt, verdict }: Step<unknown>,
  holding: Holding,
  shown: Shown,
  conditions: Conditions<unknown>,
): Told {
  const { at, isWakeUp } = shown
  const mark = shown.hasValues ? shown.mark : 'absent'
  // The kind has more to say at this very instant, and a delay that ends now ends after all of its readings.
  const isOpen = !isWakeUp && !verdict && wakeAt !== undefined && wakeAt <= at
  if (isOpen) return { told, turn: turn && turned(turn, at, at, mark) }
  if (told && !holding.active) {
    return { told: false, turn: null, tells: { breached: false, because: OUT_OF_SCHEDULE } }
  }
  if (holding.holds !== told) {
    return delayed(told, turned(turn, verdict?.at ?? at, at, mark), holding, shown, conditions)
  }
  const isSaidAgain = verdict !== undefined && verdict.breached === told && said.breached === told
  return isSaidAgain ? { told, turn: null, tells: verdict } : { told, turn: null }
}

/** It is told once the contrary of what was told has held for its delay, by values that were not too old then. */
function delayed(
  told: boolean,
  turn: NonNullable<Frame['turn']>,
  { holds, raised, cleared }: Holding,
  { at, hasValues, isWakeUp }: Shown,
  { onDelayMs = 0, offDelayMs = 0, heldMs }: Conditions<unknown>,
): Told {
  if (turn.since === null) return { told, turn }
  const delayMs = holds ? onDelayMs : offDelayMs
  const due = turn.since + delayMs
  const isDue = delayMs === 0 || due < at || (isWakeUp && due === at)
  if (!isDue) return { told, turn }
  const isTooOld = delayMs > 0 && hasValues && heldMs !== undefined && due - turn.goodAt > heldMs
  if (isTooOld) return { told, turn: { ...turn, since: null } }
  const because: Because = (holds ? raised : cleared) ?? JUDGED_ANEW
  const tells = due === at ? { breached: holds, because } : { breached: holds, because, at: due }
  return { told: holds, turn: null, tells }
}

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
