/**
 * Readings that are not sealed yet: a million readings of three points take 64 MB here and four times that as
 * objects.
 */
import type { Commit } from '../model/commit.ts'
import type { Interval } from '../model/instant.ts'
import type { DeviceId, Reading, Value } from '../model/reading.ts'
import { eachReading, type ReadingColumns } from '../model/reading-columns.ts'
import { doubtsIn, isSameShape, KIND, type Shape, shapeKey, TEXT } from '../model/shape.ts'
import {
  AT,
  BEFORE,
  type Chunk,
  type ChunkPool,
  chunkOf,
  chunkPool,
  DEVICE,
  HEAD,
  OFFSET,
  ORD,
  placeOf,
  putText,
  RECEIVED_AT,
  SHAPE,
  SLOTS,
  slotOf,
  valueAt,
} from './hot-chunk.ts'
import type { Placed } from './repeats.ts'

export interface HotRows {
  readonly count: number
  /** What the texts in them take, bytes. */
  readonly textBytes: number
  readonly chunks: readonly Chunk[]
  /** By the numbers that stand for them in the chunks. */
  readonly devices: readonly DeviceId[]
  readonly shapes: readonly Shape[]
  /**
   * The readings of a commit; throws RangeError, with nothing added, if one of them has more points than a
   * chunk has room for.
   */
  add(readings: ReadingColumns, of: Pick<Commit, 'offset' | 'receivedAt'>): void
  of(device: DeviceId, interval: Interval): Placed[]
  /** Gives the memory to the rows that come next; these hold nothing any more. */
  release(): void
}

const FIRST_DEVICES = 1_024

export function hotRows(pool: ChunkPool = chunkPool(0)): HotRows {
  const chunks: Chunk[] = []
  const devices: DeviceId[] = []
  const numbers = new Map<DeviceId, number>()
  /** By the device's number: its newest row, as `BEFORE` has it. */
  let newest: Uint32Array = new Uint32Array(FIRST_DEVICES)
  const { shapes, numberOf: numberOfShape } = shapesSeen()
  let count = 0

  function numberOf(device: DeviceId): number {
    const known = numbers.get(device)
    if (known !== undefined) return known
    const number = devices.push(device) - 1
    numbers.set(device, number)
    if (number === newest.length) newest = doubled(newest)
    return number
  }

  function roomFor(points: number): Chunk {
    const last = chunks.at(-1)
    if (last && last.used + HEAD + points <= SLOTS) return last
    const chunk = pool.take()
    chunks.push(chunk)
    return chunk
  }

  return {
    get count() {
      return count
    },
    get textBytes() {
      return chunks.reduce((sum, chunk) => sum + chunk.textBytes, 0)
    },
    chunks,
    devices,
    shapes,
    add(readings, { offset, receivedAt }) {
      const { numbers, texts } = readings
      const ownShapes = readings.shapes.map(numberOfShape)
      const ownDevices = readings.devices.map(numberOf)
      let ord = 0
      eachReading(readings, (device, shape, at, first) => {
        const own = ownDevices[device] as number
        const { points, kinds } = readings.shapes[shape] as Shape
        const chunk = roomFor(points.length)
        const { slots, halves, used } = chunk
        slots[used + AT] = at
        slots[used + RECEIVED_AT] = receivedAt
        slots[used + OFFSET] = offset
        halves[2 * used + DEVICE] = own
        halves[2 * used + SHAPE] = ownShapes[shape] as number
        halves[2 * used + BEFORE] = newest[own] as number
        halves[2 * used + ORD] = ord++
        for (let n = 0; n < points.length; n++) {
          const number = numbers[first + n] as number
          const isText = ((kinds[n] as number) & KIND) === TEXT
          slots[used + HEAD + n] = isText ? putText(chunk, texts[number] as string) : number
        }
        newest[own] = placeOf(chunks.length - 1, used) + 1
        chunk.used += HEAD + points.length
      })
      count += ord
    },
    of(device, { from, to }) {
      const found: Placed[] = []
      const own = numbers.get(device)
      for (let place = own === undefined ? 0 : (newest[own] as number); place > 0; ) {
        const chunk = chunks[chunkOf(place - 1)] as Chunk
        const row = slotOf(place - 1)
        const at = chunk.slots[row + AT] as number
        if (at >= from && at < to) {
          found.push(placed(chunk, row, device, shapes[chunk.halves[2 * row + SHAPE] as number] as Shape))
        }
        place = chunk.halves[2 * row + BEFORE] as number
      }
      return found.reverse()
    },
    release() {
      pool.give(chunks)
      chunks.length = 0
      devices.length = 0
      numbers.clear()
      newest = new Uint32Array(FIRST_DEVICES)
      count = 0
    },
  }
}

function doubled(from: Uint32Array): Uint32Array {
  const larger = new Uint32Array(2 * from.length)
  larger.set(from)
  return larger
}

/** All that were seen. Commits name the same few again and again, most often the very last one. */
function shapesSeen() {
  const shapes: Shape[] = []
  const numbers = new Map<string, number>()
  let last = 0
  return {
    shapes,
    numberOf(shape: Shape): number {
      const expected = shapes[last]
      if (expected && isSameShape(shape, expected)) return last
      const { length } = shape.points
      if (HEAD + length > SLOTS)
        throw new RangeError(`A reading of ${length} points does not fit into memory`)
      const key = shapeKey(shape)
      last = numbers.get(key) ?? shapes.push(shape) - 1
      numbers.set(key, last)
      return last
    },
  }
}

/** The reading in a row of the chunk, given the names that its numbers stand for. */
function placed(chunk: Chunk, row: number, device: DeviceId, shape: Shape): Placed {
  const { slots, halves } = chunk
  const values = shape.points.flatMap((point, n): [string, Value][] => {
    const value = valueAt(chunk, row + HEAD + n, shape.kinds[n] as number)
    return value === undefined ? [] : [[point, value]]
  })
  const doubts = doubtsIn(shape)
  const said = { device, at: slots[row + AT] as number, receivedAt: slots[row + RECEIVED_AT] as number }
  const reading: Reading = { ...said, values: Object.fromEntries(values) }
  return {
    reading: doubts ? { ...reading, doubts } : reading,
    offset: slots[row + OFFSET] as number,
    ord: halves[2 * row + ORD] as number,
  }
}
