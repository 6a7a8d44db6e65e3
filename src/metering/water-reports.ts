/**
 * What the energy office asks beyond plain use: which quota is spent, what runs at night, what is lost
 * between the meters.
 */
import type { Instant, Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { BalanceSum } from './balance.ts'
import type { NightStanding } from './night-flow.ts'
import type { QuotaStanding, TierUse } from './quota.ts'
import type { QuotaBasis } from './quota-basis.ts'
import type { UseScope, UseSubjects } from './subjects.ts'

type Named = { readonly id: string; readonly name: string }

/** Days of the site; the window lies within each, in whole local hours. */
export type NightQuery = Interval &
  UseScope & { readonly by: UseSubjects; readonly fromHour: number; readonly toHour: number }

export type NightRow = Named & NightStanding

export type NightFlows = {
  /** The window of each day, oldest first; the flows of a row are one for each. */
  readonly nights: readonly Interval[]
  readonly rows: readonly NightRow[]
}

export type MeterVolume = {
  readonly device: DeviceId
  readonly name: string
  /** Over the days that were compared, m³; null where there was none. */
  readonly volumeM3: number | null
  /** Days of it that are known throughout. */
  readonly daysKnown: number
}

export type BalanceRow = Named & {
  /** The balance that this one is a part of. */
  readonly parent: string | null
  readonly days: number
  /** Days that are known of all of its meters: only those are compared. */
  readonly daysCompared: number
  readonly sum: BalanceSum | null
  readonly main: readonly MeterVolume[]
  readonly subs: readonly MeterVolume[]
}

export type QuotaRow = Named &
  QuotaStanding & {
    /** The quota of each month, m³. */
    readonly monthsM3: readonly number[]
    /** Where the quota is by the head or m². */
    readonly basis?: QuotaBasis
    /** Where the site's file has them. */
    readonly tiers?: readonly TierUse[]
  }

/** `now` is that of whoever asks; who asks the same again within a minute is told the same. */
export type WaterReports = {
  nights(query: NightQuery, now: Instant): Promise<NightFlows>
  balances(days: Interval, now: Instant): Promise<readonly BalanceRow[]>
  /** Of each institution that has one, over the days of the year that have passed. */
  quotas(year: number, now: Instant): Promise<readonly QuotaRow[]>
}
