/**
 * What an institution may use in a year, and how far its use agrees with that. Held against the quota are
 * only days known throughout of all its meters, each with its own share of the year: a missing day is neither
 * use nor saving, so it takes nothing from either side.
 */
import type { QuotaTier } from '../model/site.ts'
import type { QuotaState } from '../model/water-use.ts'
import { rounded, roundedOrNull } from './water-use.ts'

/** Shares of what the known days allow; common practice of quota management warns at nine tenths. */
const NEAR = 0.9
const OVER = 1.1
/** Fewer known days say nothing of a year. */
export const LEAST_DAYS = 7
/** So many of the last known days tell how it goes on: four whole weeks. */
const RECENT_DAYS = 28

export type QuotaDay = {
  /** What is known of it, m³; null where that is nothing. */
  readonly volumeM3: number | null
  /** Known of every meter from midnight to midnight. */
  readonly isWhole: boolean
  readonly allowedM3: number
}

export type QuotaTally = {
  usedM3: number | null
  daysPassed: number
  daysKnown: number
  usedOnThemM3: number
  allowedOnThemM3: number
  /** Of the last known days, in turns: each takes the place of the one that many days before it. */
  readonly recentUsedM3: number[]
  readonly recentAllowedM3: number[]
}

export type QuotaStanding = {
  readonly yearM3: number
  /** m³ so far; more, where days are missing. */
  readonly usedM3: number | null
  readonly daysPassed: number
  readonly daysKnown: number
  /** What the known days allow together, m³. */
  readonly allowedM3: number
  /** Use on the known days ÷ what they allow; null below a week of them. */
  readonly share: number | null
  /** Use of the whole year where it goes on as in the last four known weeks, m³. */
  readonly forecastM3: number | null
  readonly state: QuotaState
}

/** What of a year's use lies in a band beyond the quota, m³. */
export type TierUse = QuotaTier & {
  readonly usedM3: number | null
  readonly forecastM3: number | null
}

/**
 * A m³ is in one tier, and the one that ends a tier is still in it: at exactly 130 % nothing is in the tier
 * above 0.3.
 */
export function tierUses(
  { yearM3, usedM3, forecastM3 }: Pick<QuotaStanding, 'yearM3' | 'usedM3' | 'forecastM3'>,
  tiers: readonly QuotaTier[],
): TierUse[] {
  return tiers.map(({ above, surcharge }, n) => {
    const from = yearM3 * (1 + above)
    const upTo = yearM3 * (1 + (tiers[n + 1]?.above ?? Number.POSITIVE_INFINITY))
    const within = (volumeM3: number | null) =>
      volumeM3 === null ? null : rounded(Math.max(0, Math.min(volumeM3, upTo) - from))
    return { above, surcharge, usedM3: within(usedM3), forecastM3: within(forecastM3) }
  })
}

export const emptyTally = (): QuotaTally => ({
  usedM3: null,
  daysPassed: 0,
  daysKnown: 0,
  usedOnThemM3: 0,
  allowedOnThemM3: 0,
  recentUsedM3: [],
  recentAllowedM3: [],
})

/** Days come in their order. */
export function addDay(tally: QuotaTally, { volumeM3, isWhole, allowedM3 }: QuotaDay): void {
  tally.daysPassed++
  if (volumeM3 === null) return
  tally.usedM3 = (tally.usedM3 ?? 0) + volumeM3
  if (!isWhole) return
  const place = tally.daysKnown % RECENT_DAYS
  tally.recentUsedM3[place] = volumeM3
  tally.recentAllowedM3[place] = allowedM3
  tally.daysKnown++
  tally.usedOnThemM3 += volumeM3
  tally.allowedOnThemM3 += allowedM3
}

export function standingOf(tally: QuotaTally, yearM3: number): QuotaStanding {
  const { usedM3, daysPassed, daysKnown, usedOnThemM3, allowedOnThemM3 } = tally
  const isJudged = daysKnown >= LEAST_DAYS
  // Rounded before it is judged: who uses exactly what is allowed is not above it by a trace of binary fractions.
  const share = isJudged && allowedOnThemM3 > 0 ? rounded(usedOnThemM3 / allowedOnThemM3) : null
  const recentAllowedM3 = sumOf(tally.recentAllowedM3)
  const pace = sumOf(tally.recentUsedM3) / recentAllowedM3
  const forecastM3 =
    isJudged && recentAllowedM3 > 0 ? usedOnThemM3 + pace * Math.max(0, yearM3 - allowedOnThemM3) : null
  const isSpent = usedM3 !== null && rounded(usedM3) > yearM3
  return {
    yearM3,
    usedM3: roundedOrNull(usedM3),
    daysPassed,
    daysKnown,
    allowedM3: rounded(allowedOnThemM3),
    share,
    forecastM3: roundedOrNull(forecastM3),
    state: isSpent ? 'over' : share === null ? 'unknown' : stateOf(share),
  }
}

const sumOf = (volumesM3: readonly number[]): number => volumesM3.reduce((sum, volume) => sum + volume, 0)

function stateOf(share: number): QuotaState {
  if (share < NEAR) return 'within'
  if (share <= 1) return 'near'
  return share <= OVER ? 'above' : 'over'
}
