/**
 * The site: who is supplied, what stands where, which rounds are walked. Every name that one
 * thing calls another by is looked up here, so that a slip of the pen has a line and not a silent meter.
 */
import type { Place, Device as SiteDevice } from '../model/device.ts'
import type { Site } from '../model/site.ts'
import { problems } from './problems.ts'
import { SiteFile } from './site-file.ts'
import { type Beside, besideSite, listsOf, readableLists } from './site-lists.ts'
import { type KnownProfiles, siteSlips } from './site-slips.ts'
import { readYaml } from './yaml.ts'

/**
 * Throws GatehouseError `config-invalid` with everything that is wrong in it and in the files that it names,
 * or `config-unreadable`.
 */
export function readSite(file: string, profiles: KnownProfiles): Site {
  const [found, besides] = [problems(), problems()]
  let beside: Beside | undefined
  const read = found.attempt(() =>
    readYaml(file, SiteFile, {
      slips(tree, checked) {
        beside ??= besideSite(file, tree, besides)
        return siteSlips(checked ? listsOf(checked) : readableLists(tree), beside, profiles)
      },
    }),
  )
  found.attempt(besides.throwAny)
  found.throwAny()
  const { devices, institutions, zones: _zones, calendars: _calendars, ...site } = read as SiteFile
  const { zones = [], calendars = [] } = (beside as Beside | undefined) ?? {}
  /**
   * Of a hundred thousand devices most stand where others stand and are what others are: each such thing is
   * held once.
   */
  const places = new Map<string, Place>()
  const words = new Map<string, string>()
  const placed = devices.flatMap(({ id, name, profile, place, ...given }): SiteDevice[] => {
    const family = profiles.get(profile)?.family
    if (!family) return [] // refused above
    const own = { id, name: name === id ? id : name }
    return [
      {
        ...own,
        family,
        profile: one(words, profile, profile),
        place: placeIn(places, place),
        ...known(given),
      },
    ]
  })
  return { ...site, institutions: institutions.map(known), zones, calendars, devices: placed }
}

type Known<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Without the keys that were not given: an absent key, not one that holds nothing. */
const known = <T extends object>(some: T): Known<T> =>
  Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)) as Known<T>

function one<T>(known: Map<string, T>, key: string, made: T): T {
  const before = known.get(key)
  if (before === undefined) known.set(key, made)
  return before ?? made
}

const placeIn = (places: Map<string, Place>, place: SiteFile['devices'][number]['place']): Place =>
  one(places, JSON.stringify([place.institution, place.building, place.zone]), known(place))
