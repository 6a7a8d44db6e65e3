/** Readings that are not sealed yet: a million readings of three points take 64 MB here and four times that as objects. */
import type { Offset } from '../model/commit.ts'
import type { Interval } from '../model/instant.ts'
import type { DeviceId, Reading, Value } from '../model/reading.ts'
import {
  AT,
  BEFORE,
  type Chunk,
  type ChunkPool,
  chunkOf,
  chunkPool,
  DEVICE,
  doubted,
  doubtOf,
  HEAD,
  kindOf,
  OFFSET,
  ORD,
  placeOf,
  putValue,
  RECEIVED_AT,
  SHAPE,
  type Shape,
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
  add(reading: Reading, offset: Offset, ord: number): void
  of(device: DeviceId, interval: Interval): Placed[]
  /** Gives the memory to the rows that come next; these hold nothing any more. */
  release(): void
}

const FIRST_DEVICES = 1_024

export function hotRows(pool: ChunkPool = chunkPool(0)): HotRows {
  const chunks: Chunk[] = []
  const devices: DeviceId[] = []
  const numbers = new Map<DeviceId, number>()
  /** By the device's number: its newest row, as `BEFORE` has it, and the shape of that row. */
  let newest: Uint32Array = new Uint32Array(FIRST_DEVICES)
  let shapeOf: Uint32Array = new Uint32Array(FIRST_DEVICES)
  const { shapes, numberOf: numberOfShape } = shapesSeen()
  let count = 0
  /** A day of samples comes from one device after another. */
  let last: DeviceId | undefined
  let lastNumber = 0

  function numberOf(device: DeviceId): number {
    if (device === last) return lastNumber
    let number = numbers.get(device)
    if (number === undefined) {
      number = devices.push(device) - 1
      numbers.set(device, number)
      if (number === newest.length) {
        newest = doubled(newest)
        shapeOf = doubled(shapeOf)
      }
    }
    last = device
    lastNumber = number
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
    add({ device, at, receivedAt, values, doubts }, offset, ord) {
      const own = numberOf(device)
      const expected = shapes[shapeOf[own] as number]
      const isExpected = expected !== undefined && doubts === undefined
      let chunk = roomFor(isExpected ? expected.points.length : 0)
      if (!isExpected || !putAs(chunk, expected, values)) {
        const shape = numberOfShape(values, doubts)
        const { points } = shapes[shape] as Shape
        chunk = roomFor(points.length)
        shapeOf[own] = shape
        for (const [i, point] of points.entries()) putValue(chunk, chunk.used + HEAD + i, values[point])
      }
      const { slots, halves, used } = chunk
      slots[used + AT] = at
      slots[used + RECEIVED_AT] = receivedAt
      slots[used + OFFSET] = offset
      halves[2 * used + DEVICE] = own
      halves[2 * used + SHAPE] = shapeOf[own] as number
      halves[2 * used + BEFORE] = newest[own] as number
      halves[2 * used + ORD] = ord
      newest[own] = placeOf(chunks.length - 1, used) + 1
      chunk.used += HEAD + (shapes[shapeOf[own] as number] as Shape).points.length
      count++
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
      shapeOf = new Uint32Array(FIRST_DEVICES)
      last = undefined
      count = 0
    },
  }
}

function doubled(from: Uint32Array): Uint32Array {
  const larger = new Uint32Array(2 * from.length)
  larger.set(from)
  return larger
}

/** Puts the values where the next row goes if they are of that shape, which they nearly always are: each is looked at once. */
function putAs(chunk: Chunk, { points, kinds }: Shape, values: Reading['values']): boolean {
  const { textBytes } = chunk
  let n = 0
  for (const point in values) {
    const value = values[point]
    if (points[n] !== point || kinds[n] !== kindOf(value)) {
      chunk.textBytes = textBytes
      return false
    }
    putValue(chunk, chunk.used + HEAD + n, value)
    n++
  }
  return n === points.length
}

function shapesSeen() {
  const shapes: Shape[] = []
  const numbers = new Map<string, number>()
  return {
    shapes,
    numberOf(values: Reading['values'], doubts: Reading['doubts'] = {}): number {
      const doubtedAlone = Object.keys(doubts).filter((point) => !Object.hasOwn(values, point))
      const points = [...Object.keys(values), ...doubtedAlone]
      if (HEAD + points.length > SLOTS)
        throw new RangeError(`A reading of ${points.length} points does not fit into memory`)
      const kinds = points.map((point) => doubted(kindOf(values[point]), doubts[point]))
      const key = JSON.stringify([points, kinds])
      const number = numbers.get(key) ?? shapes.push({ points, kinds }) - 1
      numbers.set(key, number)
      return number
    },
  }
}

/** The reading in a row of the chunk, given the names that its numbers stand for. */
function placed(chunk: Chunk, row: number, device: DeviceId, { points, kinds }: Shape): Placed {
  const { slots, halves } = chunk
  const values: [string, Value][] = []
  const doubts: [string, 'uncertain' | 'bad'][] = []
  for (const [i, point] of points.entries()) {
    const value = valueAt(chunk, row + HEAD + i, kinds[i] as number)
    const doubt = doubtOf(kinds[i] as number)
    if (value !== undefined) values.push([point, value])
    if (doubt) doubts.push([point, doubt])
  }
  const said = { device, at: slots[row + AT] as number, receivedAt: slots[row + RECEIVED_AT] as number }
  const reading: Reading = { ...said, values: Object.fromEntries(values) }
  return {
    reading: doubts.length > 0 ? { ...reading, doubts: Object.fromEntries(doubts) } : reading,
    offset: slots[row + OFFSET] as number,
    ord: halves[2 * row + ORD] as number,
  }
}
