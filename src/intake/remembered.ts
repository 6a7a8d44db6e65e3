/**
 * Samples that were written, in columns: nearly all are a device, an instant and a few numbers. As objects a
 * hundred thousand of them would each be copied twice by the collector and then grow old, though hardly one
 * is ever asked for.
 */

import { grown } from '../model/grown.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId, Sample } from '../model/reading.ts'
import type { Seats } from './seats.ts'
import { NO_SHAPE, shapedNumbers } from './shaped-numbers.ts'

/** The samples of one append. */
export type Batch = {
  isDurable: boolean
  /** It was not written: its samples are as if never heard. */
  isLost: boolean
  /** Batches still being written that hold what this one repeats. */
  waitsFor?: Set<Batch>
  appending?: Promise<void>
}

export const newBatch = (): Batch => ({ isDurable: false, isLost: false })

export type Remembered = { readonly sample: Sample; readonly batch: Batch }

export const NOTHING: readonly Remembered[] = []

export type Samples = {
  readonly count: number
  add(sample: Sample, batch: Batch): void
  /**
   * What was added of that device and instant and is not lost, in the order of adding; NOTHING where there is
   * nothing.
   */
  at(device: DeviceId, instant: Instant): readonly Remembered[]
  /** Forgets all, and keeps the room. */
  clear(): void
}

/** So many of a device are looked through one by one; more get an index by instant, once somebody asks. */
const LOOKED_THROUGH = 16
const FIRST_ROOM = 1_024
/** Where the chain of a device begins and nothing is before it. */
const NONE = -1

export function samples(seatOf: Seats): Samples {
  let ats = new Float64Array(FIRST_ROOM)
  /** The place of the sample before it of the same device. */
  let before = new Int32Array(FIRST_ROOM)
  let shape = new Int32Array(FIRST_ROOM)
  let firstNumber = new Uint32Array(FIRST_ROOM)
  let batch = new Uint32Array(FIRST_ROOM)
  const numbers = shapedNumbers()
  /** Kept as they came: those with words, switches or doubts. */
  const whole = new Map<number, Sample>()
  /**
   * Of each seat: the place of its last sample, or NONE; a device mostly measures onwards, so what is later
   * than its newest needs no look.
   */
  let last = new Int32Array(FIRST_ROOM).fill(NONE)
  let newest = new Float64Array(FIRST_ROOM)
  let heard = new Uint32Array(FIRST_ROOM)
  const indexes = new Map<number, Map<Instant, number[]>>()
  let batches: Batch[] = []
  let count = 0

  const makeSeat = (seat: number) => {
    if (seat < last.length) return
    const before = last.length
    last = grown(last, new Int32Array(2 * seat)).fill(NONE, before)
    newest = grown(newest, new Float64Array(2 * seat))
    heard = grown(heard, new Uint32Array(2 * seat))
  }

  const makeRoom = () => {
    if (count < ats.length) return
    ats = grown(ats, new Float64Array(2 * count))
    before = grown(before, new Int32Array(2 * count))
    shape = grown(shape, new Int32Array(2 * count))
    firstNumber = grown(firstNumber, new Uint32Array(2 * count))
    batch = grown(batch, new Uint32Array(2 * count))
  }

  const sampleAt = (place: number, device: DeviceId): Sample => {
    const kept = whole.get(place)
    if (kept) return kept
    const values = numbers.valuesAt(shape[place] as number, firstNumber[place] as number)
    return { device, at: ats[place] as number, values }
  }
  const note = (into: Map<Instant, number[]>, place: number) => {
    const at = ats[place] as number
    const there = into.get(at)
    if (there) there.push(place)
    else into.set(at, [place])
  }
  const chain = (seat: number): number[] => {
    const places: number[] = []
    for (let place = last[seat] as number; place !== NONE; place = before[place] as number) places.push(place)
    return places.reverse()
  }
  const placesAt = (seat: number, instant: Instant): readonly number[] => {
    const index = indexes.get(seat)
    if (index) return index.get(instant) ?? []
    const places = chain(seat)
    if ((heard[seat] as number) <= LOOKED_THROUGH) return places.filter((place) => ats[place] === instant)
    const made = new Map<Instant, number[]>()
    for (const place of places) note(made, place)
    indexes.set(seat, made)
    return made.get(instant) ?? []
  }

  return {
    get count() {
      return count
    },
    add(sample, ofBatch) {
      const { device, at, values, doubts } = sample
      makeRoom()
      firstNumber[count] = numbers.used
      shape[count] = doubts ? NO_SHAPE : numbers.add(values)
      if (shape[count] === NO_SHAPE) whole.set(count, sample)
      ats[count] = at
      if (batches.at(-1) !== ofBatch) batches.push(ofBatch)
      batch[count] = batches.length - 1
      const seat = seatOf(device)
      makeSeat(seat)
      before[count] = last[seat] as number
      newest[seat] = last[seat] === NONE ? at : Math.max(at, newest[seat] as number)
      last[seat] = count
      heard[seat] = (heard[seat] as number) + 1
      const index = indexes.get(seat)
      if (index) note(index, count)
      count++
    },
    at(device, instant) {
      const seat = seatOf(device)
      if (seat >= last.length || last[seat] === NONE || instant > (newest[seat] as number)) return NOTHING
      const found = placesAt(seat, instant).flatMap((place) => {
        const of = batches[batch[place] as number] as Batch
        return of.isLost ? [] : [{ sample: sampleAt(place, device), batch: of }]
      })
      return found.length === 0 ? NOTHING : found
    },
    clear() {
      whole.clear()
      last.fill(NONE)
      heard.fill(0)
      indexes.clear()
      numbers.clear()
      batches = []
      count = 0
    },
  }
}
