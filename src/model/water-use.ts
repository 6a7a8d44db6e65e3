/** Water use on the calendar. What was not measured is missing or estimated and says so; it is never zero. */
import type { Instant, Interval } from './instant.ts'
import type { DeviceId } from './reading.ts'

/** From best to worst. */
export const USE_QUALITIES = ['measured', 'interpolated', 'estimated', 'missing'] as const

export type UseQuality = (typeof USE_QUALITIES)[number]

/** Where the water of a meter comes from. What was used before, and is used again, is no intake. */
export const WATER_KINDS = ['tap', 'well', 'surface', 'reclaimed'] as const

export type WaterKind = (typeof WATER_KINDS)[number]

export const isIntake = (water: WaterKind = 'tap'): boolean => water !== 'reclaimed'

export const USE_STEPS = ['hour', 'day', 'month'] as const

export type UseStep = (typeof USE_STEPS)[number]

/** How the use of a year's known days stands to what they allow; `unknown` where they are too few. */
export const QUOTA_STATES = ['unknown', 'within', 'near', 'above', 'over'] as const

export type QuotaState = (typeof QUOTA_STATES)[number]

/** Whether what goes in comes out again, within the meters' own errors. */
export const BALANCE_STATES = ['balanced', 'lost', 'surplus'] as const

export type BalanceState = (typeof BALANCE_STATES)[number]

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

/** A reading that is believed, or would be. */
export type Stand = {
  readonly at: Instant
  /** What the next reading is held against: never lower than what was believed before, but for a rollover. */
  readonly volumeM3: number
  /** Volume since the stand before it; absent on the first of a segment. */
  readonly sinceM3?: number
}

/** What the ledger knows of a meter after some of its marks. */
export type LinkState = {
  /** The newest stands of the segment, at most three; links between them may still be taken back. */
  readonly chain: readonly Stand[]
  /** Readings at odds with the chain and in agreement with each other, fewer than three. */
  readonly held: readonly Stand[]
}

/** Marks in columns: instants and volumes (m³) in turns, oldest first. */
export type MarkFigures = ArrayLike<number>

/** Marks of one meter that follow each other; the next stretch goes on where this one ends. */
export type MarkStretch = {
  /** The instant of its first mark. */
  readonly start: Instant
  readonly figures: MarkFigures
  /** What was known before its first mark. */
  readonly before: LinkState
}

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
