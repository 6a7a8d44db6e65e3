/**
 * Names in a site's file that nothing bears. What can be read is looked at also where something else is wrong, and what
 * follows only from another slip is not said: of a device that cannot be read nobody is told that there is none.
 */
import type { Family } from '../model/device.ts'
import { meant } from '../model/meant.ts'
import type { Beside, ListName, SiteLists } from './site-lists.ts'
import type { Slip } from './yaml.ts'

/**
 * What the site needs to know of the profiles, by `<vendor>/<model>`; without a family where its file cannot
 * be read.
 */
export type KnownProfiles = ReadonlyMap<string, { readonly family: Family | undefined }>

export function siteSlips(site: SiteLists, beside: Beside, profiles: KnownProfiles): Slip[] {
  const found: Slip[] = []
  const known = namesIn(site, beside, profiles, found)
  const look = lookingUp(found)
  for (const [index, { calendar, formerly = [] }] of site.institutions.entries) {
    look(calendar, 'calendar', known.calendars, ['institutions', index, 'calendar'])
    for (const [n, { until }] of formerly.entries())
      found.push(...notAfter(formerly[n - 1]?.until, until, ['institutions', index, 'formerly', n, 'until']))
  }
  for (const [index, { institution }] of site.buildings.entries)
    look(institution, 'institution', known.institutions, ['buildings', index, 'institution'])
  found.push(...ofDevices(site, known))
  for (const [route, { visits }] of site.routes.entries)
    for (const [visit, { checkpoint }] of visits.entries())
      found.push(
        ...noSuch(known, checkpoint, 'patrol-checkpoint', ['routes', route, 'visits', visit, 'checkpoint']),
      )
  found.push(...ofVehicles(site, known), ...ofBalances(site, known))
  return found
}

/** Unknown where their list could not be read. */
type Names = ReadonlySet<string> | undefined

type Known = {
  readonly institutions: Names
  readonly buildings: Names
  readonly devices: Names
  readonly zones: Names
  readonly calendars: Names
  readonly profiles: KnownProfiles
  /** Of devices whose profile can be read. */
  readonly families: ReadonlyMap<string, Family>
}

type Path = readonly PropertyKey[]

/** Who is there; two of one name are noted. */
function namesIn(
  site: SiteLists,
  { zones, calendars }: Beside,
  profiles: KnownProfiles,
  found: Slip[],
): Known {
  const idsOf = (list: ListName): Names => {
    const first = new Map<string, number>()
    for (const [index, id] of site[list].ids ?? []) {
      const other = first.get(id)
      if (other === undefined) first.set(id, index)
      else
        found.push({
          path: [list, index, 'id'],
          message: `there are two of ${id}`,
          other: [list, other, 'id'],
        })
    }
    return site[list].ids && new Set(first.keys())
  }
  for (const list of ['routes', 'balances'] as const) idsOf(list)
  return {
    institutions: idsOf('institutions'),
    buildings: idsOf('buildings'),
    devices: idsOf('devices'),
    zones: zones && new Set(zones.map(({ id }) => id)),
    calendars: calendars && new Set(calendars.map(({ id }) => id)),
    profiles,
    families: new Map(
      site.devices.entries.flatMap(([, { id, profile = '' }]) => {
        const family = profiles.get(profile)?.family
        return id === undefined || family === undefined ? [] : [[id, family]]
      }),
    ),
  }
}

/** Nobody is missed where it is not known who is there. */
const lookingUp =
  (found: Slip[]) =>
  (name: string | undefined, noun: string, known: Names, path: Path): void => {
    if (name === undefined || !known || known.has(name)) return
    found.push({ path, message: `there is no ${noun} ${name}${meant(name, known)}` })
  }

function noSuch({ devices, families }: Known, id: string, family: Family, path: Path): Slip[] {
  const is = families.get(id)
  if (is === family || !devices || (is === undefined && devices.has(id))) return []
  const others = [...families].filter(([, other]) => other === family).map(([other]) => other)
  return [
    { path, message: `${id} is no ${family.replaceAll('-', ' ')} among the devices${meant(id, others)}` },
  ]
}

function ofDevices(site: SiteLists, known: Known): Slip[] {
  const found: Slip[] = []
  const look = lookingUp(found)
  const ownerOf = new Map(site.buildings.entries.map(([, { id, institution }]) => [id, institution]))
  const parentOf = new Map(site.devices.entries.map(([, { id, parent }]) => [id, parent]))
  const profileNames = new Set(known.profiles.keys())
  for (const [index, { id, profile, place, parent, register, counted, exchanges, water }] of site.devices
    .entries) {
    const path = ['devices', index] as const
    look(profile, 'profile', profileNames, [...path, 'profile'])
    const family = known.profiles.get(profile ?? '')?.family
    if (register && family !== undefined && family !== 'water-meter')
      found.push({ path: [...path, 'register'], message: `${id} is no water meter and has no register` })
    if (counted && family !== undefined && family !== 'water-meter')
      found.push({ path: [...path, 'counted'], message: `${id} is no water meter and counts for nobody` })
    if (water && family !== undefined && family !== 'water-meter')
      found.push({ path: [...path, 'water'], message: `${id} is no water meter` })
    if (exchanges && family !== undefined && family !== 'water-meter')
      found.push({ path: [...path, 'exchanges'], message: `${id} is no water meter and has no register` })
    for (const [n, { at }] of (exchanges ?? []).entries())
      found.push(...notAfter(exchanges?.[n - 1]?.at, at, [...path, 'exchanges', n, 'at']))
    for (const [n, one] of (counted ?? []).entries()) {
      const at = [...path, 'counted', n]
      look(one.institution, 'institution', known.institutions, [...at, 'institution'])
      look(one.building, 'building', known.buildings, [...at, 'building'])
      found.push(...outOfOrder(counted?.[n - 1], one, at))
    }
    look(parent, 'device', known.devices, [...path, 'parent'])
    if (parent !== undefined && id !== undefined && isAbove(parent, id, parentOf))
      found.push({ path: [...path, 'parent'], message: `${id} would be its own parent` })
    const at = [...path, 'place']
    look(place?.institution, 'institution', known.institutions, [...at, 'institution'])
    look(place?.building, 'building', known.buildings, [...at, 'building'])
    look(place?.zone, 'zone', known.zones, [...at, 'zone'])
    const owner = ownerOf.get(place?.building ?? '')
    const isOther = place?.institution !== undefined && owner !== place.institution
    // Of a building whose owner is misspelt it is not known whose it is.
    if (owner !== undefined && isOther && known.institutions?.has(owner))
      found.push({ path: [...at, 'building'], message: `${place.building} belongs to ${owner}` })
  }
  return found
}

function ofVehicles(site: SiteLists, known: Known): Slip[] {
  const found: Slip[] = []
  const look = lookingUp(found)
  const tracked = new Set<string>()
  for (const [index, { device, homeZones }] of site.vehicles.entries) {
    const path = ['vehicles', index] as const
    found.push(...noSuch(known, device, 'vehicle-tracker', [...path, 'device']))
    if (tracked.has(device))
      found.push({ path: [...path, 'device'], message: `${device} is in another vehicle already` })
    tracked.add(device)
    for (const [at, zone] of homeZones.entries()) look(zone, 'zone', known.zones, [...path, 'homeZones', at])
  }
  return found
}

function ofBalances(site: SiteLists, known: Known): Slip[] {
  return site.balances.entries.flatMap(([index, balance]) => {
    const counted = new Set<string>()
    return (['main', 'subs'] as const).flatMap((side) =>
      balance[side].flatMap((device, at) => {
        const path = ['balances', index, side, at]
        const message = `${device} is in this balance already`
        const again = counted.has(device) ? [{ path, message }] : []
        counted.add(device)
        return [...noSuch(known, device, 'water-meter', path), ...again]
      }),
    )
  })
}

/** Dates and times of one form are in order as texts are. */
const notAfter = (before: string | undefined, date: string, path: Path): Slip[] =>
  before !== undefined && date <= before ? [{ path, message: `is not after the one above, ${before}` }] : []

type Days = { readonly from?: string | undefined; readonly until?: string | undefined }

/** A meter counts for one at a time; dates of this form are in order as texts are. */
function outOfOrder(before: Days | undefined, { from, until }: Days, path: Path): Slip[] {
  const found: Slip[] = []
  if (from !== undefined && until !== undefined && until <= from)
    found.push({ path: [...path, 'until'], message: `comes before ${from}, where it begins` })
  if (before && (before.until === undefined || from === undefined || from < before.until))
    found.push({
      path: [...path, 'from'],
      message: `begins before the one above ends (${before.until ?? 'never'})`,
    })
  return found
}

/** Whether `device` is found on the way up from `start`. */
function isAbove(
  start: string,
  device: string,
  parentOf: ReadonlyMap<string | undefined, string | undefined>,
): boolean {
  const walked = new Set<string>()
  for (let one: string | undefined = start; one !== undefined && !walked.has(one); one = parentOf.get(one)) {
    if (one === device) return true
    walked.add(one)
  }
  return false
}
