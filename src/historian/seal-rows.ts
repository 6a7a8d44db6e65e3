/** Rows from memory into a sealed file, in order: by device, then by instant, then as the journal had them. */
import { doubtOf, KIND, NUMBER, type Shape, SWITCH, TEXT } from '../model/shape.ts'
import {
  AT,
  type Chunk,
  chunkOf,
  DEVICE,
  HEAD,
  OFFSET,
  ORD,
  placeOf,
  RECEIVED_AT,
  SHAPE,
  slotOf,
  textAt,
} from './hot-chunk.ts'
import { NUMBER_BYTES, putNumber } from './json-bytes.ts'
import { makeRoom, putBytes } from './parquet-encodings.ts'
import type { Written } from './parquet-protocol.ts'
import { type SealedWriter, sealedWriter } from './sealed-writer.ts'

/** What is sealed: chunks, and what the numbers in them stand for. */
export type RowsToSeal = {
  readonly chunks: readonly Chunk[]
  readonly devices: readonly string[]
  readonly shapes: readonly Shape[]
}

/**
 * @param path of a file that is not there yet
 * @param calledOff 1 once it is wanted no more; it throws then
 */
export function sealRows(
  { chunks, devices, shapes }: RowsToSeal,
  path: string,
  calledOff?: Int32Array,
): Written {
  using writer = sealedWriter(path, calledOff)
  const texts = shapes.map(textsOf)
  const { rows, ends } = byDevice(chunks, devices.length, shapes)
  const inOrder = devices
    .map((device, number) => ({ name: Buffer.from(device), number }))
    .sort((a, b) => Buffer.compare(a.name, b.name))
  for (const { name, number } of inOrder) {
    const own = rows.subarray(number === 0 ? 0 : ends[number - 1], ends[number])
    if (!isInTimeOrder(own, chunks)) own.sort((a, b) => atOf(chunks, a) - atOf(chunks, b) || a - b)
    writer.device(name)
    for (const place of own) {
      const chunk = chunks[chunkOf(place)] as Chunk
      const row = slotOf(place)
      const { slots, halves } = chunk
      putSaid(writer, chunk, row, texts[halves[2 * row + SHAPE] as number] as ShapeTexts)
      writer.endRow(
        Math.round(slots[row + AT] as number),
        Math.round(slots[row + RECEIVED_AT] as number),
        slots[row + OFFSET] as number,
        halves[2 * row + ORD] as number,
      )
    }
  }
  return writer.finish()
}

/**
 * Places of rows over all chunks by device, each device's in the order of the journal, which is the order in
 * which they came.
 */
function byDevice(chunks: readonly Chunk[], devices: number, shapes: readonly Shape[]) {
  const sizes = Uint32Array.from(shapes, ({ points }) => HEAD + points.length)
  const ends = new Uint32Array(devices)
  for (const { halves, used } of chunks) {
    for (let row = 0; row < used; row += sizes[halves[2 * row + SHAPE] as number] as number) {
      const device = halves[2 * row + DEVICE] as number
      ends[device] = (ends[device] as number) + 1
    }
  }
  let total = 0
  for (let device = 0; device < devices; device++) {
    const own = ends[device] as number
    ends[device] = total
    total += own
  }
  const rows = new Uint32Array(total)
  for (const [n, { halves, used }] of chunks.entries()) {
    for (let row = 0; row < used; row += sizes[halves[2 * row + SHAPE] as number] as number) {
      const device = halves[2 * row + DEVICE] as number
      const end = ends[device] as number
      rows[end] = placeOf(n, row)
      ends[device] = end + 1
    }
  }
  return { rows, ends }
}

const atOf = (chunks: readonly Chunk[], place: number) =>
  (chunks[chunkOf(place)] as Chunk).slots[slotOf(place) + AT] as number

function isInTimeOrder(places: Uint32Array, chunks: readonly Chunk[]): boolean {
  let last = Number.NEGATIVE_INFINITY
  for (const place of places) {
    const at = atOf(chunks, place)
    if (at < last) return false
    last = at
  }
  return true
}

/** What the rows of a shape have in common, as bytes. */
type ShapeTexts = {
  readonly kinds: Uint8Array
  /** What stands before each value. */
  readonly keys: readonly Uint8Array[]
  readonly mostBytes: number
  /** Undefined where nothing is in doubt. */
  readonly doubts: Uint8Array | undefined
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const [TRUE, FALSE] = [encode('true'), encode('false')]
const CLOSE = '}'.charCodeAt(0)
const EMPTY = encode('{')

function textsOf({ points, kinds }: Shape): ShapeTexts {
  const first = kinds.findIndex((kind) => (kind & KIND) !== 0)
  const keys = points.map((point, n) => encode(`${n === first ? '{' : ','}${JSON.stringify(point)}:`))
  const doubted = points.flatMap((point, n) => {
    const doubt = doubtOf(kinds[n] as number)
    return doubt ? [[point, doubt] as const] : []
  })
  return {
    kinds: Uint8Array.from(kinds, (kind) => kind & KIND),
    keys: first < 0 ? [] : keys,
    mostBytes: keys.reduce((sum, { length }) => sum + length + NUMBER_BYTES, 2),
    doubts: doubted.length > 0 ? encode(JSON.stringify(Object.fromEntries(doubted))) : undefined,
  }
}

function putSaid({ said, doubts }: SealedWriter, chunk: Chunk, row: number, shape: ShapeTexts): void {
  const { kinds, keys } = shape
  makeRoom(said, shape.mostBytes)
  let { data, length: at } = said
  if (keys.length === 0) data[at++] = EMPTY[0] as number
  for (let i = 0; i < keys.length; i++) {
    const kind = kinds[i] as number
    if (kind === 0) continue
    const key = keys[i] as Uint8Array
    for (let n = 0; n < key.length; n++) data[at++] = key[n] as number
    const value = chunk.slots[row + HEAD + i] as number
    if (kind === NUMBER) at = putNumber(data, at, value)
    else {
      said.length = at
      if (kind === SWITCH) putBytes(said, value === 1 ? TRUE : FALSE)
      if (kind === TEXT) {
        const [from, to] = textAt(chunk, value)
        makeRoom(said, to - from + shape.mostBytes)
        putBytes(said, chunk.texts, from, to)
      }
      data = said.data
      at = said.length
    }
  }
  data[at++] = CLOSE
  said.length = at
  if (shape.doubts) putBytes(doubts, shape.doubts)
}
