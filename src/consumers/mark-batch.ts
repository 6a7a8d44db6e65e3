/**
 * Marks that wait for the book, in columns: gathering one costs next to nothing, and they cross to another
 * thread as they are.
 */
import type { Instant } from '../model/instant.ts'

export type MarkBatch = {
  /** How many of each column count. */
  count: number
  /** The meter's place in the list of meters. */
  meter: Uint32Array
  at: Float64Array
  volumeM3: Float64Array
}

const FIRST_ROOM = 1_024

export const emptyBatch = (): MarkBatch => ({
  count: 0,
  meter: new Uint32Array(FIRST_ROOM),
  at: new Float64Array(FIRST_ROOM),
  volumeM3: new Float64Array(FIRST_ROOM),
})

export function addMark(batch: MarkBatch, meter: number, at: Instant, volumeM3: number): void {
  if (batch.count === batch.meter.length) {
    const room = 2 * batch.count
    const { meter, at, volumeM3 } = batch
    batch.meter = new Uint32Array(room)
    batch.at = new Float64Array(room)
    batch.volumeM3 = new Float64Array(room)
    batch.meter.set(meter)
    batch.at.set(at)
    batch.volumeM3.set(volumeM3)
  }
  const row = batch.count++
  batch.meter[row] = meter
  batch.at[row] = at
  batch.volumeM3[row] = volumeM3
}

/** One meter's marks as they came: instants and volumes in turns. */
export type MeterFigures = { readonly meter: number; readonly figures: Float64Array<ArrayBuffer> }

/** Each meter's marks, in the order in which they came, side by side in one array: sorted by counting. */
export function marksByMeter({ count, meter, at, volumeM3 }: MarkBatch): MeterFigures[] {
  let most = -1
  for (let row = 0; row < count; row++) most = Math.max(most, meter[row] as number)
  const ends = new Uint32Array(most + 2)
  const add = (counts: Uint32Array, place: number, n: number) => {
    counts[place] = (counts[place] as number) + n
  }
  for (let row = 0; row < count; row++) add(ends, (meter[row] as number) + 1, 1)
  for (let place = 1; place < ends.length; place++) add(ends, place, ends[place - 1] as number)
  const starts = ends.slice()
  const figures = new Float64Array(2 * count)
  for (let row = 0; row < count; row++) {
    const place = meter[row] as number
    const to = 2 * (starts[place] as number)
    add(starts, place, 1)
    figures[to] = at[row] as number
    figures[to + 1] = volumeM3[row] as number
  }
  const found: MeterFigures[] = []
  for (let place = 0; place <= most; place++) {
    const [from, to] = [ends[place] as number, ends[place + 1] as number]
    if (to > from) found.push({ meter: place, figures: figures.subarray(2 * from, 2 * to) })
  }
  return found
}
