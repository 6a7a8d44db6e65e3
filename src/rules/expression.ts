/**
 * expression: breached while an expression over the points of a device holds.
 *
 * It is judged whenever one of its points is said, by the newest value of each that is no older than
 * `heldMs`. Where one is missing, bad or too old, or the expression cannot be computed, the result is
 * unknown: it neither raises nor clears.
 */
import * as z from 'zod'
import { type Device, FAMILIES } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import { stated, type Value } from '../model/reading.ts'
import { FAMILY_POINTS } from '../profiles/family-points.ts'
import { declareKind, heldMsOf, type ProfileFacts } from './bound-rule.ts'
import {
  compile,
  ExpressionFault,
  type PointType,
  type Program,
  parseExpression,
} from './expression-program.ts'
import { defineRule } from './rule.ts'
import { baseOfRate, PointFacts } from './value-match.ts'

const Options = z.strictObject({
  expression: z.string(),
  heldMs: z.int().positive(),
  /** By the point's own name. */
  types: z.record(z.string(), z.enum(['number', 'string', 'boolean'])),
})
type Options = z.output<typeof Options>

const State = z.strictObject({
  /** By the name in the expression; a bad value is none. */
  values: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  saidAt: z.record(z.string(), z.int()),
  breached: z.boolean(),
})
type State = z.output<typeof State>

/** Options are plain data that many subjects share; what follows from them is computed once for all of them. */
const programs = new WeakMap<Options, Program>()

function programOf(options: Options): Program {
  const known = programs.get(options)
  if (known) return known
  const made = compile(options.expression, (point) => options.types[point])
  programs.set(options, made)
  return made
}

export const expression = defineRule<Options, State>({
  kind: 'expression',
  summary: 'An expression over the points of a device holds.',
  options: Options,
  state: State,
  codes: ['expression-holds', 'expression-over'],
  points: ({ types }) => Object.keys(types),
  start: () => ({ state: { values: {}, saidAt: {}, breached: false } }),
  step(state, moment, options) {
    if ('wokenAt' in moment) return { state }
    const { reading } = moment
    const program = programOf(options)
    const { at } = reading
    const values: Record<string, Value> = {}
    const saidAt: Record<string, number> = {}
    let [isTold, isWhole] = [false, true]
    const { names, points } = program
    for (let index = 0; index < names.length; index++) {
      const [name, point] = [names[index] as string, points[index] as string]
      const isSaid = Object.hasOwn(reading.values, point)
      const value = isSaid ? stated(reading, point) : state.values[name]
      const when = isSaid ? at : state.saidAt[name]
      isTold ||= isSaid
      const isKnown = value !== undefined && when !== undefined && !Number.isNaN(value)
      if (isKnown) {
        values[name] = value
        saidAt[name] = when
      }
      isWhole &&= isKnown && at - when <= options.heldMs
    }
    if (!isTold) return { state }
    const holds = isWhole ? program.run(values) : undefined
    if (holds === undefined || holds === state.breached) {
      return { state: { values, saidAt, breached: state.breached } }
    }
    const told = names.map((name, index) => `${points[index]} ${values[name]}`)
    const figures = { expression: options.expression, values: told.join(', ') }
    const because = { code: holds ? 'expression-holds' : 'expression-over', figures }
    return { state: { values, saidAt, breached: holds }, verdict: { breached: holds, because } }
  },
})

type Types = Options['types']

/** Devices of one profile are the same to an expression. */
const checked = new WeakMap<ProfileFacts, Map<string, Types>>()

/** Throws GatehouseError `config-invalid` with the place in the expression. */
function typesIn(expression: string, { id, family }: Device, profile: ProfileFacts): Types {
  const known = checked.get(profile) ?? new Map<string, Types>()
  checked.set(profile, known)
  const before = known.get(expression)
  if (before) return before
  const saidType = (point: string): PointType | undefined =>
    PointFacts.safeParse(profile.points?.[point] ?? FAMILY_POINTS[family][point]).data?.type
  const typeOf = (point: string) =>
    saidType(point) ?? (saidType(baseOfRate(point)) === 'number' ? 'number' : undefined)
  try {
    const { points } = compile(expression, typeOf)
    const types = Object.fromEntries(points.map((point) => [point, typeOf(point) ?? 'number'] as const))
    known.set(expression, types)
    return types
  } catch (cause) {
    if (!(cause instanceof ExpressionFault)) throw cause
    throw new GatehouseError('config-invalid', `options.expression: ${cause.message} (${id})`, { cause })
  }
}

const Expression = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    try {
      parseExpression(text)
    } catch (cause) {
      if (!(cause instanceof ExpressionFault)) throw cause
      context.addIssue({ code: 'custom', message: cause.message })
    }
  })

export const expressionKind = declareKind(expression, {
  families: FAMILIES,
  needsEveryPoint: true,
  declared: z.strictObject({
    expression: Expression.meta({
      description: 'What must not hold, in CEL, over the points of the device.',
    }),
    heldMs: z.int().positive().optional().meta({
      description: 'How long a value is believed. Default: three measuring intervals.',
    }),
  }),
  options({ expression, heldMs }, { device, profile }) {
    return { expression, heldMs: heldMs ?? heldMsOf(profile), types: typesIn(expression, device, profile) }
  },
})
