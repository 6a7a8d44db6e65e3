/** Water use on the calendar. What was not measured is missing or estimated and says so; it is never zero. */
import type { Instant, Interval } from './instant.ts'
import type { DeviceId } from './reading.ts'

/** From best to worst. */
export const USE_QUALITIES = ['measured', 'interpolated', 'estimated', 'missing'] as const

export type UseQuality = (typeof USE_QUALITIES)[number]

export const USE_STEPS = ['hour', 'day', 'month'] as const

export type UseStep = (typeof USE_STEPS)[number]

/** One meter's use in one interval. */
export type MeterUse = Interval & {
  readonly device: DeviceId
  /** m³; null exactly where the quality is `missing`. */
  readonly volumeM3: number | null
  readonly quality: UseQuality
  /** Milliseconds of the interval that lie between good readings close enough to each other to count as measured. */
  readonly measuredMs: number
}

/** A cumulative reading that the ledger keeps with its hour, so that late data can be worked in exactly. */
export type MeterMark = { readonly at: Instant; readonly volumeM3: number }

/** One meter's hour, or day, as the interval book keeps it. Only intervals of which something is known have one. */
export type HourUse = Interval & {
  readonly volumeM3: number
  /** Milliseconds that lie between good readings, however far apart. */
  readonly knownMs: number
  /** Of them, those between readings close enough to each other to count as measured. */
  readonly measuredMs: number
  /** Across this boundary lies a gap too long to be interpolated: how much of it fell on this side is a guess. */
  readonly estimatedFrom: boolean
  readonly estimatedTo: boolean
  /** A good reading stands on the boundary, within 5 s. */
  readonly exactFrom: boolean
  readonly exactTo: boolean
}
