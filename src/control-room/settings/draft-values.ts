/**
 * What stands in a field of a draft, as text and as value. Pure: what an engineer types must mean the same
 * everywhere.
 */
import type { RuleField } from '../api/types.ts'

/** Nothing is declared: the default holds. */
export const UNDECLARED = Symbol('undeclared')

export type Declared = unknown | typeof UNDECLARED

/** Why a text is no value, for words of its own. */
export type Slip =
  | { readonly is: 'number' | 'whole' | 'duration' | 'time' | 'json' | 'needed' }
  | { readonly is: 'least' | 'above' | 'most'; readonly limit: number }

const UNITS_MS = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const
type DurationUnit = keyof typeof UNITS_MS

/** As people of either language write them. */
const UNIT_NAMES: readonly (readonly [RegExp, DurationUnit])[] = [
  [/^(ms|毫秒)$/i, 'ms'],
  [/^(s|sec|secs|seconds?|秒)$/i, 's'],
  [/^(m|min|mins|minutes?|分|分钟)$/i, 'min'],
  [/^(h|hr|hrs|hours?|时|小时)$/i, 'h'],
  [/^(d|days?|天|日)$/i, 'd'],
]

/** `duration` says milliseconds as the page says them elsewhere; what it says can be read again. */
export function textOf(type: RuleField['type'], value: Declared, duration: (ms: number) => string): string {
  if (value === UNDECLARED) return ''
  if (type === 'duration' && typeof value === 'number') return duration(value)
  if (type === 'list' && Array.isArray(value)) return value.join(', ')
  if (type === 'value') return JSON.stringify(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

type Read = { readonly value: Declared } | { readonly slip: Slip }

export function readField(field: RuleField, typed: string): Read {
  const text = typed.trim()
  if (text === '') return field.isNeeded ? { slip: { is: 'needed' } } : { value: UNDECLARED }
  switch (field.type) {
    case 'number':
    case 'integer':
      return within(field, numberIn(field, text))
    case 'duration':
      return within(field, durationIn(text))
    case 'flag':
      return { value: text === 'true' }
    case 'time':
      return /^([01]\d|2[0-3]):[0-5]\d$/.test(text) ? { value: text } : { slip: { is: 'time' } }
    case 'list':
      return {
        value: text
          .split(/[,，、]/)
          .map((one) => one.trim())
          .filter(Boolean),
      }
    case 'value':
      return json(text)
    default:
      return { value: text }
  }
}

function numberIn({ type }: RuleField, text: string): number | Slip {
  const value = /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(value)) return { is: 'number' }
  return type === 'integer' && !Number.isInteger(value) ? { is: 'whole' } : value
}

/** With thousands set apart, as the page writes them. */
const DURATION = /^(\d{1,3}(?:,\d{3})+|[\d.]+)\s*(\p{L}+)$/u

function durationIn(text: string): number | Slip {
  const [, amount = '', name = ''] = DURATION.exec(text) ?? (text === '0' ? ['', '0', 's'] : [])
  const unit = UNIT_NAMES.find(([pattern]) => pattern.test(name))?.[1]
  const ms = unit ? Math.round(Number(amount.replaceAll(',', '')) * UNITS_MS[unit]) : Number.NaN
  return Number.isNaN(ms) ? { is: 'duration' } : ms
}

function within({ least, most, isAbove }: RuleField, read: number | Slip): Read {
  if (typeof read !== 'number') return { slip: read }
  if (least !== null && (isAbove ? read <= least : read < least))
    return { slip: { is: isAbove ? 'above' : 'least', limit: least } }
  if (most !== null && read > most) return { slip: { is: 'most', limit: most } }
  return { value: read }
}

function json(text: string): Read {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { slip: { is: 'json' } }
  }
}

/** By path below the rule. */
export type Changes = ReadonlyMap<string, Declared>

const SET = 'set.'
/** No JSON, and so no value. */
const DEFAULT = 'default'

/** All changes stand in the address, so that a draft can be sent to a colleague. */
export function changesIn(address: URLSearchParams): Changes {
  const changes = new Map<string, Declared>()
  for (const [name, text] of address) {
    if (!name.startsWith(SET)) continue
    const read = text === DEFAULT ? { value: UNDECLARED } : json(text)
    if ('value' in read) changes.set(name.slice(SET.length), read.value)
  }
  return changes
}

/** What the address has to hold for a field; undefined where it is as in the file. */
export const inAddress = (path: string, value: Declared | undefined) => ({
  name: `${SET}${path}`,
  text: value === undefined ? undefined : value === UNDECLARED ? DEFAULT : JSON.stringify(value),
})

export const askedOf = (changes: Changes) => ({
  set: Object.fromEntries([...changes].filter(([, value]) => value !== UNDECLARED)),
  unset: [...changes].flatMap(([path, value]) => (value === UNDECLARED ? [path] : [])),
})

export function declaredAt(declared: unknown, path: string): Declared {
  let value = declared
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return UNDECLARED
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return value
}
