/**
 * One point out of what a device said. A number outside its plausible range is still what the
 * device said: it is kept and doubted. What is no value at all is a fault with words.
 */
import type { Value } from '../model/reading.ts'
import type { ProfilePoint } from './device-profile.ts'

export type PointRead = { readonly value: Value; readonly doubt?: 'bad' } | { readonly fault: string }

export type PointReader = (said: unknown) => PointRead

/** Characters of a text value; a credential or a reason is far shorter. */
const MOST_TEXT = 256

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for; databases and terminals choke on them
const CONTROL = /[\u0000-\u001f\u007f]/

export function pointReader(point: ProfilePoint): PointReader {
  if (point.type === 'number') return numberReader(point)
  const map = point.map && new Map<string, Value>(Object.entries(point.map))
  if (map) {
    const fault = `expected one of ${[...map.keys()].join(', ')}`
    return (said) => {
      const meant = isScalar(said) ? map.get(String(said)) : undefined
      return meant === undefined ? { fault: `${fault}, got ${shown(said)}` } : { value: meant }
    }
  }
  if (point.type === 'boolean') {
    return (said) =>
      typeof said === 'boolean' ? { value: said } : { fault: `expected true or false, got ${shown(said)}` }
  }
  const words = point.oneOf && new Set(point.oneOf)
  return (said) => {
    if (typeof said !== 'string') return { fault: `expected text, got ${shown(said)}` }
    if (words) {
      return words.has(said)
        ? { value: said }
        : { fault: `expected one of ${[...words].join(', ')}, got ${shown(said)}` }
    }
    if (said.length > MOST_TEXT) return { fault: `longer than ${MOST_TEXT} characters` }
    if (CONTROL.test(said) || !said.isWellFormed()) return { fault: 'holds control or broken characters' }
    return { value: said }
  }
}

/** A decimal number and nothing else: no hexadecimal, no digits grouped by commas, no "Infinity", no unit behind it. */
const DECIMAL = /^[+-]?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,3})?$/

function numberReader(point: Extract<ProfilePoint, { type: 'number' }>): PointReader {
  const read = plainReader(point)
  if (!point.quoted) return read
  return (said) => read(typeof said === 'string' && DECIMAL.test(said.trim()) ? Number(said) : said)
}

function plainReader({ scale, offset, range }: Extract<ProfilePoint, { type: 'number' }>): PointReader {
  const [least, most] = range ?? [-Infinity, Infinity]
  const isScaled = scale !== 1 || offset !== 0
  return (said) => {
    if (typeof said !== 'number' || !Number.isFinite(said)) {
      return { fault: `expected a number, got ${shown(said)}` }
    }
    // 15 digits are all that survive a multiplication; 3 × 0.1 is 0.3. Adding 0 makes −0 a 0.
    const value = isScaled ? Number((said * scale + offset).toPrecision(15)) : said + 0
    if (!Number.isFinite(value)) return { fault: `expected a number, got ${shown(said)}` }
    return value < least || value > most ? { value, doubt: 'bad' } : { value }
  }
}

/**
 * Between which numbers a point is taken as it is said, both inclusive; undefined for a point that is more
 * than a plain number.
 */
export function rangeOfPlain(point: ProfilePoint): readonly [number, number] | undefined {
  if (point.type !== 'number' || point.scale !== 1 || point.offset !== 0 || point.quoted) return undefined
  const [least, most] = point.range ?? [-Number.MAX_VALUE, Number.MAX_VALUE]
  return [Math.max(least, -Number.MAX_VALUE), Math.min(most, Number.MAX_VALUE)]
}

const isScalar = (said: unknown): said is Value =>
  typeof said === 'string' || typeof said === 'number' || typeof said === 'boolean'

/** For the reason of a dead letter; short, and never the whole of something deep. */
export function shown(said: unknown): string {
  if (typeof said === 'string') return JSON.stringify(said.length > 40 ? `${said.slice(0, 40)}…` : said)
  if (Array.isArray(said)) return 'an array'
  if (typeof said === 'object' && said !== null) return 'an object'
  return said === undefined ? 'nothing' : String(said)
}
