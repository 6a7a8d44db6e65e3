/**
 * What the common options remember of a subject, beside the kind's own state: what the kind said last, what
 * was told of it, and the delay that runs between the two.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'
import type { Conditions } from './conditions.ts'
import { Basis } from './prepared.ts'
import { activityAt } from './schedule.ts'

const Why = z.strictObject({
  code: z.string(),
  figures: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
})

export const Frame = z.strictObject({
  /** When the kind itself wants to be woken. */
  wakeAt: z.number().nullable(),
  /** What the kind said last, and why; kept as long as it may have to be told. */
  said: z.strictObject({ breached: z.boolean(), raised: Why.nullable(), cleared: Why.nullable() }),
  /** What has been told of it: breached or not. */
  told: z.boolean(),
  /**
   * The contrary of what was told holds since then (null: a good value must come first), last shown by a good
   * value at `goodAt`.
   */
  turn: z.strictObject({ since: z.number().nullable(), goodAt: z.number() }).nullable(),
  /** The last judgements, 1 for a breach, the newest last. */
  judged: z.string().regex(/^[01]*$/),
  basis: Basis,
})

export type Frame = z.output<typeof Frame>

export type ConditionedState<State> = Frame & { readonly own: State }

export const FRESH: Frame = {
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

/** The first instant at which the kind, a delay or a schedule has something to say. */
export function nextWake(
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

export function isSame<State>(a: ConditionedState<State>, b: ConditionedState<State>): boolean {
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
