/**
 * A rule kind: from what a subject says, and from its silence, to verdicts.
 *
 * A rule is a pure step from state to state in event time. The same commits in the
 * same order give the same verdicts live, after a restart and in a back-test. It
 * knows nothing of alarms, people or work orders: those are decided downstream.
 */
import type * as z from 'zod'
import type { Because, SubjectId } from '../model/alarm.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'

/** From these alone the same step gives the same verdict again: what an alarm keeps as its evidence. */
export type Grounds = {
  /** The subject's state before the deciding step: the rule's own plain data, which nobody changes afterwards. */
  readonly before: unknown
  /** What decided: the reading, or the instant that was waited for. */
  readonly moment: Moment
}

export type Verdict = {
  readonly subject: SubjectId
  readonly at: Instant
  readonly breached: boolean
  readonly because: Because
  /** Of a breach, always; a clear has none. */
  readonly grounds?: Grounds
}

/**
 * What a rule sees: a reading, or the instant that it asked to be woken at. A wake-up may also come
 * sooner than asked for, once after the rule's options changed, so that a rule judges by them at once.
 */
export type Moment = { readonly reading: Reading } | { readonly wokenAt: Instant }

export type Step<State> = {
  readonly state: State
  /** It holds from the moment's own instant, unless the rule names another in `at`. */
  readonly verdict?: Pick<Verdict, 'breached' | 'because'> & { readonly at?: Instant }
  /** Wake the subject at that instant unless a later step says otherwise; from a wake-up, always a later one. */
  readonly wakeAt?: Instant
}

/**
 * A state as a row of numbers: nothing that the garbage collector would copy until it is old. Only for what a
 * whole site's meters are under, and worth its lines only where a reading hardly ever leaves the state as it
 * was.
 */
export type Packing<State> = {
  /** Numbers that a state takes. */
  readonly width: number
  /** Writes them from `at` on; false where the state is an odd one that does not fit: it is kept as it is. */
  pack(state: State, row: Float64Array, at: number): boolean
  /** The same state again. */
  unpack(row: Float64Array, at: number): State
}

export type RuleKind<Options, State> = {
  readonly kind: string
  readonly summary: string
  readonly options: z.ZodType<Options>
  /**
   * Plain data, never changed in place: a step returns a new state, or the very one it was given where
   * nothing has changed. States are checkpointed, kept as evidence of a breach, and carried over a rule
   * change when they still parse.
   */
  readonly state: z.ZodType<State>
  /** How it lies in memory between two steps, where that is not as the object that it is. No step sees it. */
  readonly packing?: Packing<State>
  /** When a subject comes under the rule, heard or not. */
  start(options: Options, now: Instant): Pick<Step<State>, 'state' | 'wakeAt'>
  step(state: State, moment: Moment, options: Options): Step<State>
  /**
   * It waits to hear, not for something measured: its wake-ups come by the gateway's clock, however late a
   * device's readings are.
   */
  readonly countsHearing?: true
  /**
   * It minds that a device speaks and by what clock, not what it measured: it is shown too what is late
   * because that clock was set back, and not the newest once more.
   */
  readonly hearsSetBack?: true
  /**
   * The subject could not be heard: whoever counts silence leaves this stretch out. It decides nothing: what was not
   * heard proves nothing. Without it a rule takes no notice.
   */
  afterGap?(state: State, gap: Interval, options: Options): Pick<Step<State>, 'state' | 'wakeAt'>
  /**
   * Other devices whose word it goes by until they take it back: for one that is heard no more it is taken
   * back at the next start.
   */
  goesBy?(state: State): readonly DeviceId[]
  /** Every `because.code` that it can give; each has its words in `model/words-because.ts`. */
  readonly codes: readonly string[]
  /** The points it judges by; a good value of one of them is what verifies a repair. Empty: any point. */
  points(options: Options): readonly string[]
}

/** Identity at run time; at compile time it ties `step` to its options and its state. */
export const defineRule = <Options, State>(rule: RuleKind<Options, State>) => rule
