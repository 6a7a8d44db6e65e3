/**
 * What a schema finds wrong, in the words of a person who writes YAML and knows no schemas: what was
 * expected, what stands there, and what it was perhaps meant to be. A message that a schema gives itself
 * stays as it is.
 */
import type * as z from 'zod'
import { meant } from '../model/meant.ts'
import { wideSignIn } from './file-text.ts'

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
}

const LONGEST_SHOWN = 60

/** `value` is what stands there; undefined where nothing does. */
export function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (!/^(?:Invalid |Too (?:small|big))/.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `${typeMismatch(NOUNS[issue.expected] ?? issue.expected, value)}${asMilliseconds(issue.path, value)}`
    case 'invalid_value':
      return oneOf(issue.values.map(String), value)
    case 'invalid_union':
      return issue.discriminator === undefined
        ? issue.message
        : ofKind(issue.discriminator, optionsOf(issue), value)
    case 'too_small':
      return bound(issue.origin, issue.minimum, issue.inclusive === false ? 'above' : 'at least', issue.exact)
    case 'too_big':
      return bound(issue.origin, issue.maximum, issue.inclusive === false ? 'below' : 'at most', issue.exact)
    case 'invalid_format':
      return issue.format === 'url' ? addressOf(issue.pattern) : issue.message
    default:
      return issue.message
  }
}

function typeMismatch(expected: string, value: unknown): string {
  if (value === undefined) return `is missing: expected ${expected}`
  if (value === null) return `is empty: expected ${expected}`
  if (expected === NOUNS.string && (typeof value === 'number' || typeof value === 'boolean'))
    return `expected text, and YAML reads a ${typeof value}: put it in quotes`
  if (typeof value === 'string')
    return `expected ${expected}, found ${shown(value)}${writtenAs(expected, value)}`
  if (typeof value !== 'object') return `expected ${expected}, found ${shown(value)}`
  return `expected ${expected}, found ${Array.isArray(value) ? NOUNS.array : NOUNS.object}`
}

/** Text where keys or figures should be is often one sign away from them. */
function writtenAs(expected: string, value: string): string {
  const wide = wideSignIn(value)
  if (wide !== '' || expected !== NOUNS.object || !/^[A-Za-z]\w*:\S/.test(value)) return wide
  return '; a space belongs behind the colon of a key'
}

function shown(value: unknown): string {
  const text = String(value)
  const short = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
  return typeof value === 'string' ? `the text "${short}"` : short
}

/** From the Chinese and English words in which people think of it. */
const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

function asMilliseconds(path: readonly PropertyKey[], value: unknown): string {
  if (typeof value !== 'string' || !String(path.at(-1)).endsWith('Ms')) return ''
  const [, figure = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(value) ?? []
  const factor = UNITS_MS[unit]
  return factor === undefined ? '' : `; in milliseconds that is ${Number(figure) * factor}`
}

/** More words than these nobody reads, where it is known which of them was meant. */
const MOST_WORDS = 16

function oneOf(words: readonly string[], value: unknown): string {
  const missing = value === undefined ? 'is missing: ' : ''
  const hint = value === undefined ? '' : meant(String(value), words)
  if (hint !== '' && words.length > MOST_WORDS) return `${shown(value)} is none of what can stand here${hint}`
  const shownWords = words.map((word) => (word === '' ? '"" (none)' : word)).join(', ')
  return `${missing}expected ${words.length === 1 ? '' : 'one of '}${shownWords}${hint}`
}

/** Of a choice whose entries say by one key which of them they are. */
function ofKind(key: string, kinds: readonly string[], value: unknown): string {
  if (value === undefined) return oneOf(kinds, value)
  const hint = meant(String(value), kinds)
  const there = `there is no ${key} ${String(value).slice(0, LONGEST_SHOWN)}`
  return hint !== '' ? `${there}${hint}` : `${there}: expected one of ${kinds.join(', ')}`
}

const optionsOf = (issue: object): string[] =>
  'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []

function bound(origin: string, limit: number | bigint, word: string, exact: boolean | undefined): string {
  if (origin === 'array')
    return `expected ${exact ? 'exactly' : word} ${limit} ${limit === 1 ? 'entry' : 'entries'}`
  if (origin !== 'string') return `must be ${word} ${limit}`
  if (word === 'at least' && limit === 1) return 'must not be empty'
  return `must have ${exact ? 'exactly' : word} ${limit} characters`
}

/** The schemes that are taken, where they are a few. */
function addressOf(protocols: string | undefined): string {
  const [, name = '', more] = /^\/?\^?([a-z]+)(s\?)?\$?\/?$/.exec(protocols ?? '') ?? []
  if (name === '') return 'expected an address as scheme://host:port'
  return `expected an address that begins with ${name}://${more ? ` or ${name}s://` : ''}`
}

/** Above this many they would be a page of their own. */
const MOST_KEYS = 12

/** Of a key that nobody knows: the one that was meant, or else those that are. */
export function noSuchKey(key: string, known: readonly string[]): string {
  const hint = meant(key, known)
  const all =
    hint === '' && known.length > 0 && known.length <= MOST_KEYS ? `; there are ${known.join(', ')}` : ''
  return `there is no such key${hint}${all}${wideSignIn(key)}`
}
