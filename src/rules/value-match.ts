/**
 * What a value must be to be counted, waited for or compared: a word, a switch, or a range of numbers.
 * Checked against the profile when the rule is bound.
 */
import * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'
import { type Reading, stated, type Value } from '../model/reading.ts'
import type { ProfileFacts } from './bound-rule.ts'

export const VALUE_MATCH = {
  point: z.string().min(1).meta({ description: 'The point that is watched.' }),
  equals: z.union([z.string(), z.number(), z.boolean()]).optional().meta({
    description: 'Its value is exactly this: a word, a number, true or false.',
  }),
  above: z.number().optional().meta({ description: 'Its value is above this …' }),
  below: z.number().optional().meta({ description: '… and below this; either alone is enough.' }),
}

const ValueMatch = z.strictObject(VALUE_MATCH)
export type ValueMatch = z.output<typeof ValueMatch>

/** Reports on the key what does not go together; for `superRefine`. */
export function checkMatch({ equals, above, below }: ValueMatch, context: z.core.$RefinementCtx): void {
  const complain = (key: string, message: string) =>
    context.issues.push({ code: 'custom', path: [key], message, input: undefined })
  if (equals !== undefined && (above !== undefined || below !== undefined))
    complain('equals', 'give `equals`, or `above` and `below`, not both')
  if (above !== undefined && below !== undefined && above >= below)
    complain('below', 'nothing is above `above` and below `below`')
}

/** Whether the reading says such a value; undefined where it says nothing of the point that counts. */
export function matches(reading: Reading, { point, equals, above, below }: ValueMatch): boolean | undefined {
  const value = stated(reading, point)
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return undefined
  if (equals !== undefined) return value === equals
  if (above === undefined && below === undefined) return true
  if (typeof value !== 'number') return undefined
  return (above === undefined || value > above) && (below === undefined || value < below)
}

/** The figures of a `because`: what was watched for, as declared. */
export const matchFigures = ({ point, equals, above, below }: ValueMatch): Record<string, Value> => ({
  point,
  ...(equals !== undefined && { equals }),
  ...(above !== undefined && { above }),
  ...(below !== undefined && { below }),
  what: wanted({ equals, above, below }),
})

/** The same in every language. */
function wanted({ equals, above, below }: Partial<ValueMatch>): string {
  if (equals !== undefined) return `= ${equals}`
  const bounds = [above === undefined ? '' : `> ${above}`, below === undefined ? '' : `< ${below}`]
  return bounds.filter((bound) => bound !== '').join(', ')
}

/** The point that the device says, where this one is the change that the common option `rateOfChange` adds. */
export const baseOfRate = (point: string): string => point.replace(/PerHour$/, '')

export const PointFacts = z.object({
  type: z.enum(['number', 'string', 'boolean']),
  oneOf: z.array(z.string()).optional(),
  map: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
})

/** Throws GatehouseError `config-invalid` where a device of this profile can never say such a value. */
export function fitsProfile({ point, equals, above, below }: ValueMatch, { points }: ProfileFacts): void {
  const facts = PointFacts.safeParse(points?.[point]).data
  if (!facts) return // a device without the point is no subject
  const refuse = (key: string, why: string) => {
    throw new GatehouseError('config-invalid', `options.${key}: ${point} ${why}`)
  }
  if ((above !== undefined || below !== undefined) && facts.type !== 'number')
    refuse(above === undefined ? 'below' : 'above', 'is no number')
  if (equals === undefined) return
  if (typeof equals !== facts.type) refuse('equals', `is of type ${facts.type}`)
  const words = facts.oneOf ?? (facts.type === 'string' && facts.map ? Object.values(facts.map) : undefined)
  if (words && !words.includes(String(equals))) refuse('equals', `says one of ${words.join(', ')}`)
}
