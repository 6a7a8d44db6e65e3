/**
 * Encodings of Parquet's data pages, as far as sealed files need them. Bit widths are whole bytes: cheaper to
 * write, and the compression that follows makes of it what odd bits would have saved.
 */

/** Bytes that grow; whoever writes makes room first and then writes without asking. */
export type Bytes = { data: Uint8Array; length: number }

export const bytes = (capacity: number): Bytes => ({ data: new Uint8Array(capacity), length: 0 })

export function makeRoom(into: Bytes, more: number): void {
  const needed = into.length + more
  if (needed <= into.data.length) return
  const larger = new Uint8Array(Math.max(needed, into.data.length * 2))
  larger.set(into.data.subarray(0, into.length))
  into.data = larger
}

/** Copied byte by byte: for the few bytes of a name or a value that is faster than a call into the runtime. */
export function putBytes(into: Bytes, from: Uint8Array, start = 0, end = from.length): void {
  makeRoom(into, end - start)
  const { data } = into
  let at = into.length
  if (end - start > 64) {
    data.set(from.subarray(start, end), at)
    into.length = at + end - start
    return
  }
  for (let i = start; i < end; i++) data[at++] = from[i] as number
  into.length = at
}

export function putUint32(into: Bytes, value: number): void {
  makeRoom(into, 4)
  for (let shift = 0; shift < 32; shift += 8) into.data[into.length++] = value >>> shift
}

/** Whole numbers up to 2^53: 64 bits are more than a double can tell apart. */
export function putVarint(into: Bytes, value: number): void {
  makeRoom(into, 8)
  let left = value
  while (left >= 128) {
    into.data[into.length++] = (left % 128) | 128
    left = Math.floor(left / 128)
  }
  into.data[into.length++] = left
}

/** Whole numbers between ±2^52. */
export const putZigzag = (into: Bytes, value: number): void =>
  putVarint(into, value < 0 ? -2 * value - 1 : 2 * value)

const BLOCK = 128
const MINIBLOCK = 32
const deltas = new Float64Array(BLOCK)

/**
 * Numbers further from 0 have differences that a double does not hold: they are written plain. In
 * milliseconds it is 71,000 years.
 */
export const DELTA_LIMIT = 2 ** 51

/**
 * DELTA_BINARY_PACKED: what lies in order and comes at a beat takes next to nothing. Whole numbers below the
 * limit, either side of 0.
 */
export function putDeltas(into: Bytes, values: Float64Array, count: number): void {
  putVarint(into, BLOCK)
  putVarint(into, BLOCK / MINIBLOCK)
  putVarint(into, count)
  putZigzag(into, count > 0 ? (values[0] as number) : 0)
  for (let start = 1; start < count; start += BLOCK) {
    const held = Math.min(BLOCK, count - start)
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < held; i++) {
      const delta = (values[start + i] as number) - (values[start + i - 1] as number)
      deltas[i] = delta
      if (delta < least) least = delta
    }
    putZigzag(into, least)
    putBlock(into, held, least)
  }
}

function putBlock(into: Bytes, held: number, least: number): void {
  makeRoom(into, 4 + BLOCK * 8)
  const { data } = into
  const widths = into.length
  let at = widths + BLOCK / MINIBLOCK
  for (let mini = 0; mini < BLOCK / MINIBLOCK; mini++) {
    const [start, end] = [mini * MINIBLOCK, Math.min(held, (mini + 1) * MINIBLOCK)]
    let most = 0
    for (let i = start; i < end; i++) {
      const above = (deltas[i] as number) - least
      if (above > most) most = above
    }
    const width = bytesFor(most)
    data[widths + mini] = width * 8
    if (width === 0) continue
    for (let i = start; i < end; i++) {
      const above = (deltas[i] as number) - least
      let low = above >>> 0
      for (let n = 0; n < width; n++) {
        if (n === 4) low = Math.floor(above / 4_294_967_296)
        data[at++] = low & 255
        low >>>= 8
      }
    }
    const rest = (start + MINIBLOCK - end) * width // a miniblock is always written whole
    data.fill(0, at, at + rest)
    at += rest
  }
  into.length = at
}

function bytesFor(most: number): number {
  let width = 0
  for (let left = most; left >= 1; left /= 256) width++
  return width
}

/** RLE of places in a dictionary of `size`, for values that come in runs; the first byte is the bit width. */
export function putPlaces(into: Bytes, places: Uint32Array, count: number, size: number): void {
  const width = Math.max(1, bytesFor(size - 1))
  makeRoom(into, 1)
  into.data[into.length++] = width * 8
  putRuns(into, places, count, width)
}

/**
 * Definition levels of an optional column, 1 where there is a value, as pages of version 1 have them: their
 * length first.
 */
export function putLevels(into: Bytes, levels: Uint8Array, count: number): void {
  const lengthAt = into.length
  putUint32(into, 0)
  putRuns(into, levels, count, 1)
  const length = into.length - lengthAt - 4
  into.length = lengthAt
  putUint32(into, length)
  into.length += length
}

function putRuns(into: Bytes, values: Uint32Array | Uint8Array, count: number, width: number): void {
  for (let start = 0; start < count; ) {
    const value = values[start] as number
    let end = start + 1
    while (end < count && values[end] === value) end++
    putVarint(into, (end - start) * 2)
    makeRoom(into, width)
    for (let n = 0; n < width; n++) into.data[into.length++] = value >>> (8 * n)
    start = end
  }
}
