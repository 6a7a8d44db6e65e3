/**
 * Numbers as JSON has them, written straight as bytes: making a text of each value first was most of the cost
 * of sealing it.
 */

const ZERO = 48
const MINUS = 45
const POINT = 46
const DECIMALS = 6
const SCALE = 1_000_000
/** Below it a number of six decimals has no more than 15 digits: so many survive the way into a double and back. */
const LIMIT = 1e9
const LIMIT_DIGITS = 9
const NULL = 'null'

/** Bytes that a number takes at most. */
export const NUMBER_BYTES = 25

/** Writes the same bytes as JSON.stringify; returns where they end. */
export function putNumber(into: Uint8Array, from: number, value: number): number {
  let at = from
  const positive = value < 0 ? -value : value
  if (positive < LIMIT) {
    const scaled = Math.round(positive * SCALE)
    // A decimal of at most 15 digits that divides back to the very same double is the shortest one that does.
    if (scaled / SCALE === positive) {
      if (value < 0) into[at++] = MINUS
      const whole = Math.floor(scaled / SCALE)
      at = putDigits(into, at, whole, digitsOf(whole))
      return putDecimals(into, at, scaled - whole * SCALE)
    }
  }
  if (Number.isSafeInteger(positive)) {
    if (value < 0) into[at++] = MINUS
    const high = Math.floor(positive / LIMIT)
    at = putDigits(into, at, high, digitsOf(high))
    return putDigits(into, at, positive - high * LIMIT, LIMIT_DIGITS)
  }
  const text = Number.isFinite(value) ? String(value) : NULL
  for (let i = 0; i < text.length; i++) into[at++] = text.charCodeAt(i)
  return at
}

const scratch = Buffer.alloc(NUMBER_BYTES)

/**
 * As String has it, but for what is not finite. V8 keeps the texts of the numbers that it was asked for last,
 * some 16,000, and what it keeps at a collection grows old: of a million readings that was 40 MB.
 */
export const numberText = (value: number): string =>
  scratch.toString('latin1', 0, putNumber(scratch, 0, value))

function digitsOf(whole: number): number {
  let digits = 1
  for (let bound = 10; bound <= whole; bound *= 10) digits++
  return digits
}

/** The last digits of a number below 2^31. */
function putDigits(into: Uint8Array, from: number, value: number, digits: number): number {
  let left = value | 0
  for (let at = from + digits - 1; at >= from; at--) {
    const tenth = (left / 10) | 0
    into[at] = ZERO + left - tenth * 10
    left = tenth
  }
  return from + digits
}

/** @param millionths 0 to 999,999 */
function putDecimals(into: Uint8Array, at: number, millionths: number): number {
  let left = millionths | 0
  if (left === 0) return at
  let digits = DECIMALS
  for (let tenth = (left / 10) | 0; tenth * 10 === left; tenth = (left / 10) | 0) {
    left = tenth
    digits--
  }
  into[at] = POINT
  return putDigits(into, at + 1, left, digits)
}
