/** What the ledger must know of a meter to judge its cumulative readings. */
import type { DeviceId } from '../model/reading.ts'
import type { ExchangeAt } from './exchange.ts'

export type MeterFacts = {
  readonly device: DeviceId
  readonly measuresEveryMs: number
  /** The reading at which the register starts again from 0, m³; absent: a decrease is never a rollover. */
  readonly capacityM3?: number
  /** More than this is no flow but a fault; Q4 = 1.25 × Q3 by ISO 4064, where the meter's size is known. */
  readonly maxRateM3h?: number
  /** Declared by the site, oldest first. */
  readonly exchanges?: readonly ExchangeAt[]
}

/** Above the overload flow of any meter of one building; it only keeps out what no pipe can carry. */
export const DEFAULT_MAX_RATE_M3H = 1_000
/** A register may step back by a display unit; 10 L covers 175 of the 203 decreases in DAIAD's 674,019 readings. */
export const JITTER_M3 = 0.01
/**
 * A register that begins again stood at least here before, as a share of its capacity; a new one may begin at
 * 0 anywhere.
 */
export const ROLLOVER_FROM = 0.9
/** So many readings in agreement are believed against the one before them. */
export const CONFIRMATIONS = 3
/** Two that agree over this time are believed as well: a daily meter need not wait three days. */
export const CONFIRMED_AFTER_MS = 86_400_000

const HALF_DAY_MS = 43_200_000
const SHORTEST_GAP_MS = 3 * 3_600_000

/**
 * Readings further apart than this know the volume of the whole gap and nothing of its course:
 * 3 h for a meter that measures each hour or more often (its register goes on counting while nobody listens), 36 h for
 * a daily one, as Oracle's VEE and common practice have it.
 */
export function maxGapMs({ measuresEveryMs }: Pick<MeterFacts, 'measuresEveryMs'>): number {
  const periods = measuresEveryMs >= HALF_DAY_MS ? 1.5 : 3
  return Math.max(SHORTEST_GAP_MS, periods * measuresEveryMs)
}
