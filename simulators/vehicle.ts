/**
 * An official vehicle: it stands at home, drives to a place on the site, stands there for a moment and drives back,
 * over and over. In trouble it stays there. Fixes drift by a few metres as a receiver's do.
 */
import type { Instant } from '../src/model/instant.ts'
import type { Point } from '../src/model/site.ts'
import { type Behaviour, beats } from './behaviour.ts'
import { between, chance } from './chance.ts'
import { occurrenceIn, type Trouble } from './trouble.ts'

const SPEED_KMH = 24
const STOP_MS = 20_000
const METRES_A_DEGREE = 111_195
const DRIFT_M = 4

export type VehicleOptions = {
  readonly device: string
  readonly seed: number
  readonly home: Point
  readonly away: Point
  readonly everyMs: number
  readonly troubles: readonly Trouble[]
}

type Whereabouts = { readonly share: number; readonly moving: boolean; readonly outward: boolean }

export function vehicle({ device, seed, home, away, everyMs, troubles }: VehicleOptions): Behaviour {
  const [east, north] = offsetM(home, away)
  const lengthM = Math.hypot(east, north)
  const driveMs = Math.max(1_000, (lengthM / (SPEED_KMH / 3.6)) * 1_000)
  const homeMs = Math.round(between(60_000, 240_000, chance(seed, device, 'home')))
  const cycleMs = homeMs + 2 * driveMs + STOP_MS
  const offsetMs = Math.round(chance(seed, device, 'offset') * cycleMs)
  const phaseMs = Math.floor(chance(seed, device, 'phase') * (everyMs / 1_000)) * 1_000
  const parkings = troubles.filter(({ name }) => name === 'long-parking')

  const ordinary = (at: Instant): Whereabouts => {
    const into = (((at - offsetMs) % cycleMs) + cycleMs) % cycleMs
    if (into < homeMs) return { share: 0, moving: false, outward: true }
    if (into < homeMs + driveMs) return { share: (into - homeMs) / driveMs, moving: true, outward: true }
    if (into < homeMs + driveMs + STOP_MS) return { share: 1, moving: false, outward: true }
    return { share: (cycleMs - into) / driveMs, moving: true, outward: false }
  }
  const whereabouts = (at: Instant): Whereabouts => {
    for (const trouble of parkings) {
      const found = occurrenceIn(trouble, { from: at - cycleMs - driveMs, to: at + 1 })
      if (!found) continue
      const start = ordinary(found.from).share
      if (at < found.to) {
        const share = Math.min(1, start + (at - found.from) / driveMs)
        return { share, moving: share < 1, outward: true }
      }
      const share = Math.max(0, 1 - (at - found.to) / driveMs)
      if (share > 0) return { share, moving: true, outward: false }
      if (!wasHome(found.to + driveMs, at)) return { share: 0, moving: false, outward: true }
    }
    return ordinary(at)
  }
  /** Back from a trouble it waits until its ordinary round begins at home again. */
  const wasHome = (from: Instant, at: Instant) => {
    const into = (((from - offsetMs) % cycleMs) + cycleMs) % cycleMs
    return into < homeMs || at - from >= cycleMs - into
  }
  const odometerKm = (at: Instant) => {
    const { share, outward } = ordinary(at)
    const cycles = Math.floor((at - offsetMs) / cycleMs)
    const gone = outward ? share : 2 - share
    return 5_000 + ((cycles * 2 + gone) * lengthM) / 1_000 - firstKm
  }
  // Rounds are counted from the epoch; from 2020 on they make a plausible odometer.
  const firstKm = (Math.floor(Date.UTC(2020, 0, 1) / cycleMs) * 2 * lengthM) / 1_000

  return (after, upTo) =>
    beats(everyMs, phaseMs, after, upTo).map((at) => {
      const { share, moving, outward } = whereabouts(at)
      const driftM = (axis: string) => (chance(seed, device, at, axis) - 0.5) * 2 * DRIFT_M
      const [lon, lat] = moved(home, east * share + driftM('east'), north * share + driftM('north'))
      const bearing = (Math.atan2(east, north) * 180) / Math.PI + (outward ? 0 : 180)
      const values = {
        lat: rounded(lat, 6),
        lon: rounded(lon, 6),
        speed: moving ? rounded(SPEED_KMH + driftM('speed') / 2, 1) : 0,
        heading: Math.round((bearing + 360) % 360) % 360,
        odometer: rounded(odometerKm(at), 1),
        fuel: rounded(50 - ((odometerKm(at) / 10) % 30), 1),
        ignition: moving,
      }
      return { device, at, values }
    })
}

const rounded = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits

const eastScale = (lat: number) => Math.cos((lat * Math.PI) / 180) * METRES_A_DEGREE

/** Metres east and north; flat is good enough within a site. */
export const offsetM = ([lonA, latA]: Point, [lonB, latB]: Point): readonly [number, number] => [
  (lonB - lonA) * eastScale(latA),
  (latB - latA) * METRES_A_DEGREE,
]

export const moved = ([lon, lat]: Point, eastM: number, northM: number): Point => [
  lon + eastM / eastScale(lat),
  lat + northM / METRES_A_DEGREE,
]
