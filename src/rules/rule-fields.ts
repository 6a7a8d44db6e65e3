/**
 * What of a rule can be tried, as fields to be filled in: read off the schemas of its kind and of the common
 * options, so that a new option needs no line here. The words are those of the schema; `words-options.ts` has
 * them in Chinese.
 */
import * as z from 'zod'
import { optionUnit } from '../model/words-options.ts'
import { COMMON_OPTIONS } from './common-options.ts'
import { RULE_KINDS } from './index.ts'

export const FIELD_TYPES = [
  'number',
  'integer',
  'duration',
  'choice',
  'flag',
  'text',
  'time',
  'list',
  'value',
] as const

export type RuleField = {
  /** Below the rule: `options.above`, `onDelayMs`. */
  readonly path: string
  readonly name: string
  /** `value`: anything else, as JSON. A `duration` is milliseconds, a `list` one of texts. */
  readonly type: (typeof FIELD_TYPES)[number]
  /** As it is written beside a number; null where it has none. */
  readonly unit: string | null
  readonly choices: readonly string[]
  readonly least: number | null
  readonly most: number | null
  /** Exactly `least` is not enough. */
  readonly isAbove: boolean
  /** What holds where it is not given; undefined where that depends on the device, or there is none. */
  readonly byDefault: unknown
  readonly isNeeded: boolean
  readonly help: string
}

type Shape = {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly default?: unknown
  readonly description?: string
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
}

/** Undefined for a kind that there is not. */
export function fieldsOf(kind: string): readonly RuleField[] | undefined {
  const known = RULE_KINDS.find((one) => one.kind === kind)
  if (!known) return undefined
  return [
    ...fieldsIn(shapeOf(known.declared), 'options.'),
    ...fieldsIn(shapeOf(z.object(COMMON_OPTIONS)), ''),
  ]
}

const shapeOf = (schema: z.ZodType): Shape =>
  z.toJSONSchema(schema, { io: 'input', reused: 'inline', unrepresentable: 'any' }) as Shape

const fieldsIn = ({ properties = {}, required = [] }: Shape, above: string): RuleField[] =>
  Object.entries(properties).map(([name, shape]) => {
    const { minimum, exclusiveMinimum, maximum } = shape
    const type = typeOf(name, shape)
    return {
      path: `${above}${name}`,
      name,
      type,
      unit: type === 'number' || type === 'integer' ? optionUnit(name) : null,
      choices: type === 'choice' ? (shape.enum ?? []).map(String) : [],
      least: exclusiveMinimum ?? minimum ?? null,
      most: maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? null : maximum,
      isAbove: exclusiveMinimum !== undefined,
      byDefault: shape.default,
      isNeeded: required.includes(name),
      help: shape.description ?? '',
    }
  })

function typeOf(name: string, { type, enum: choices, pattern, items }: Shape): RuleField['type'] {
  if (choices) return 'choice'
  if (type === 'integer') return name.endsWith('Ms') ? 'duration' : 'integer'
  if (type === 'number') return 'number'
  if (type === 'boolean') return 'flag'
  if (type === 'string') return pattern?.startsWith('^([01]') ? 'time' : 'text'
  return type === 'array' && items?.type === 'string' ? 'list' : 'value'
}
