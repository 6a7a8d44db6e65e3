/**
 * Escalation: as long as nobody acknowledges, others are told, step by step. It stops with the
 * acknowledgement, with the end of the alarm, and when the alarm is shelved or otherwise taken off the list.
 */
import * as z from 'zod'
import type { Alarm } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import { ALARM_KEYS, type FactsOf, inScope } from './scope.ts'

const Step = z.strictObject({
  afterMs: z
    .int()
    .min(1_000)
    .meta({ description: 'After the alarm was told, ms; each step later than the one before.' }),
  channels: z.array(z.string().min(1)).min(1).meta({ description: 'Who is told then' }),
})

export const EscalationPolicy = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, at most 63'),
    ...ALARM_KEYS,
    steps: z.array(Step).min(1).max(20),
  })
  .refine(({ steps }) => steps.every((step, i) => step.afterMs > (steps[i - 1]?.afterMs ?? 0)), {
    path: ['steps'],
    error: 'each step must be later than the one before',
  })

export type EscalationPolicy = z.output<typeof EscalationPolicy>

/** One policy at work on one alarm: which step is next, and when. `step` counts from 1. */
export type Pending = { readonly policy: string; readonly step: number; readonly dueAt: Instant }

/** The first steps, for an alarm that was told at `toldAt`. */
export const begin = (
  policies: readonly EscalationPolicy[],
  alarm: Alarm,
  toldAt: Instant,
  factsOf: FactsOf,
): readonly Pending[] =>
  policies
    .filter((policy) => inScope(policy, alarm, factsOf))
    .flatMap(({ name, steps: [first] }) =>
      first ? [{ policy: name, step: 1, dueAt: toldAt + first.afterMs }] : [],
    )

/** After a step was taken; undefined after the last, and where the policy is gone or was shortened. */
export function following(
  policies: readonly EscalationPolicy[],
  { policy, step, dueAt }: Pending,
): Pending | undefined {
  const steps = policies.find(({ name }) => name === policy)?.steps
  const [taken, next] = [steps?.[step - 1], steps?.[step]]
  if (!taken || !next) return undefined
  return { policy, step: step + 1, dueAt: dueAt + next.afterMs - taken.afterMs }
}

export const channelsOf = (
  policies: readonly EscalationPolicy[],
  { policy, step }: { readonly policy: string; readonly step: number },
): readonly string[] => policies.find(({ name }) => name === policy)?.steps[step - 1]?.channels ?? []
