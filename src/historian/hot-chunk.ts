/**
 * A piece of the rows in memory. A row is one stretch of 8-byte slots, because rows are sealed in another
 * order than they came in: spread over columns each of them would cost eight misses of the processor's caches
 * instead of one.
 */
import type { Value } from '../model/reading.ts'
import { KIND, NUMBER, SWITCH, TEXT } from '../model/shape.ts'

/** A place over all chunks is the chunk's number and, in the lower 17 bits, a slot. */
const SLOT_BITS = 17
/** Slots of a chunk, 1 MiB: some 16,000 readings of three points. */
export const SLOTS = 1 << SLOT_BITS
export const placeOf = (chunk: number, slot: number): number => (chunk << SLOT_BITS) | slot
export const chunkOf = (place: number): number => place >>> SLOT_BITS
export const slotOf = (place: number): number => place & (SLOTS - 1)
/** Slots of a row before its values. */
export const HEAD = 5
const FIRST_TEXT_BYTES = 4_096
/** A chunk that is kept for the next use keeps no more than this for texts: a flood of them is not held for ever. */
const KEPT_TEXT_BYTES = 1 << 20

/** Where in a row: numbers by slot, the rest by half a slot. */
export const AT = 0
export const RECEIVED_AT = 1
export const OFFSET = 2
export const DEVICE = 6
export const SHAPE = 7
/** The device's row before this one, one more than its place over all chunks; 0 if it is the first. */
export const BEFORE = 8
export const ORD = 9

export type Chunk = {
  /** In memory that is shared with the thread that seals. A text stands as its place in `texts`, a switch as 1 or 0. */
  readonly slots: Float64Array
  /** The same memory. */
  readonly halves: Uint32Array
  used: number
  /** Texts as JSON in UTF-8, each behind its length in four bytes. */
  texts: Uint8Array
  textBytes: number
}

export interface ChunkPool {
  take(): Chunk
  give(chunks: readonly Chunk[]): void
}

/** @param most Chunks that are kept for the next use, so that a steady flow of readings allocates nothing. */
export function chunkPool(most: number): ChunkPool {
  const free: Chunk[] = []
  return {
    take: () => free.pop() ?? emptyChunk(),
    give(chunks) {
      for (const chunk of chunks.slice(0, Math.max(0, most - free.length))) {
        chunk.used = 0
        chunk.textBytes = 0
        if (chunk.texts.length > KEPT_TEXT_BYTES) chunk.texts = emptyTexts()
        free.push(chunk)
      }
    },
  }
}

function emptyChunk(): Chunk {
  const memory = new SharedArrayBuffer(8 * SLOTS)
  return {
    slots: new Float64Array(memory),
    halves: new Uint32Array(memory),
    used: 0,
    texts: emptyTexts(),
    textBytes: 0,
  }
}

const emptyTexts = (): Uint8Array => new Uint8Array(new SharedArrayBuffer(FIRST_TEXT_BYTES))

/** Where it stands. */
export function putText(chunk: Chunk, value: string): number {
  const json = JSON.stringify(value)
  const start = chunk.textBytes
  const most = start + 4 + 3 * json.length
  if (most > chunk.texts.length) {
    const { texts } = chunk
    chunk.texts = new Uint8Array(new SharedArrayBuffer(Math.max(most, 2 * texts.length)))
    chunk.texts.set(texts)
  }
  const view = Buffer.from(chunk.texts.buffer)
  const length = view.write(json, start + 4)
  view.writeUInt32LE(length, start)
  chunk.textBytes = start + 4 + length
  return start
}

/** From where to where the text goes that stands at a place of the heap. */
export function textAt({ texts }: Chunk, start: number): readonly [from: number, to: number] {
  return [start + 4, start + 4 + Buffer.from(texts.buffer).readUInt32LE(start)]
}

/** `undefined` where only a doubt was told. */
export function valueAt(chunk: Chunk, slot: number, kind: number): Value | undefined {
  const value = chunk.slots[slot] as number
  switch (kind & KIND) {
    case NUMBER:
      return value
    case TEXT:
      return JSON.parse(Buffer.from(chunk.texts.buffer).toString('utf8', ...textAt(chunk, value))) as string
    case SWITCH:
      return value === 1
    default:
      return undefined
  }
}
