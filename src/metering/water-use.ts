/** Water use as the energy office asks for it: every interval × meter or institution, also where nothing is known. */
import type { Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import {
  type HourUse,
  type MeterUse,
  USE_QUALITIES,
  type UseQuality,
  type UseStep,
} from '../model/water-use.ts'
import type { CountedMeter, UseScope, UseSubject, UseSubjects } from './subjects.ts'

/** `from` and `to` stand on boundaries of `step` in the site's zone. */
export type UseQuery = Interval & UseScope & { readonly step: UseStep; readonly by: UseSubjects }

export type UseRow = Interval & {
  readonly id: string
  readonly name: string
  /** m³; the sum of the meters that have a volume, null only where none has. */
  readonly volumeM3: number | null
  /** The worst among the meters: an institution with a silent meter is `missing` in part. */
  readonly quality: UseQuality
  /** Measured meter-time ÷ expected meter-time, 0 to 1. */
  readonly coverage: number
  /** Meter-time that could have been measured, ms; 0 where it has no meter. */
  readonly meterMs: number
}

/** Oldest interval first, all rows of an interval together in the order of their ids. */
export type WaterUseReader = (query: UseQuery) => AsyncIterable<readonly UseRow[]>

/** Sums below a thousandth of a millilitre are traces of binary fractions. */
export const rounded = (volumeM3: number): number => Math.round(volumeM3 * 1e9) / 1e9

export const roundedOrNull = (figure: number | null): number | null =>
  figure === null ? null : rounded(figure)

/** To a millionth, and 1 only where nothing is missing. */
export const shareOf = (partMs: number, wholeMs: number): number => {
  if (wholeMs === 0) return 0
  return partMs >= wholeMs ? 1 : Math.min(0.999_999, Math.round((partMs / wholeMs) * 1e6) / 1e6)
}

/** An interval whose parts are being added up. */
export type UseSum = { -readonly [K in keyof HourUse]: HourUse[K] }

export const emptySum = ({ from, to }: Interval): UseSum => ({
  from,
  to,
  volumeM3: 0,
  knownMs: 0,
  measuredMs: 0,
  estimatedFrom: false,
  estimatedTo: false,
  exactFrom: false,
  exactTo: false,
})

/** Oldest part first: sums of binary fractions depend on their order. */
export function addUse(sum: UseSum, part: HourUse): void {
  sum.volumeM3 += part.volumeM3
  sum.knownMs += part.knownMs
  sum.measuredMs += part.measuredMs
  sum.estimatedFrom ||= part.estimatedFrom && part.from === sum.from
  sum.estimatedTo ||= part.estimatedTo && part.to === sum.to
  sum.exactFrom ||= part.exactFrom && part.from === sum.from
  sum.exactTo ||= part.exactTo && part.to === sum.to
}

/** The parts of an interval as one; undefined where none is known. */
export function sumUse(parts: readonly HourUse[], interval: Interval): HourUse | undefined {
  if (parts.length === 0) return undefined
  const sum = emptySum(interval)
  for (const part of parts) addUse(sum, part)
  return sum
}

/**
 * Measured: known throughout, from exact boundary to exact boundary. Interpolated: known throughout, a boundary
 * between two readings. Estimated: a longer gap lies across a boundary, or it is not known to its ends. A gap
 * that lies wholly inside takes nothing from what is known of the whole; it takes from the coverage.
 */
export function meterUse(device: DeviceId, { from, to }: Interval, use: HourUse | undefined): MeterUse {
  if (!use) return { device, from, to, volumeM3: null, quality: 'missing', measuredMs: 0 }
  const throughout = use.knownMs >= to - from && !use.estimatedFrom && !use.estimatedTo
  const quality = throughout ? (use.exactFrom && use.exactTo ? 'measured' : 'interpolated') : 'estimated'
  return { device, from, to, volumeM3: use.volumeM3, quality, measuredMs: use.measuredMs }
}

/** The part of an interval in which the meter counts; undefined where it does not. */
export function countedIn(meter: CountedMeter, interval: Interval): Interval | undefined {
  const from = Math.max(meter.from, interval.from)
  const to = Math.min(meter.to, interval.to)
  if (from >= to) return undefined
  return from === interval.from && to === interval.to ? interval : { from, to }
}

/** `knownOf`: what is known of the part in which the meter counts. */
export function rowOf(
  { id, name, meters }: UseSubject,
  interval: Interval,
  knownOf: (meter: CountedMeter) => HourUse | undefined,
): UseRow {
  let volumeM3: number | null = null
  let worst = 0
  let [measuredMs, expectedMs] = [0, 0]
  for (const meter of meters) {
    const counted = countedIn(meter, interval)
    if (!counted) continue
    const use = meterUse(meter.device, counted, knownOf(meter))
    if (use.volumeM3 !== null) volumeM3 = (volumeM3 ?? 0) + use.volumeM3
    worst = Math.max(worst, USE_QUALITIES.indexOf(use.quality))
    measuredMs += use.measuredMs
    expectedMs += counted.to - counted.from
  }
  return {
    from: interval.from,
    to: interval.to,
    id,
    name,
    volumeM3: roundedOrNull(volumeM3),
    quality: volumeM3 === null ? 'missing' : (USE_QUALITIES[worst] ?? 'missing'),
    coverage: shareOf(measuredMs, expectedMs),
    meterMs: expectedMs,
  }
}
