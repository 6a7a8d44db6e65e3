/**
 * What intake remembers of the samples it wrote, to know a repeat by. MQTT delivers at least
 * once and meters send their backlog again; the journal should not have to carry it twice.
 *
 * Only what is durable may make a repeat go away unwritten: a batch whose repeat leans on one that
 * is still being written waits for it, and fails with it, so that the sender sends again.
 */
import type { RepeatsBy } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'
import { type DeviceId, type Sample, speaksOf, type Value } from '../model/reading.ts'
import { type Batch, NOTHING, type Remembered, samples } from './remembered.ts'
import { type Seats, seats } from './seats.ts'

export type Judged = {
  /** What of the sample is new, if anything. */
  readonly fresh: Sample | undefined
  /** 1 if the sample, or points of it, are known already. */
  readonly repeats: number
  /** Points that say another value than the first. */
  readonly conflicts: number
}

/** Samples of one device at one instant that are remembered; a door says no more in a millisecond. */
const MOST_AT_ONE_INSTANT = 16
export type RepeatMemory = {
  /** `repeatsOf` is asked where something of that device and instant is remembered. */
  judge(sample: Sample, repeatsOf: (device: DeviceId) => RepeatsBy, batch: Batch): Judged
  /** Whether anything of that device and instant is remembered. */
  holds(device: DeviceId, at: Instant): boolean
  /** Takes in what is durable from before. */
  recall(sample: Sample): void
  written(batch: Batch): void
  /** The batch was not written: its samples will come again and must be taken then. */
  lost(batch: Batch): void
}

/** Remembers at least half of `mostSamples`, and never more than all: the older half is let go at once. */
export function repeatMemory(mostSamples: number, seatOf: Seats = seats()): RepeatMemory {
  let current = samples(seatOf)
  let previous = samples(seatOf)

  const known = (device: DeviceId, at: Instant): readonly Remembered[] => {
    const newer = current.at(device, at)
    const older = previous.at(device, at)
    return newer === NOTHING ? older : older === NOTHING ? newer : [...older, ...newer]
  }

  const remember = (sample: Sample, batch: Batch) => {
    if (mostSamples === 0) return
    current.add(sample, batch)
    if (current.count < mostSamples / 2) return
    previous.clear()
    ;[current, previous] = [previous, current]
  }

  const leansOn = (batch: Batch, { batch: other }: Remembered) => {
    if (other === batch || other.isDurable) return
    batch.waitsFor ??= new Set()
    batch.waitsFor.add(other)
  }

  return {
    judge(sample, repeatsOf, batch) {
      const there = known(sample.device, sample.at)
      if (there === NOTHING) {
        remember(sample, batch)
        return { fresh: sample, repeats: 0, conflicts: 0 }
      }
      const by = repeatsOf(sample.device)
      if (by === 'sample') {
        const same = there.find((other) => isSame(sample, other.sample))
        if (same) {
          leansOn(batch, same)
          return { fresh: undefined, repeats: 1, conflicts: 0 }
        }
      }
      const judged =
        by === 'point'
          ? judgePoints(sample, there, batch, leansOn)
          : { fresh: sample, repeats: 0, conflicts: 0 }
      if (judged.fresh && there.length < MOST_AT_ONE_INSTANT) remember(judged.fresh, batch)
      return judged
    },
    holds: (device, at) => known(device, at) !== NOTHING,
    recall({ device, at, values, doubts }) {
      const sample = doubts ? { device, at, values, doubts } : { device, at, values }
      if (known(device, at).length < MOST_AT_ONE_INSTANT) remember(sample, FROM_BEFORE)
    },
    written(batch) {
      batch.isDurable = true
      delete batch.waitsFor
    },
    lost(batch) {
      batch.isLost = true
    },
  }
}

const FROM_BEFORE: Batch = { isDurable: true, isLost: false }
/**
 * A meter measures each point once an instant: the first that speaks of it stands, a doubt without a value
 * too; another one is a conflict.
 */
function judgePoints(
  { device, at, values, doubts = {} }: Sample,
  known: readonly Remembered[],
  batch: Batch,
  leansOn: (batch: Batch, other: Remembered) => void,
): Judged {
  const fresh: Record<string, Value> = {}
  const freshDoubts: Record<string, 'uncertain' | 'bad'> = {}
  let conflicts = 0
  let repeats = 0
  for (const point of new Set([...Object.keys(values), ...Object.keys(doubts)])) {
    const [value, doubt] = [values[point], doubts[point]]
    const first = known.find(({ sample }) => speaksOf(sample, point))
    if (first) {
      leansOn(batch, first)
      if (saysAgain(first.sample, point, value, doubt)) repeats = 1
      else conflicts++
      continue
    }
    if (value !== undefined) fresh[point] = value
    if (doubt) freshDoubts[point] = doubt
  }
  const isDoubted = Object.keys(freshDoubts).length > 0
  if (Object.keys(fresh).length === 0 && !isDoubted) return { fresh: undefined, repeats, conflicts }
  const sample = { device, at, values: fresh }
  return { fresh: isDoubted ? { ...sample, doubts: freshDoubts } : sample, repeats, conflicts }
}

/** Of a value it is the value that counts, and of none the doubt. */
const saysAgain = (first: Sample, point: string, value: Value | undefined, doubt: string | undefined) =>
  first.values[point] === value && (value !== undefined || first.doubts?.[point] === doubt)

const isSame = (one: Sample, other: Sample): boolean =>
  isEqual(one.values, other.values) && isEqual(one.doubts ?? {}, other.doubts ?? {})

function isEqual(one: Readonly<Record<string, Value>>, other: Readonly<Record<string, Value>>): boolean {
  const points = Object.keys(one)
  return (
    points.length === Object.keys(other).length &&
    points.every((point) => Object.hasOwn(other, point) && one[point] === other[point])
  )
}
