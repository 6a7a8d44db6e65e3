/**
 * One rule as rules.yaml declares it. What all kinds share is here; the options of a kind are its
 * own, so a wrong one is named where it stands.
 */
import * as z from 'zod'
import { SEVERITIES, type SubjectId } from '../model/alarm.ts'
import { FAMILIES } from '../model/device.ts'
import { COMMON_OPTIONS, type CommonOptions } from './common-options.ts'

const names = z.array(z.string()).min(1)

export const Scope = z
  .strictObject({
    families: z.array(z.enum(FAMILIES)).min(1).optional(),
    devices: names.optional(),
    exceptDevices: names.optional(),
    institutions: names.optional(),
    zones: names.optional(),
    routes: names.optional(),
    balances: names.optional(),
  })
  .meta({
    description:
      'Whom the rule judges: a device must meet every key that is given, by any one of its names; a subject of several devices is judged whole once one of them does. Empty: every device that the kind can judge.',
  })

export type Scope = z.output<typeof Scope>

/** Whether a name is among those that a scope wants; it wants any where it does not say. */
export const meets = (wanted: readonly string[] | undefined, name: string | undefined): boolean =>
  wanted === undefined || (name !== undefined && wanted.includes(name))

const ORDER_MODES = ['automatic', 'manual', 'none'] as const

export type RuleConfig = CommonOptions & {
  readonly id: string
  readonly kind: string
  readonly scope: Scope
  readonly severity: (typeof SEVERITIES)[number]
  readonly fault: string
  readonly order: (typeof ORDER_MODES)[number]
  readonly verifyMs: number
  readonly latching?: boolean | undefined
  readonly neverShelve?: boolean | undefined
  readonly options: unknown
  readonly optionsFor: Readonly<Record<SubjectId, Readonly<Record<string, unknown>>>>
}

const RULE_ID = /^[a-z0-9][a-z0-9-]{0,62}$/

/** The schema of one kind's rules; `options` is the kind's own schema. */
export function ruleConfigOf<Kind extends string, Declared>(kind: Kind, options: z.ZodType<Declared>) {
  return z
    .strictObject({
      id: z
        .string()
        .regex(RULE_ID, { error: 'lower-case letters, digits and dashes, at most 63' })
        .refine((id) => id !== 'source-down', { error: 'this rule is built in' }),
      kind: z.literal(kind),
      scope: Scope.default({}),
      severity: z.enum(SEVERITIES),
      fault: z.string().regex(RULE_ID).optional().meta({
        description: "What is broken; rules of one fault share an open order. Default: the rule's id.",
      }),
      order: z
        .enum(ORDER_MODES)
        .default('automatic')
        .meta({ description: 'Whether a breach opens a work order by itself, by a person, or never.' }),
      verifyMs: z
        .int()
        .positive()
        .meta({ description: 'How long a repaired fault must stay away before it counts as verified.' }),
      latching: z.boolean().optional().meta({
        description:
          'An alarm stays active after its condition is over, until a person who sees it then acknowledges or resets it (OPC UA Part 9, LatchedState). For safety.',
      }),
      neverShelve: z.boolean().optional().meta({
        description:
          'Its alarms ring whatever is shelved, out of service or behind a dead parent. Always so for duress and fire.',
      }),
      ...COMMON_OPTIONS,
      options,
      optionsFor: z
        .record(z.string(), z.record(z.string(), z.unknown()))
        .default({})
        .meta({ description: 'Other options for single subjects, by subject; what is not named stays.' }),
    })
    .superRefine(({ options: shared, optionsFor, optionsWhen = [] }, context) => {
      const look = (own: object, ...at: PropertyKey[]) => {
        const whole = options.safeParse({ ...(shared as object), ...own })
        for (const { path, message } of whole.error?.issues ?? []) {
          context.addIssue({ code: 'custom', path: [...at, ...path], message })
        }
      }
      for (const [subject, own] of Object.entries(optionsFor)) look(own, 'optionsFor', subject)
      for (const [index, entry] of optionsWhen.entries()) look(entry.options, 'optionsWhen', index, 'options')
    })
}
