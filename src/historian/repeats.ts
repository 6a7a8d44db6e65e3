/**
 * What makes two stored samples the same one, in one place for every adapter. Intake drops the
 * repeats that it remembers; what it has forgotten is dropped here, when it is read.
 */
import type { Offset } from '../model/commit.ts'
import type { RepeatsBy } from '../model/device.ts'
import { type DeviceId, type Reading, type Sample, speaksOf, type Value } from '../model/reading.ts'

/** Handed in by whoever knows the devices; one never heard of is best judged as `sample`, which loses nothing. */
export type RepeatsByDevice = (device: DeviceId) => RepeatsBy

/** A reading and its place in the journal: the commit, and the how-manieth reading of it. */
export type Placed = { readonly reading: Reading; readonly offset: Offset; readonly ord: number }

const inJournalOrder = (a: Placed, b: Placed): number => a.offset - b.offset || a.ord - b.ord

export const inTimeOrder = (a: Placed, b: Placed): number =>
  a.reading.at - b.reading.at || inJournalOrder(a, b)

/** All that a sample says beside its device and instant, the same text for the same content. */
export function contentOf({ values, doubts = {} }: Sample): string {
  const points = [...new Set([...Object.keys(values), ...Object.keys(doubts)])].sort()
  return JSON.stringify(points.map((point) => [point, values[point] ?? null, doubts[point] ?? null]))
}

/**
 * One device's readings without repeats, from its samples in time order. Where the device repeats
 * by point, one instant is one reading: each point as the lowest journal offset told it.
 */
export function* withoutRepeats(samples: Iterable<Placed>, by: RepeatsBy): Generator<Reading> {
  let instant: Placed[] = []
  for (const sample of samples) {
    if (instant[0] && instant[0].reading.at !== sample.reading.at) {
      yield* ofOneInstant(instant, by)
      instant = []
    }
    instant.push(sample)
  }
  yield* ofOneInstant(instant, by)
}

function ofOneInstant(samples: readonly Placed[], by: RepeatsBy): Reading[] {
  if (samples.length < 2) return samples.map(({ reading }) => reading)
  if (by === 'point') return [merged(samples)]
  const first = new Map<string, Reading>()
  for (const { reading } of samples) {
    const content = contentOf(reading)
    if (!first.has(content)) first.set(content, reading)
  }
  return [...first.values()]
}

function merged(samples: readonly Placed[]): Reading {
  const [first] = samples as readonly [Placed]
  const values: Record<string, Value> = Object.create(null)
  const doubts: Record<string, 'uncertain' | 'bad'> = Object.create(null)
  const told = new Set<string>()
  for (const { reading } of samples) {
    const points = [...Object.keys(reading.values), ...Object.keys(reading.doubts ?? {})]
    for (const point of points.filter((name) => !told.has(name))) {
      const value = reading.values[point]
      const doubt = reading.doubts?.[point]
      if (value !== undefined) values[point] = value
      if (doubt) doubts[point] = doubt
    }
    for (const point of points) told.add(point)
  }
  const { device, at, receivedAt } = first.reading
  return Object.keys(doubts).length > 0
    ? { device, at, receivedAt, values: { ...values }, doubts: { ...doubts } }
    : { device, at, receivedAt, values: { ...values } }
}

/** Pages through readings that come oldest first. */
export function page(
  readings: Iterable<Reading>,
  { point, skip = 0, limit }: { readonly point?: string; readonly skip?: number; readonly limit: number },
): Reading[] {
  const wanted: Reading[] = []
  let passed = 0
  for (const reading of readings) {
    if (wanted.length >= limit) break
    if (point !== undefined && !speaksOf(reading, point)) continue
    if (passed++ >= skip) wanted.push(reading)
  }
  return wanted
}
