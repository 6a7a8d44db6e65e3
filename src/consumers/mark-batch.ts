/** Marks that wait for the book, in columns: gathering one costs next to nothing, and they cross to another thread as they are. */
import type { Instant } from '../model/instant.ts'
import type { MeterMark } from '../model/water-use.ts'

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

/** Each meter's marks, in the order in which they came. */
export function marksByMeter({ count, meter, at, volumeM3 }: MarkBatch): ReadonlyMap<number, MeterMark[]> {
  const marks = new Map<number, MeterMark[]>()
  for (let row = 0; row < count; row++) {
    const mark = { at: at[row] as number, volumeM3: volumeM3[row] as number }
    const known = marks.get(meter[row] as number)
    if (known) known.push(mark)
    else marks.set(meter[row] as number, [mark])
  }
  return marks
}
