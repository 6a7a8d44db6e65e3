/**
 * The site: who is supplied, what stands where, which rounds are walked. Every name that one
 * thing calls another by is looked up here, so that a slip of the pen has a line and not a silent meter.
 */
import { dirname, join } from 'node:path'
import * as z from 'zod'
import type { Family, Place, Device as SiteDevice } from '../model/device.ts'
import { DEVICE_ID } from '../model/reading.ts'
import { INSTITUTION_TYPES, type Site, type Zone } from '../model/site.ts'
import type { WorkCalendar } from '../model/work-calendar.ts'
import { RegisterFacts } from '../profiles/device-profile.ts'
import { CalendarsOption, readCalendars } from './calendars.ts'
import { readYaml } from './yaml.ts'
import { readZones } from './zones.ts'

const Id = z.string().regex(DEVICE_ID, 'lower-case letters, digits and dashes, at most 63')
const Name = z.string().min(1)

const TimeZone = z.string().refine((zone) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined
  } catch {
    return false
  }
}, 'an IANA time zone, such as Asia/Shanghai')

const Institution = z.strictObject({
  id: Id,
  name: Name,
  type: z.enum(INSTITUTION_TYPES),
  headCount: z.int().positive().meta({ description: 'Persons; the denominator of use per head.' }),
  areaM2: z.number().positive(),
  calendar: Id.optional().meta({
    description: 'Its working calendar, where that is not the first of the site.',
  }),
})

const Building = z.strictObject({ id: Id, name: Name, institution: Id })

const Device = z.strictObject({
  id: Id.meta({ description: 'Also its MQTT user name and a level of its topic.' }),
  name: Name,
  profile: z.string().meta({ description: '`<vendor>/<model>`, a file under device-profiles.' }),
  place: z.strictObject({ institution: Id, building: Id.optional(), zone: Id.optional() }),
  address: z.string().min(1).optional().meta({
    description:
      'How others name it: the id in a bridge’s topic or payload, or its OPC UA node id with nsu=.',
  }),
  source: z
    .string()
    .optional()
    .meta({ description: 'The source that brings it, where that is not the embedded broker.' }),
  parent: Id.optional().meta({
    description:
      'The device through which it is heard; while that one is silent, its own silence does not ring.',
  }),
  position: z
    .strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) })
    .optional()
    .meta({ description: 'Where it is on the map, WGS 84; a vehicle has none.' }),
  register: RegisterFacts.optional(),
})

const Route = z.strictObject({
  id: Id,
  name: Name,
  starts: z
    .union([
      z.strictObject({ everyMinutes: z.int().positive().max(1440) }),
      z.strictObject({
        at: z.array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time as HH:mm')).min(1),
      }),
    ])
    .meta({ description: 'From local midnight every so many minutes, or at these local times.' }),
  visits: z.array(z.strictObject({ checkpoint: Id, offsetMinutes: z.number().nonnegative() })).min(1),
})

const Vehicle = z.strictObject({ device: Id, plate: Name, homeZones: z.array(Id).min(1) })

const Balance = z.strictObject({
  id: Id,
  name: Name,
  main: z.array(Id).min(1).meta({ description: 'Meters of what goes in; they are added up.' }),
  subs: z.array(Id).min(1).meta({ description: 'Meters of what comes out.' }),
  counts: z.enum(['main', 'subs']).exactOptional().meta({
    description:
      "Which of them make up an institution's water use; the others are left out of its sum. Default: all meters of an institution.",
  }),
})

const SiteFile = z.strictObject({
  id: Id,
  name: Name,
  timeZone: TimeZone,
  zones: z.string().optional().meta({ description: 'GeoJSON file of the zones, relative to this one.' }),
  institutions: z.array(Institution).min(1),
  buildings: z.array(Building).default([]),
  routes: z.array(Route).default([]),
  vehicles: z.array(Vehicle).default([]),
  balances: z.array(Balance).default([]),
  calendars: CalendarsOption.optional(),
  devices: z.array(Device),
})

type SiteFile = z.output<typeof SiteFile>

/** What the site needs to know of the profiles, by `<vendor>/<model>`. */
export type KnownProfiles = ReadonlyMap<string, { readonly family: Family }>

/** Throws GatehouseError `config-invalid` with everything that is wrong, or `config-unreadable`. */
export function readSite(file: string, profiles: KnownProfiles): Site {
  let calendars: readonly WorkCalendar[] = []
  let zones: Zone[] = [] // read once the site's own shape is right, and before its names are looked up in them
  const checked = SiteFile.superRefine((site, context) => {
    zones = site.zones === undefined ? [] : readZones(join(dirname(file), site.zones))
    calendars = readCalendars(file, site.calendars ?? [])
    for (const { path, message } of slips(site, zones, calendars, profiles)) {
      context.addIssue({ code: 'custom', path: [...path], message })
    }
  })
  const { devices, institutions, zones: _zones, calendars: _calendars, ...site } = readYaml(file, checked)
  /** Of a hundred thousand devices most stand where others stand and are what others are: each such thing is held once. */
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

const placeIn = (places: Map<string, Place>, place: z.output<typeof Device>['place']): Place =>
  one(places, JSON.stringify([place.institution, place.building, place.zone]), known(place))

type Slip = { readonly path: readonly PropertyKey[]; readonly message: string }

function slips(
  site: SiteFile,
  zones: readonly Zone[],
  calendars: readonly WorkCalendar[],
  profiles: KnownProfiles,
): Slip[] {
  const found: Slip[] = []
  const look = (isThere: boolean, message: string, ...path: PropertyKey[]) => {
    if (!isThere) found.push({ path, message })
  }
  const once = (list: 'institutions' | 'buildings' | 'routes' | 'balances' | 'devices') => {
    const ids = new Set<string>()
    site[list].forEach(({ id }, index) => {
      look(!ids.has(id), `there are two of ${id}`, list, index, 'id')
      ids.add(id)
    })
    return ids
  }
  site.devices.forEach(({ id, profile, register }, index) => {
    const isMeter = register === undefined || profiles.get(profile)?.family === 'water-meter'
    look(isMeter, `${id} is no water meter and has no register`, 'devices', index, 'register')
  })
  const institutions = once('institutions')
  once('buildings')
  once('routes')
  once('balances')
  once('devices')
  const zoneIds = new Set(zones.map(({ id }) => id))
  const buildings = new Map(site.buildings.map((building) => [building.id, building]))
  const families = new Map(site.devices.map(({ id, profile }) => [id, profiles.get(profile)?.family]))

  site.institutions.forEach(({ calendar }, index) => {
    const isThere = calendar === undefined || calendars.some(({ id }) => id === calendar)
    look(isThere, `there is no calendar ${calendar}`, 'institutions', index, 'calendar')
  })
  site.buildings.forEach(({ institution }, index) => {
    look(
      institutions.has(institution),
      `there is no institution ${institution}`,
      'buildings',
      index,
      'institution',
    )
  })
  const parentOf = new Map(site.devices.map(({ id, parent }) => [id, parent]))
  site.devices.forEach(({ id, parent }, index) => {
    if (parent === undefined) return
    look(parentOf.has(parent), `there is no device ${parent}`, 'devices', index, 'parent')
    look(!isAbove(parent, id, parentOf), `${id} would be its own parent`, 'devices', index, 'parent')
  })
  site.devices.forEach(({ profile, place }, index) => {
    const { institution, building, zone } = place
    const path = ['devices', index, 'place'] as const
    look(profiles.has(profile), `there is no profile ${profile}`, 'devices', index, 'profile')
    look(institutions.has(institution), `there is no institution ${institution}`, ...path, 'institution')
    if (building !== undefined) {
      const there = buildings.get(building)
      look(there !== undefined, `there is no building ${building}`, ...path, 'building')
      const isTheirs = there === undefined || there.institution === institution
      look(isTheirs, `${building} belongs to ${there?.institution}`, ...path, 'building')
    }
    if (zone !== undefined) look(zoneIds.has(zone), `there is no zone ${zone}`, ...path, 'zone')
  })
  site.routes.forEach(({ visits }, route) => {
    visits.forEach(({ checkpoint }, visit) => {
      const isReader = families.get(checkpoint) === 'patrol-checkpoint'
      const path = ['routes', route, 'visits', visit, 'checkpoint'] as const
      look(isReader, `${checkpoint} is no patrol checkpoint among the devices`, ...path)
    })
  })
  const tracked = new Set<string>()
  site.vehicles.forEach(({ device, homeZones }, index) => {
    const isTracker = families.get(device) === 'vehicle-tracker'
    look(isTracker, `${device} is no vehicle tracker among the devices`, 'vehicles', index, 'device')
    look(!tracked.has(device), `${device} is in another vehicle already`, 'vehicles', index, 'device')
    tracked.add(device)
    homeZones.forEach((zone, at) => {
      look(zoneIds.has(zone), `there is no zone ${zone}`, 'vehicles', index, 'homeZones', at)
    })
  })
  site.balances.forEach((balance, index) => {
    const counted = new Set<string>()
    for (const side of ['main', 'subs'] as const) {
      balance[side].forEach((device, at) => {
        const path = ['balances', index, side, at] as const
        look(families.get(device) === 'water-meter', `${device} is no water meter among the devices`, ...path)
        look(!counted.has(device), `${device} is in this balance already`, ...path)
        counted.add(device)
      })
    }
  })
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
