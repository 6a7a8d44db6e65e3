/** The site: who is supplied, what stands where, which rounds are walked. Declared by the user, never guessed. */
import type { Device } from './device.ts'
import type { DeviceId } from './reading.ts'
import type { WorkCalendar } from './work-calendar.ts'

export const INSTITUTION_TYPES = ['office', 'school', 'hospital', 'venue', 'other'] as const

/** What an institution may use in a calendar year, as its quota is written: as a whole, by the head or by m². */
export type WaterQuota = {
  readonly yearM3?: number
  /** m³ a person and year; a person is one of the standard heads where they are given. */
  readonly perHeadM3?: number
  /** m³ a m² of floor and year. */
  readonly perM2M3?: number
  /** Weights of January to December; without them every day counts the same. */
  readonly months?: readonly number[]
  /** Of what is used beyond it; lowest first. */
  readonly tiers?: readonly QuotaTier[]
}

export type QuotaTier = {
  /** From this share beyond the year's quota on, up to the next tier and with its beginning. */
  readonly above: number
  /** On the price of a m³, as a share of it. */
  readonly surcharge: number
}

/** Places that charge in bands have three to five. */
export const MOST_TIERS = 6

export type Institution = {
  readonly id: string
  readonly name: string
  readonly type: (typeof INSTITUTION_TYPES)[number]
  /** Persons; the denominator of use per head. */
  readonly headCount: number
  readonly areaM2: number
  /** Its working calendar; the site's first where it has none of its own. */
  readonly calendar?: string
  readonly quota?: WaterQuota
  /** Whom a quota by the head counts where that is not the head count: persons of different weights, beds. */
  readonly standardHeads?: number
  /** What changed, oldest first; what stands above holds since the last of these dates. */
  readonly formerly?: readonly Formerly[]
}

/** What a quota goes by. */
export type Figures = Pick<Institution, 'headCount' | 'areaM2' | 'standardHeads' | 'quota'>

/**
 * What held before the local date `until`, since the one of the entry before; what is not there was as it was
 * afterwards.
 */
export type Formerly = Partial<Figures> & { readonly until: string }

export type Building = { readonly id: string; readonly name: string; readonly institution: string }

/** `[longitude, latitude]`, WGS 84, as GeoJSON orders them. */
export type Point = readonly [number, number]

/** A ring is closed (its first point is its last); the first ring is the border, the others are holes. */
export type Zone = {
  readonly id: string
  readonly name: string
  /** `campus` and `building` are drawn; `parking` and `area` are also judged by rules. */
  readonly kind: 'campus' | 'building' | 'parking' | 'area'
  readonly rings: readonly (readonly Point[])[]
}

export type Visit = {
  readonly checkpoint: DeviceId
  /** Planned minutes after the start of the round. */
  readonly offsetMinutes: number
}

export type PatrolRoute = {
  readonly id: string
  readonly name: string
  readonly visits: readonly Visit[]
  /** Rounds start at local midnight plus multiples of this, or at the listed local times `HH:mm`. */
  readonly starts: { readonly everyMinutes: number } | { readonly at: readonly string[] }
}

export type Vehicle = {
  /** The tracker's device id. */
  readonly device: DeviceId
  readonly plate: string
  /** Zones in which it may stand as long as it likes. */
  readonly homeZones: readonly string[]
}

/** Water that goes in by the main meters must come out by the sub-meters; what does not is lost between them. */
export type Balance = {
  readonly id: string
  readonly name: string
  /** What they measure is added up. */
  readonly main: readonly DeviceId[]
  readonly subs: readonly DeviceId[]
  /** Which side counts where the use of an institution is added up; both where it is not said. */
  readonly counts?: 'main' | 'subs'
  /** What is used behind the main meters without a meter, m³ a day. */
  readonly unmeteredM3?: number
}

export type Site = {
  readonly id: string
  readonly name: string
  /** IANA name; every calendar boundary is in it. */
  readonly timeZone: string
  readonly institutions: readonly Institution[]
  readonly buildings: readonly Building[]
  readonly zones: readonly Zone[]
  readonly routes: readonly PatrolRoute[]
  readonly vehicles: readonly Vehicle[]
  readonly balances?: readonly Balance[]
  readonly calendars?: readonly WorkCalendar[]
  readonly devices: readonly Device[]
}
