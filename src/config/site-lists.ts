/**
 * The lists of a site's file, as far as each can be read: of one entry that is wrong its neighbours are
 * looked at all the same, and of a list that is none nobody is told that somebody is missing in it.
 */
import { dirname, join } from 'node:path'
import * as z from 'zod'
import type { Zone } from '../model/site.ts'
import type { WorkCalendar } from '../model/work-calendar.ts'
import type { SiteNames } from '../rules/bind.ts'
import { CalendarsOption, readCalendars } from './calendars.ts'
import { placedByKey } from './places.ts'
import { type Problems, problems } from './problems.ts'
import { unreadable } from './readable.ts'
import { ITEMS, type SiteFile } from './site-file.ts'
import { readYaml } from './yaml.ts'
import { readZones } from './zones.ts'

export type ListName = keyof typeof ITEMS
type Item<K extends ListName> = SiteFile[K][number]

/** Entries with their places in the file, and who is in the list, readable or not: unknown where it is no list. */
type List<T> = {
  readonly entries: readonly (readonly [number, T])[]
  readonly ids: readonly [number, string][] | undefined
}

export type SiteLists = { readonly [K in Exclude<ListName, 'devices'>]: List<Item<K>> } & {
  readonly devices: List<Item<'devices'> | z.output<typeof Loose>>
}

const LISTS = Object.keys(ITEMS) as ListName[]

export const listsOf = (site: SiteFile): SiteLists => made((name) => listed(site[name]))

const Text = z.string().optional().catch(undefined)

/** What a device that is wrong somewhere says of others all the same. */
const Loose = z.object({
  id: Text,
  profile: Text,
  parent: Text,
  place: z.object({ institution: Text, building: Text, zone: Text }).optional().catch(undefined),
  register: z.undefined().catch(undefined),
  counted: z.undefined().catch(undefined),
  exchanges: z.undefined().catch(undefined),
  water: z.undefined().catch(undefined),
})

const ITEMS_NEEDED: ReadonlySet<string> = new Set(['institutions', 'devices'])

/** Of a file of the wrong shape. */
export function readableLists(tree: unknown): SiteLists {
  const given = (tree ?? {}) as Readonly<Record<string, unknown>>
  return made((name) => {
    const { [name]: held = ITEMS_NEEDED.has(name) ? undefined : [] } = given
    if (!Array.isArray(held)) return { entries: [], ids: undefined }
    const items: readonly unknown[] = held
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

export function besideSite(file: string, tree: unknown, { attempt, addUnreadable }: Problems): Beside {
  const { zones, calendars } = (tree ?? {}) as Readonly<Record<string, unknown>>
  /** Named there where it cannot be read, so that it is mended there. */
  const look = <T>(key: string, name: string, read: (path: string) => T): T | undefined => {
    const path = join(dirname(file), name)
    const why = unreadable(path)
    if (why === undefined) return attempt(() => read(path))
    addUnreadable(placedByKey(file, [], `${key}: ${why}`))
    return undefined
  }
  const given = CalendarsOption.safeParse(calendars).data
  return {
    zones: typeof zones === 'string' ? look('zones', zones, readZones) : [],
    calendars: typeof given === 'string' ? look('calendars', given, readCalendars) : given,
  }
}

/** Of a site that is wrong somewhere: for those who only ask whether there is one of that name. */
export function namesInSite(file: string): SiteNames {
  const tree = readYaml(file, z.unknown())
  const lists = readableLists(tree)
  const nouns = (name: ListName) => (lists[name].ids ?? []).map(([, id]) => ({ id }))
  return {
    devices: nouns('devices'),
    institutions: nouns('institutions'),
    zones: besideSite(file, tree, problems()).zones,
    routes: nouns('routes'),
    balances: nouns('balances'),
  }
}
