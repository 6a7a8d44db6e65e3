/**
 * Readings in columns of doubles: nearly all that a journal holds is a device, an instant and a few numbers, which as
 * text take three times the room and several times the processor. A reading that does not fit is left to the caller.
 */
import type { JournalRecord } from '../model/commit.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import { NO_SHAPE, shapedNumbers } from './shaped-numbers.ts'

/** What the numbers in the columns stand for. A shape is the points of a reading, in their order. */
export type Names = {
  readonly devices: readonly string[]
  readonly shapes: readonly (readonly string[])[]
}

/** In the byte order of all machines that Node knows but one (s390x): two counts, then the columns. */
export type Columns = {
  /** Instants of the readings, ms. */
  readonly at: Float64Array
  /** The numbers of one reading after the other. */
  readonly numbers: Float64Array
  readonly device: Uint32Array
  readonly shape: Uint32Array
}

export type Gathered = {
  readonly columns: Columns
  readonly names: Names
  /** Where in the list the records stand that did not fit. */
  readonly others: readonly number[]
}

const COUNTS_BYTES = 8

export const columnBytes = ({ at, numbers }: Columns): number =>
  COUNTS_BYTES + 16 * at.length + 8 * numbers.length

/** Room for one commit, used again for the next: commits are encoded one after the other. What it returns counts until then. */
export function columnGatherer(): (records: readonly JournalRecord[]) => Gathered {
  let at = new Float64Array(1_024)
  let device = new Uint32Array(1_024)
  let shape = new Uint32Array(1_024)
  const numbers = shapedNumbers()

  return (records) => {
    if (at.length < records.length) {
      at = new Float64Array(2 * records.length)
      device = new Uint32Array(2 * records.length)
      shape = new Uint32Array(2 * records.length)
    }
    const devices = new Map<string, number>()
    const others: number[] = []
    let count = 0
    let name = ''
    let number = -1

    numbers.clear()
    for (let place = 0; place < records.length; place++) {
      const record = records[place] as JournalRecord
      const isPlain = record.is === 'reading' && record.doubts === undefined
      const shapeNumber = isPlain ? numbers.add(record.values) : NO_SHAPE
      if (!isPlain || shapeNumber === NO_SHAPE) {
        others.push(place)
        continue
      }
      if (number < 0 || record.device !== name) {
        name = record.device
        number = devices.get(name) ?? devices.size
        devices.set(name, number)
      }
      at[count] = record.at
      device[count] = number
      shape[count] = shapeNumber
      count++
    }
    return {
      columns: {
        at: at.subarray(0, count),
        numbers: numbers.written,
        device: device.subarray(0, count),
        shape: shape.subarray(0, count),
      },
      names: { devices: [...devices.keys()], shapes: numbers.shapes },
      others,
    }
  }
}

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

/** The readings of the columns, in their order, as what `make` makes of each. */
export function readingsIn<Made>(
  { at, numbers, device, shape }: Columns,
  { devices, shapes }: Names,
  make: (device: DeviceId, at: Instant, values: Record<string, number>) => Made,
): Made[] {
  let next = 0
  const made: Made[] = []
  for (let row = 0; row < at.length; row++) {
    const values: Record<string, number> = {}
    for (const point of shapes[shape[row] as number] as readonly string[])
      values[point] = numbers[next++] as number
    made.push(make(devices[device[row] as number] as string, at[row] as number, values))
  }
  return made
}
