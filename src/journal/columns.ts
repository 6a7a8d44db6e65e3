/** Columns of readings as bytes; the names that the numbers in them stand for are left to the caller. */
import type { ReadingColumns } from '../model/reading-columns.ts'

/** In the byte order of all machines that Node knows but one (s390x): two counts, then the columns. */
export type Columns = Pick<ReadingColumns, 'at' | 'numbers' | 'device' | 'shape'>

const COUNTS_BYTES = 8

export const columnBytes = ({ at, numbers }: Columns): number =>
  COUNTS_BYTES + 16 * at.length + 8 * numbers.length

/** Lays the columns down at an offset that is a multiple of eight. */
export function layDown({ at, numbers, device, shape }: Columns, into: ArrayBuffer, offset: number): void {
  new Uint32Array(into, offset, 2).set([at.length, numbers.length])
  let place = offset + COUNTS_BYTES
  for (const [column, Kind] of [
    [at, Float64Array],
    [numbers, Float64Array],
    [device, Uint32Array],
    [shape, Uint32Array],
  ] as const) {
    new Kind(into, place, column.length).set(column)
    place += column.byteLength
  }
}

/** Columns where `layDown` has laid them; nothing is copied. */
export function pickUp(from: ArrayBuffer, offset: number): Columns {
  const [count = 0, used = 0] = new Uint32Array(from, offset, 2)
  const at = offset + COUNTS_BYTES
  const numbers = at + 8 * count
  const device = numbers + 8 * used
  return {
    at: new Float64Array(from, at, count),
    numbers: new Float64Array(from, numbers, used),
    device: new Uint32Array(from, device, count),
    shape: new Uint32Array(from, device + 4 * count, count),
  }
}
