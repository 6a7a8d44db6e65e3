/**
 * Names in a site's file that nothing bears. What can be read is looked at also where something else is wrong, and what
 * follows only from another slip is not said: of a device that cannot be read nobody is told that there is none.
 */
import { dirname, join } from 'node:path'
import * as z from 'zod'
import type { Family } from '../model/device.ts'
import { meant } from '../model/meant.ts'
import type { Zone } from '../model/site.ts'
import type { WorkCalendar } from '../model/work-calendar.ts'
import type { SiteNames } from '../rules/bind.ts'
import { CalendarsOption, readCalendars } from './calendars.ts'
import { type Problems, problems } from './problems.ts'
import { ITEMS, type SiteFile } from './site-file.ts'
import { readYaml, type Slip } from './yaml.ts'
import { readZones } from './zones.ts'

/** What the site needs to know of the profiles, by `<vendor>/<model>`; without a family where its file cannot be read. */
export type KnownProfiles = ReadonlyMap<string, { readonly family: Family | undefined }>

type ListName = keyof typeof ITEMS
type Item<K extends ListName> = SiteFile[K][number]

/** Entries with their places in the file, and who is in the list, readable or not. */
type List<T> = {
  readonly entries: readonly (readonly [number, T])[]
  readonly ids: readonly [number, string][]
}

export type SiteLists = { readonly [K in Exclude<ListName, 'devices'>]: List<Item<K>> } & {
  readonly devices: List<Item<'devices'> | z.output<typeof Loose>>
}

const LISTS = Object.keys(ITEMS) as ListName[]

export const listsOf = (site: SiteFile): SiteLists => made((name) => listed(site[name]))

const Text = z.string().optional().catch(undefined)

/** What a device that is wrong somewhere says of others all the same. */
const Loose = z.object({
  ...{ id: Text, profile: Text, parent: Text },
  place: z.object({ institution: Text, building: Text, zone: Text }).optional().catch(undefined),
  register: z.undefined().catch(undefined),
})

/** Of a file of the wrong shape. */
export function readableLists(tree: unknown): SiteLists {
  const given = (tree ?? {}) as Readonly<Record<string, unknown>>
  return made((name) => {
    const items: readonly unknown[] = Array.isArray(given[name]) ? given[name] : []
    const entries = items.flatMap((item, index): [number, unknown][] => {
      const read = ITEMS[name].safeParse(item)
      const loose = read.success || name !== 'devices' ? read : Loose.safeParse(item)
      return loose.success ? [[index, loose.data]] : []
    })
    return { entries, ids: listed(items).ids }
  })
}

const made = (list: (name: ListName) => List<unknown>): SiteLists =>
  Object.fromEntries(LISTS.map((name) => [name, list(name)])) as SiteLists

const listed = (items: readonly unknown[]): List<unknown> => ({
  entries: [...items.entries()],
  ids: items.flatMap((item, index): [number, string][] => {
    const { id } = (item ?? {}) as { readonly id?: unknown }
    return typeof id === 'string' ? [[index, id]] : []
  }),
})

/** What stands in files of its own; absent where that cannot be read, which is said apart. */
export type Beside = {
  readonly zones: Zone[] | undefined
  readonly calendars: readonly WorkCalendar[] | undefined
}

export function besideSite(file: string, tree: unknown, { attempt }: Problems): Beside {
  const { zones, calendars } = (tree ?? {}) as Readonly<Record<string, unknown>>
  const read = CalendarsOption.safeParse(calendars)
  return {
    zones: typeof zones === 'string' ? attempt(() => readZones(join(dirname(file), zones))) : [],
    calendars: read.success ? attempt(() => readCalendars(file, read.data)) : undefined,
  }
}

/** Of a site that is wrong somewhere: for those who only ask whether there is one of that name. */
export function namesInSite(file: string): SiteNames {
  const tree = readYaml(file, z.unknown())
  const lists = readableLists(tree)
  const nouns = (name: ListName) => lists[name].ids.map(([, id]) => ({ id }))
  return {
    devices: nouns('devices'),
    institutions: nouns('institutions'),
    zones: besideSite(file, tree, problems()).zones,
    routes: nouns('routes'),
    balances: nouns('balances'),
  }
}

export function siteSlips(site: SiteLists, beside: Beside, profiles: KnownProfiles): Slip[] {
  const found: Slip[] = []
  const say = (message: string, ...path: PropertyKey[]) => {
    found.push({ path, message })
  }
  /** Nobody is missed where it is not known who is there. */
  const look = (
    name: string | undefined,
    noun: string,
    known: ReadonlySet<string> | undefined,
    ...path: PropertyKey[]
  ) => {
    if (name === undefined || !known || known.has(name)) return
    say(`there is no ${noun} ${name}${meant(name, known)}`, ...path)
  }
  const idsOf = (list: ListName) => {
    const ids = new Set<string>()
    for (const [index, id] of site[list].ids) {
      if (ids.has(id)) say(`there are two of ${id}`, list, index, 'id')
      ids.add(id)
    }
    return ids
  }
  const [institutions, buildingIds, devices] = [idsOf('institutions'), idsOf('buildings'), idsOf('devices')]
  for (const list of ['routes', 'balances'] as const) idsOf(list)
  const zones = beside.zones && new Set(beside.zones.map(({ id }) => id))
  const calendars = beside.calendars && new Set(beside.calendars.map(({ id }) => id))
  const profileNames = new Set(profiles.keys())
  const buildings = new Map(site.buildings.entries.map(([, building]) => [building.id, building]))
  const readable = new Map(
    site.devices.entries.flatMap(([, device]) => (device.id === undefined ? [] : [[device.id, device]])),
  )
  /** Undefined where it cannot be known. */
  const familyOf = (id: string) => profiles.get(readable.get(id)?.profile ?? '')?.family
  const lookFor = (id: string, family: Family, ...path: PropertyKey[]) => {
    const is = familyOf(id)
    if (is === family || (is === undefined && devices.has(id))) return
    const others = [...readable.keys()].filter((other) => familyOf(other) === family)
    say(`${id} is no ${family.replaceAll('-', ' ')} among the devices${meant(id, others)}`, ...path)
  }

  for (const [index, { calendar }] of site.institutions.entries)
    look(calendar, 'calendar', calendars, 'institutions', index, 'calendar')
  for (const [index, { institution }] of site.buildings.entries)
    look(institution, 'institution', institutions, 'buildings', index, 'institution')
  const parentOf = new Map([...readable].map(([id, { parent }]) => [id, parent]))
  for (const [index, { id, profile, place, parent, register }] of site.devices.entries) {
    const path = ['devices', index] as const
    look(profile, 'profile', profileNames, ...path, 'profile')
    const family = profiles.get(profile ?? '')?.family
    if (register && family !== undefined && family !== 'water-meter')
      say(`${id} is no water meter and has no register`, ...path, 'register')
    look(parent, 'device', devices, ...path, 'parent')
    if (parent !== undefined && id !== undefined && isAbove(parent, id, parentOf))
      say(`${id} would be its own parent`, ...path, 'parent')
    look(place?.institution, 'institution', institutions, ...path, 'place', 'institution')
    look(place?.building, 'building', buildingIds, ...path, 'place', 'building')
    look(place?.zone, 'zone', zones, ...path, 'place', 'zone')
    const owner = buildings.get(place?.building ?? '')?.institution
    if (owner !== undefined && place?.institution !== undefined && owner !== place.institution)
      say(`${place.building} belongs to ${owner}`, ...path, 'place', 'building')
  }
  for (const [route, { visits }] of site.routes.entries)
    for (const [visit, { checkpoint }] of visits.entries())
      lookFor(checkpoint, 'patrol-checkpoint', 'routes', route, 'visits', visit, 'checkpoint')
  const tracked = new Set<string>()
  for (const [index, { device, homeZones }] of site.vehicles.entries) {
    lookFor(device, 'vehicle-tracker', 'vehicles', index, 'device')
    if (tracked.has(device)) say(`${device} is in another vehicle already`, 'vehicles', index, 'device')
    tracked.add(device)
    for (const [at, zone] of homeZones.entries())
      look(zone, 'zone', zones, 'vehicles', index, 'homeZones', at)
  }
  for (const [index, balance] of site.balances.entries) {
    const counted = new Set<string>()
    for (const side of ['main', 'subs'] as const) {
      for (const [at, device] of balance[side].entries()) {
        lookFor(device, 'water-meter', 'balances', index, side, at)
        if (counted.has(device)) say(`${device} is in this balance already`, 'balances', index, side, at)
        counted.add(device)
      }
    }
  }
  return found
}

/** Whether `device` is found on the way up from `start`. */
function isAbove(start: string, device: string, parentOf: ReadonlyMap<string, string | undefined>): boolean {
  const walked = new Set<string>()
  for (let one: string | undefined = start; one !== undefined && !walked.has(one); one = parentOf.get(one)) {
    if (one === device) return true
    walked.add(one)
  }
  return false
}
