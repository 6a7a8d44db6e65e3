/**
 * Readings that are not sealed yet, in columns: a million readings of three points take some 85 MB
 * as typed arrays and three times that as objects, and columns cross to the engine's process as they are.
 */
import type { Offset } from '../model/commit.ts'
import type { Interval } from '../model/instant.ts'
import type { DeviceId, Reading, Value } from '../model/reading.ts'
import type { Placed } from './repeats.ts'

const CHUNK = 16_384

const NO_VALUE = 0
const NUMBER = 1
const TEXT = 2
const SWITCH = 3

/** Added to the kind of a value. */
const UNCERTAIN = 4
const BAD = 8

/** Up to 16,384 readings. Values of reading i stand from `firstValue[i]` to `firstValue[i + 1]`. */
export type Chunk = {
  readonly device: Uint32Array
  readonly at: Float64Array
  readonly receivedAt: Float64Array
  readonly offset: Float64Array
  readonly ord: Uint32Array
  readonly firstValue: Uint32Array
  /** Readings held. */
  count: number
  point: Uint32Array
  kind: Uint8Array
  /** The number, 1 or 0 of a switch, or where the text stands in `texts`. */
  value: Float64Array
  readonly texts: string[]
}

export interface HotRows {
  readonly count: number
  readonly chunks: readonly Chunk[]
  /** Names by the number that stands for them in the chunks. */
  readonly devices: readonly DeviceId[]
  readonly points: readonly string[]
  add(reading: Reading, offset: Offset, ord: number): void
  of(device: DeviceId, interval: Interval): Placed[]
}

export function hotRows(): HotRows {
  const chunks: Chunk[] = []
  const devices = names()
  const points = names()
  const chains = rowChains()
  let count = 0

  function room(): Chunk {
    const last = chunks.at(-1)
    if (last && last.count < CHUNK) return last
    const chunk = emptyChunk()
    chunks.push(chunk)
    return chunk
  }

  return {
    get count() {
      return count
    },
    chunks,
    devices: devices.list,
    points: points.list,
    add({ device, at, receivedAt, values, doubts = {} }, offset, ord) {
      const chunk = room()
      const row = chunk.count++
      const number = devices.numberOf(device)
      chains.add(number, count)
      chunk.device[row] = number
      chunk.at[row] = at
      chunk.receivedAt[row] = receivedAt
      chunk.offset[row] = offset
      chunk.ord[row] = ord
      let end = chunk.firstValue[row] as number
      const put = (point: string, value: Value | undefined) => {
        putValue(chunk, end++, points.numberOf(point), value, doubts[point])
      }
      for (const point of Object.keys(values)) put(point, values[point])
      for (const point of Object.keys(doubts)) if (!Object.hasOwn(values, point)) put(point, undefined)
      chunk.firstValue[row + 1] = end
      count++
    },
    of(device, { from, to }) {
      const wanted = devices.known(device)
      if (wanted === undefined) return []
      const found: Placed[] = []
      for (const row of chains.of(wanted)) {
        const chunk = chunks[Math.floor(row / CHUNK)] as Chunk
        const at = chunk.at[row % CHUNK] as number
        if (at >= from && at < to) found.push(placed(chunk, row % CHUNK, device, points.list))
      }
      return found.reverse()
    },
  }
}

/**
 * Which rows are a device's own: its newest one, and with each row the one before it. A list of its own for each of a hundred
 * thousand devices would weigh more than what most of them have said.
 */
function rowChains() {
  /** One more than the row; 0 where there is none. */
  let newest: Uint32Array = new Uint32Array(1_024)
  const before: Uint32Array[] = []
  return {
    /** Rows in turn, counted over all chunks from 0. */
    add(device: number, row: number): void {
      while (device >= newest.length) newest = grown(Uint32Array, newest)
      if (row % CHUNK === 0) before.push(new Uint32Array(CHUNK))
      const column = before[Math.floor(row / CHUNK)] as Uint32Array
      column[row % CHUNK] = newest[device] as number
      newest[device] = row + 1
    },
    /** The newest first. */
    *of(device: number): Generator<number> {
      for (let next = newest[device] ?? 0; next > 0; ) {
        const row = next - 1
        yield row
        next = before[Math.floor(row / CHUNK)]?.[row % CHUNK] ?? 0
      }
    },
  }
}

function emptyChunk(): Chunk {
  return {
    device: new Uint32Array(CHUNK),
    at: new Float64Array(CHUNK),
    receivedAt: new Float64Array(CHUNK),
    offset: new Float64Array(CHUNK),
    ord: new Uint32Array(CHUNK),
    firstValue: new Uint32Array(CHUNK + 1),
    count: 0,
    point: new Uint32Array(CHUNK),
    kind: new Uint8Array(CHUNK),
    value: new Float64Array(CHUNK),
    texts: [],
  }
}

function putValue(
  chunk: Chunk,
  index: number,
  point: number,
  value: Value | undefined,
  doubt: 'uncertain' | 'bad' | undefined,
): void {
  if (index === chunk.point.length) {
    chunk.point = grown(Uint32Array, chunk.point)
    chunk.kind = grown(Uint8Array, chunk.kind)
    chunk.value = grown(Float64Array, chunk.value)
  }
  const doubted = doubt === 'bad' ? BAD : doubt === 'uncertain' ? UNCERTAIN : 0
  chunk.point[index] = point
  if (typeof value === 'number') {
    chunk.kind[index] = NUMBER + doubted
    chunk.value[index] = value
  } else if (typeof value === 'boolean') {
    chunk.kind[index] = SWITCH + doubted
    chunk.value[index] = value ? 1 : 0
  } else if (typeof value === 'string') {
    chunk.kind[index] = TEXT + doubted
    chunk.value[index] = chunk.texts.push(value) - 1
  } else {
    chunk.kind[index] = NO_VALUE + doubted
  }
}

function grown<A extends Uint8Array | Uint32Array | Float64Array>(
  kind: new (length: number) => A,
  from: A,
): A {
  const larger = new kind(from.length * 2)
  larger.set(from)
  return larger
}

/** The value at an index of the chunk; `undefined` where only a doubt was told. */
function valueAt({ kind, value, texts }: Chunk, index: number): Value | undefined {
  switch ((kind[index] as number) & 3) {
    case NUMBER:
      return value[index]
    case TEXT:
      return texts[value[index] as number]
    case SWITCH:
      return value[index] === 1
    default:
      return undefined
  }
}

function doubtAt({ kind }: Chunk, index: number): 'uncertain' | 'bad' | undefined {
  const bits = kind[index] as number
  return bits & BAD ? 'bad' : bits & UNCERTAIN ? 'uncertain' : undefined
}

/** The reading in a row of the chunk, given the names that its numbers stand for. */
function placed(chunk: Chunk, row: number, device: DeviceId, points: readonly string[]): Placed {
  const told: Told[] = []
  for (let i = chunk.firstValue[row] as number; i < (chunk.firstValue[row + 1] as number); i++) {
    told.push([points[chunk.point[i] as number] as string, valueAt(chunk, i), doubtAt(chunk, i)])
  }
  const reading = readingOf(device, chunk.at[row] as number, chunk.receivedAt[row] as number, told)
  return { reading, offset: chunk.offset[row] as number, ord: chunk.ord[row] as number }
}

/** What a row says, as JSON straight from the columns: a million rows are sealed without making a million objects. */
export function saidIn(chunk: Chunk, row: number, keys: readonly string[]): string {
  let said = ''
  for (let i = chunk.firstValue[row] as number; i < (chunk.firstValue[row + 1] as number); i++) {
    const value = valueAt(chunk, i)
    if (value === undefined) continue
    const text = typeof value === 'string' ? JSON.stringify(value) : jsonOf(value)
    said += `${said === '' ? '{' : ','}${keys[chunk.point[i] as number]}${text}`
  }
  return said === '' ? '{}' : `${said}}`
}

/** Names as they stand before a value in `saidIn`. */
export const jsonKeys = (points: readonly string[]): string[] =>
  points.map((point) => `${JSON.stringify(point)}:`)

/** JSON knows no other numbers than finite ones. */
const jsonOf = (value: number | boolean) =>
  typeof value === 'boolean' || Number.isFinite(value) ? String(value) : 'null'

/** The doubts of a row as JSON; empty where there is none. */
export function doubtsIn(chunk: Chunk, row: number, points: readonly string[]): string {
  const doubts: [string, string][] = []
  for (let i = chunk.firstValue[row] as number; i < (chunk.firstValue[row + 1] as number); i++) {
    const doubt = doubtAt(chunk, i)
    if (doubt) doubts.push([points[chunk.point[i] as number] as string, doubt])
  }
  return doubts.length === 0 ? '' : JSON.stringify(Object.fromEntries(doubts))
}

/** What was told of one point. */
type Told = readonly [
  point: string,
  value: Value | null | undefined,
  doubt: 'uncertain' | 'bad' | null | undefined,
]

function readingOf(device: DeviceId, at: number, receivedAt: number, told: readonly Told[]): Reading {
  const values: [string, Value][] = []
  const doubts: [string, 'uncertain' | 'bad'][] = []
  for (const [point, value, doubt] of told) {
    if (value !== undefined && value !== null) values.push([point, value])
    if (doubt) doubts.push([point, doubt])
  }
  const reading = { device, at, receivedAt, values: Object.fromEntries(values) }
  return doubts.length > 0 ? { ...reading, doubts: Object.fromEntries(doubts) } : reading
}

function names() {
  const list: string[] = []
  const numbers = new Map<string, number>()
  return {
    list,
    known: (name: string) => numbers.get(name),
    numberOf(name: string): number {
      const known = numbers.get(name)
      if (known !== undefined) return known
      numbers.set(name, list.length)
      return list.push(name) - 1
    },
  }
}
