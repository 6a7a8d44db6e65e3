/**
 * Samples that were written, in columns: nearly all are a device, an instant and a few numbers. As objects a hundred thousand
 * of them would each be copied twice by the collector and then grow old, though hardly one is ever asked for.
 */

import { NO_SHAPE, shapedNumbers } from '../journal/shaped-numbers.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId, Sample } from '../model/reading.ts'

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
  /** What was added of that device and instant and is not lost, in the order of adding; NOTHING where there is nothing. */
  at(device: DeviceId, instant: Instant): readonly Remembered[]
  /** Forgets all, and keeps the room. */
  clear(): void
}

/** So many of a device are looked through one by one; more get an index by instant, once somebody asks. */
const LOOKED_THROUGH = 16
const FIRST_ROOM = 1_024
/** Where the chain of a device ends. */
const NONE = -1

/** A device mostly measures onwards: what is later than all before it is known to be new without a look. */
type Tail = { last: number; newest: Instant; count: number; index: Map<Instant, number[]> | undefined }

export function samples(): Samples {
  let ats = new Float64Array(FIRST_ROOM)
  /** The place of the sample before it of the same device. */
  let before = new Int32Array(FIRST_ROOM)
  let shape = new Int32Array(FIRST_ROOM)
  let firstNumber = new Uint32Array(FIRST_ROOM)
  let batch = new Uint32Array(FIRST_ROOM)
  const numbers = shapedNumbers()
  /** Kept as they came: those with words, switches or doubts. */
  const whole = new Map<number, Sample>()
  const tails = new Map<DeviceId, Tail>()
  /** Whose was asked for last: a sample is looked for a few times before it is added. */
  let asked: DeviceId | undefined
  let tailOfAsked: Tail | undefined
  let batches: Batch[] = []
  let count = 0

  const tailOf = (device: DeviceId): Tail | undefined => {
    if (asked !== device) {
      asked = device
      tailOfAsked = tails.get(device)
    }
    return tailOfAsked
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
  const chain = (tail: Tail): number[] => {
    const places: number[] = []
    for (let place = tail.last; place !== NONE; place = before[place] as number) places.push(place)
    return places.reverse()
  }
  const placesAt = (tail: Tail, instant: Instant): readonly number[] => {
    if (!tail.index && tail.count > LOOKED_THROUGH) {
      tail.index = new Map()
      for (const place of chain(tail)) note(tail.index, place)
    }
    return tail.index
      ? (tail.index.get(instant) ?? [])
      : chain(tail).filter((place) => ats[place] === instant)
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
      const tail = tailOf(device)
      before[count] = tail?.last ?? NONE
      if (tail) {
        tail.last = count
        tail.count++
        if (at > tail.newest) tail.newest = at
        if (tail.index) note(tail.index, count)
      } else {
        tailOfAsked = { last: count, newest: at, count: 1, index: undefined }
        tails.set(device, tailOfAsked)
      }
      count++
    },
    at(device, instant) {
      const tail = tailOf(device)
      if (tail === undefined || instant > tail.newest) return NOTHING
      const found = placesAt(tail, instant).flatMap((place) => {
        const of = batches[batch[place] as number] as Batch
        return of.isLost ? [] : [{ sample: sampleAt(place, device), batch: of }]
      })
      return found.length === 0 ? NOTHING : found
    },
    clear() {
      whole.clear()
      tails.clear()
      asked = undefined
      numbers.clear()
      batches = []
      count = 0
    },
  }
}

function grown<Column extends Float64Array | Int32Array | Uint32Array>(from: Column, to: Column): Column {
  to.set(from)
  return to
}
