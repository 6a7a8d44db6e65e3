/**
 * Bytes to JSON without ever throwing and without letting a hostile payload cost more than its
 * size: what is too large or too deep is refused before it is parsed.
 */
import type { ErrorCode } from '../model/errors.ts'

/** Bytes. 96 samples of a meter are about 8 KiB. */
export const MOST_BYTES = 256 * 1024

/** Levels of objects and arrays in each other; a reading needs three. */
export const MOST_LEVELS = 16

export type Refusal = { readonly code: ErrorCode; readonly reason: string }

const decoder = new TextDecoder('utf-8', { fatal: true })

export function parsePayload(payload: Uint8Array): { readonly json: unknown } | Refusal {
  return depthOf(payload) ?? parseUnmeasured(payload)
}

/** What is nested too deep to be walked through safely. The engine's parser takes any depth. */
export const depthOf = (payload: Uint8Array): Refusal | undefined =>
  payload.length <= MOST_BYTES && isTooDeep(payload)
    ? { code: 'payload-too-deep', reason: `nested deeper than ${MOST_LEVELS} levels` }
    : undefined

/** For whoever looks at nothing nested before asking `depthOf`. */
export function parseUnmeasured(payload: Uint8Array): { readonly json: unknown } | Refusal {
  if (payload.length > MOST_BYTES) {
    return { code: 'payload-too-large', reason: `${payload.length} bytes; at most ${MOST_BYTES} are read` }
  }
  let text: string
  try {
    text = decoder.decode(payload)
  } catch {
    return { code: 'payload-not-utf8', reason: 'the bytes are not UTF-8' }
  }
  try {
    return { json: JSON.parse(text) }
  } catch {
    return { code: 'payload-not-json', reason: payload.length === 0 ? 'the payload is empty' : 'not JSON' }
  }
}

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [34, 92, 91, 93, 123, 125]

/** Counts brackets outside of strings; UTF-8 never hides one of these bytes inside another character. */
function isTooDeep(payload: Uint8Array): boolean {
  let level = 0
  let isText = false
  for (let index = 0; index < payload.length; index++) {
    const byte = payload[index]
    if (isText) {
      if (byte === BACKSLASH) index++
      else if (byte === QUOTE) isText = false
    } else if (byte === QUOTE) isText = true
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (++level > MOST_LEVELS) return true
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) level--
  }
  return false
}

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON.parse makes `__proto__` a key like any other; nobody downstream should have to know that. */
export function hasForbiddenKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasForbiddenKey)
  for (const key in value) {
    if (key === '__proto__' || hasForbiddenKey((value as JsonObject)[key])) return true
  }
  return false
}

/** What stands at a path of names; only own keys count, so `constructor` finds nothing. */
export function at(value: unknown, path: readonly string[]): unknown {
  let here = value
  for (const name of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined
    here = (here as JsonObject)[name]
  }
  return here
}
