/**
 * Whose use is asked for, and which meters make it up on which days. Which of them count of a balance is said
 * in counted-meters.ts; a meter that was moved counts for each place in its time, and no day is incomplete
 * for a meter that was not there yet.
 */
import type { Counting, Device } from '../model/device.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import { isIntake, WATER_KINDS } from '../model/water-use.ts'
import { type Calendar, calendarOf } from './calendar.ts'
import { leftOut } from './counted-meters.ts'

export const USE_SUBJECTS = ['device', 'building', 'institution'] as const

export type UseSubjects = (typeof USE_SUBJECTS)[number]

export const ASKED_WATER = [...WATER_KINDS, 'intake'] as const

export type AskedWater = (typeof ASKED_WATER)[number]

/** Whose meters are asked for; everybody's where nothing is said. */
export type UseScope = {
  readonly institution?: string | undefined
  /** One of the site's, or `outdoorsOf` an institution. */
  readonly building?: string | undefined
  readonly device?: string | undefined
  /** Of this water alone; `intake` is all but what was used before. */
  readonly water?: AskedWater | undefined
}

/**
 * What an institution uses outside of all buildings is a row of its own beside them; no id that people give
 * has a colon.
 */
export const outdoorsOf = (institution: string): string => `outdoors:${institution}`

/** A meter, and the days on which it counts; -Infinity and Infinity where there is no first and last one. */
export type CountedMeter = Interval & { readonly device: DeviceId }

/** Whose use a row tells: a meter alone, or an institution with all of its meters. */
export type UseSubject = {
  readonly id: string
  readonly name: string
  readonly meters: readonly CountedMeter[]
}

/** In the order of their ids. */
export type SubjectsOf = (by: UseSubjects, scope?: UseScope) => UseSubject[]

export type WaterSite = Pick<Site, 'timeZone' | 'institutions' | 'devices' | 'balances'> &
  Partial<Pick<Site, 'buildings'>>

const ALWAYS = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }

export const byId = <T extends { readonly id: string }>(a: T, b: T): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0

/** The meters of them that count at that instant. */
export const countedAt = (meters: readonly CountedMeter[], at: Instant): readonly CountedMeter[] =>
  meters.every(({ from, to }) => from <= at && at < to)
    ? meters
    : meters.filter(({ from, to }) => from <= at && at < to)

/** Made for each answer: of a hundred thousand meters they would be held for a report a day. */
export function subjectsIn(site: WaterSite): SubjectsOf {
  const { institutions, buildings = [], devices, balances } = site
  const calendar = calendarOf(site.timeZone)
  const meters = devices.filter(({ family }) => family === 'water-meter').sort(byId)
  const gone = leftOut(balances)
  return (by, scope = {}) => {
    const asked = meters
      .flatMap((meter) => standings(meter, calendar))
      .filter((standing) => fits(standing, scope))
    if (by === 'device') {
      const isWhole = scope.institution === undefined && scope.building === undefined
      return [...Map.groupBy(asked, ({ meter }) => meter)].map(([{ id, name }, standing]) => {
        return {
          id,
          name,
          meters: isWhole ? [{ device: id, ...ALWAYS }] : standing.map(({ counted }) => counted),
        }
      })
    }
    const counting = gone.size > 0 ? asked.filter(({ meter }) => !gone.has(meter.id)) : asked
    const groups = Map.groupBy(counting, (standing) => standing[by])
    const isAsked = (id: string) => scope.institution === undefined || scope.institution === id
    const nouns =
      by === 'institution'
        ? institutions.filter(({ id }) => isAsked(id))
        : [
            ...buildings.filter(({ institution }) => isAsked(institution)),
            ...institutions
              .map(({ id, name }) => ({ id: outdoorsOf(id), name }))
              .filter(({ id }) => groups.has(id)),
          ].filter(({ id }) => scope.building === undefined || scope.building === id)
    // Who has no meter at all is missing one; who has no well is missing nothing.
    const isListed =
      scope.water === undefined || scope.water === 'intake' ? () => true : (id: string) => groups.has(id)
    return nouns
      .filter(({ id }) => isListed(id))
      .map(({ id, name }) => ({ id, name, meters: (groups.get(id) ?? []).map(({ counted }) => counted) }))
      .sort(byId)
  }
}

/** Where a meter stands, or stood. */
type Standing = {
  readonly meter: Device
  readonly institution: string
  readonly building: string
  readonly counted: CountedMeter
}

function standings(meter: Device, calendar: Calendar): Standing[] {
  const given: readonly Counting[] = meter.counted ?? [meter.place]
  return given.map(({ institution, building = outdoorsOf(institution), from, until }) => {
    const counted = {
      device: meter.id,
      from: from === undefined ? ALWAYS.from : calendar.startOf(from),
      to: until === undefined ? ALWAYS.to : calendar.startOf(until),
    }
    return { meter, institution, building, counted }
  })
}

const fits = ({ meter, institution, building }: Standing, scope: UseScope): boolean =>
  (scope.institution === undefined || institution === scope.institution) &&
  (scope.building === undefined || building === scope.building) &&
  (scope.device === undefined || meter.id === scope.device) &&
  (scope.water === undefined || isWater(meter, scope.water))

const isWater = ({ water = 'tap' }: Device, asked: AskedWater): boolean =>
  asked === 'intake' ? isIntake(water) : water === asked
