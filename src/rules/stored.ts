/**
 * A subject's stored state, read again. Where common options were added to a rule or taken away meanwhile,
 * the kind's own state is carried over into the new frame or out of the old one, so that a running breach
 * goes on.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'
import type { Conditions } from './conditions.ts'
import { adopted, type ConditionedState, framed } from './frame.ts'
import type { Kept } from './rule-run.ts'

/** Undefined where the row does not parse: the subject starts anew. */
export type ReadRow<State> = (row: unknown) => (Kept<State> & { readonly version: string }) | undefined

const Row = z.object({
  version: z.string(),
  state: z.unknown(),
  wakeAt: z.number().optional(),
  lagMs: z.number().optional(),
  breachedAt: z.number().optional(),
  parked: z.object({ at: z.number(), cause: z.string() }).optional(),
  released: z.literal(true).optional(),
})

const Breached = z.object({ breachedAt: z.number() })

export const breachedAtOf = (row: unknown): Instant | undefined => Breached.safeParse(row).data?.breachedAt

export const readBare =
  <State>(rule: { readonly state: z.ZodType<State> }): ReadRow<State> =>
  (row) => {
    const read = Row.safeParse(row).data
    if (!read) return undefined
    const before = framed(read.state)
    if (!before) return withState(read, rule.state.safeParse(read.state))
    if (before.told !== before.said.breached) return undefined // between the two, and nothing would settle it
    return withState({ ...read, wakeAt: before.wakeAt ?? undefined }, rule.state.safeParse(before.own))
  }

export const readConditioned =
  <State>(
    bare: { readonly state: z.ZodType<State> },
    rule: { readonly state: z.ZodType<ConditionedState<State>> },
    conditions: Pick<Conditions<unknown>, 'confirm'> & { readonly when?: unknown },
  ): ReadRow<ConditionedState<State>> =>
  (row) => {
    const read = Row.safeParse(row).data
    if (!read) return undefined
    if (framed(read.state)) return withState(read, rule.state.safeParse(read.state))
    const own = bare.state.safeParse(read.state)
    if (!own.success) return undefined
    const state = adopted(own.data as State, read.breachedAt !== undefined, read.wakeAt, conditions)
    return state ? kept(read, state) : undefined
  }

const withState = <State>(row: z.output<typeof Row>, { success, data }: z.ZodSafeParseResult<State>) =>
  success ? kept(row, data as State) : undefined

/** Without the keys that the row does not have. */
const kept = <State>(row: z.output<typeof Row>, state: State) =>
  ({ ...row, state }) as Kept<State> & { readonly version: string }
