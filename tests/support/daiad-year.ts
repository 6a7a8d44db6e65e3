/** The year of the 92 meters of Alicante as a site, and as the commits that a gateway would have made of it. */
import type { Commit } from '../../src/model/commit.ts'
import type { Sample } from '../../src/model/reading.ts'
import type { Site } from '../../src/model/site.ts'
import type { ProfileFacts } from '../../src/rules/bound-rule.ts'
import { daiadReadings } from './daiad.ts'

const QUARTER_MS = 900_000

/** Household meters, hourly, in whole litres; 5 m³/h is Q4 of DN 20 (ISO 4064). */
export const DAIAD_PROFILE = {
  measuresEveryMs: 3_600_000,
  reportsEveryMs: 3_600_000,
  points: { volume: {} },
  register: { maxRateM3h: 5 },
} satisfies ProfileFacts

/** A device id is no more than 63 characters; eight of a key of 64 tell the 92 apart. */
export const daiadId = (key: string): string => key.slice(0, 8)

export type DaiadYear = {
  readonly site: Site
  readonly commits: readonly Commit[]
  /** Rows of an instant that the meter had spoken of; intake keeps the first, here rules get them all. */
  readonly repeats: number
}

export function daiadYear(): DaiadYear {
  const quarters = new Map<number, Sample[]>()
  let repeats = 0
  const meters = daiadReadings()
  for (const [key, marks] of meters) {
    const device = daiadId(key)
    const seen = new Set<number>()
    let arrivedAt = 0
    for (const { at, volumeM3 } of marks) {
      arrivedAt = Math.max(arrivedAt, at) // the file is in the order of arrival
      if (seen.has(at)) repeats++
      seen.add(at)
      const receivedAt = (Math.floor(arrivedAt / QUARTER_MS) + 1) * QUARTER_MS
      const readings = quarters.get(receivedAt) ?? []
      quarters.set(receivedAt, readings)
      readings.push({ device, at, values: { volume: volumeM3 } })
    }
  }
  const commits = [...quarters]
    .sort(([a], [b]) => a - b)
    .map(([receivedAt, readings], index) => ({
      offset: index + 1,
      receivedAt,
      records: readings.map((reading) => ({ is: 'reading' as const, ...reading })),
    }))
  const devices = [...meters.keys()].map((key) => ({
    id: daiadId(key),
    name: key,
    family: 'water-meter' as const,
    profile: 'daiad/hourly',
    place: { institution: 'alicante' },
  }))
  const site: Site = {
    id: 'alicante',
    name: 'Alicante',
    timeZone: 'Europe/Madrid',
    institutions: [],
    buildings: [],
    zones: [],
    routes: [],
    vehicles: [],
    devices,
  }
  return { site, commits, repeats }
}
