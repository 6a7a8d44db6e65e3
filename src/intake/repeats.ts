/**
 * What intake remembers of the samples it wrote, to know a repeat by. MQTT delivers at least
 * once and meters send their backlog again; the journal should not have to carry it twice.
 *
 * Only what is durable may make a repeat go away unwritten: a batch whose repeat leans on one that
 * is still being written waits for it, and fails with it, so that the sender sends again.
 */
import type { RepeatsBy } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId, Sample, Value } from '../model/reading.ts'

/** The samples of one append. */
export type Batch = {
  isDurable: boolean
  /** Where its samples are remembered, until it is durable. */
  readonly kept: string[]
  /** Batches still being written that hold what this one repeats. */
  readonly waitsFor: Set<Batch>
  appending?: Promise<void>
}

export const newBatch = (): Batch => ({ isDurable: false, kept: [], waitsFor: new Set() })

type Remembered = Pick<Sample, 'values' | 'doubts'> & { readonly batch: Batch }

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
  judge(sample: Sample, by: RepeatsBy, batch: Batch): Judged
  /** Whether anything of that device and instant is remembered. */
  holds(device: DeviceId, at: Instant): boolean
  written(batch: Batch): void
  /** The batch was not written: its samples will come again and must be taken then. */
  lost(batch: Batch): void
}

export function repeatMemory(mostSamples: number): RepeatMemory {
  const memory = new Map<string, Remembered[]>()
  // One iterator for good: a new one each time would walk over all that was let go before it.
  const oldest = memory.keys()
  const keyOf = ({ device, at }: Pick<Sample, 'device' | 'at'>) => `${device} ${at}`

  const remember = (sample: Sample, known: Remembered[] | undefined, batch: Batch) => {
    const { values, doubts } = sample
    const remembered = doubts ? { values, doubts, batch } : { values, batch }
    const key = keyOf(sample)
    if (!known) memory.set(key, [remembered])
    else if (known.length < MOST_AT_ONE_INSTANT) known.push(remembered)
    else return
    batch.kept.push(key)
    if (memory.size <= mostSamples) return
    const next = oldest.next()
    if (!next.done) memory.delete(next.value)
  }

  const leansOn = (batch: Batch, { batch: other }: Remembered) => {
    if (other !== batch && !other.isDurable) batch.waitsFor.add(other)
  }

  return {
    judge(sample, by, batch) {
      const known = memory.get(keyOf(sample))
      if (known && by === 'sample') {
        const same = known.find((other) => isSame(sample, other))
        if (same) {
          leansOn(batch, same)
          return { fresh: undefined, repeats: 1, conflicts: 0 }
        }
      }
      const judged = known && by === 'point' ? judgePoints(sample, known, batch, leansOn) : undefined
      const fresh = judged ? judged.fresh : sample
      if (fresh) remember(fresh, known, batch)
      return judged ?? { fresh, repeats: 0, conflicts: 0 }
    },
    holds: (device, at) => memory.has(keyOf({ device, at })),
    written(batch) {
      batch.isDurable = true
      batch.kept.length = 0
    },
    lost(batch) {
      for (const key of batch.kept) {
        const others = memory.get(key)?.filter((remembered) => remembered.batch !== batch)
        if (others?.length) memory.set(key, others)
        else memory.delete(key)
      }
    },
  }
}

/** A meter measures each point once an instant: the first value stands, another one is a conflict. */
function judgePoints(
  { device, at, values, doubts }: Sample,
  known: readonly Remembered[],
  batch: Batch,
  leansOn: (batch: Batch, other: Remembered) => void,
): Judged {
  const fresh: Record<string, Value> = {}
  const freshDoubts: Record<string, 'uncertain' | 'bad'> = {}
  let conflicts = 0
  let repeats = 0
  for (const [point, value] of Object.entries(values)) {
    const first = known.find((other) => Object.hasOwn(other.values, point))
    if (first) {
      leansOn(batch, first)
      if (first.values[point] === value) repeats = 1
      else conflicts++
      continue
    }
    fresh[point] = value
    const doubt = doubts?.[point]
    if (doubt) freshDoubts[point] = doubt
  }
  if (Object.keys(fresh).length === 0) return { fresh: undefined, repeats, conflicts }
  const sample = { device, at, values: fresh }
  const isDoubted = Object.keys(freshDoubts).length > 0
  return { fresh: isDoubted ? { ...sample, doubts: freshDoubts } : sample, repeats, conflicts }
}

const isSame = (one: Pick<Sample, 'values' | 'doubts'>, other: Remembered): boolean =>
  isEqual(one.values, other.values) && isEqual(one.doubts ?? {}, other.doubts ?? {})

function isEqual(one: Readonly<Record<string, Value>>, other: Readonly<Record<string, Value>>): boolean {
  const points = Object.keys(one)
  return (
    points.length === Object.keys(other).length &&
    points.every((point) => Object.hasOwn(other, point) && one[point] === other[point])
  )
}
