/**
 * An official vehicle: it stands at home, drives to a place on the site, stands there for a moment and drives
 * back, over and over. In trouble it stays there, drives on and out, races, is towed, or loses fuel. Fixes
 * drift by a few metres as a receiver's do.
 */
import type { Instant, Interval } from '../src/model/instant.ts'
import type { Point } from '../src/model/site.ts'
import { type Behaviour, beats } from './behaviour.ts'
import { between, chance } from './chance.ts'
import { occurrenceIn, type ScenarioName, type Trouble } from './trouble.ts'

const SPEED_KMH = 24
const STOP_MS = 20_000
const METRES_A_DEGREE = 111_195
const DRIFT_M = 4
/** Past the place where it drives, out of where it may be. */
const BEYOND_M = 2_500
/** Lengths of the way that it is ever from home. */
const FARTHEST = 4
/** A receiver between high walls puts it so far to the east: some 35 km. */
const JUMP_DEGREES = 0.4
const STOLEN_L = 15
/** The thief waits until it stands, and draws for so long. */
const [WAIT_MS, DRAW_MS] = [40_000, 30_000]

export type VehicleOptions = {
  readonly device: string
  readonly seed: number
  readonly home: Point
  readonly away: Point
  readonly everyMs: number
  readonly troubles: readonly Trouble[]
}

type Whereabouts = {
  /** Of the way from home to the place where it drives: 0 at home, 1 there, more beyond it. */
  readonly share: number
  readonly moving: boolean
  readonly outward: boolean
  readonly speedKmh: number
}

/** Troubles that take the vehicle off its round: how fast it goes and to where, from where on its way it was. */
type Diversion = {
  readonly speedKmh: number
  to(share: number, lengthM: number): number
  readonly laps?: true
}

const DIVERSIONS: Readonly<Partial<Record<ScenarioName, Diversion>>> = {
  'long-parking': { speedKmh: SPEED_KMH, to: () => 1 },
  'left-area': { speedKmh: 32, to: (_share, lengthM) => 1 + BEYOND_M / lengthM },
  tow: { speedKmh: 15, to: (share) => (share < 0.5 ? 1 : 0) },
  'fuel-theft': { speedKmh: 0, to: (share) => share },
  speeding: { speedKmh: 60, to: () => 1, laps: true },
}

/** Up and down between 0 and 1; after `way` it has come that many lengths from `share` on. */
function lap(share: number, way: number): { share: number; outward: boolean } {
  const along = (share + way) % 2
  return along < 1 ? { share: along, outward: true } : { share: 2 - along, outward: false }
}

export function vehicle({ device, seed, home, away, everyMs, troubles }: VehicleOptions): Behaviour {
  const [east, north] = offsetM(home, away)
  const lengthM = Math.hypot(east, north)
  const driveMs = Math.max(1_000, (lengthM / (SPEED_KMH / 3.6)) * 1_000)
  const homeMs = Math.round(between(60_000, 240_000, chance(seed, device, 'home')))
  const cycleMs = homeMs + 2 * driveMs + STOP_MS
  const offsetMs = Math.round(chance(seed, device, 'offset') * cycleMs)
  const phaseMs = Math.floor(chance(seed, device, 'phase') * (everyMs / 1_000)) * 1_000
  const diverting = troubles.flatMap((trouble) => {
    const diversion = DIVERSIONS[trouble.name]
    return diversion ? [{ trouble, diversion }] : []
  })

  const ordinary = (at: Instant): Whereabouts => {
    const speedKmh = SPEED_KMH
    const into = (((at - offsetMs) % cycleMs) + cycleMs) % cycleMs
    if (into < homeMs) return { share: 0, moving: false, outward: true, speedKmh }
    if (into < homeMs + driveMs)
      return { share: (into - homeMs) / driveMs, moving: true, outward: true, speedKmh }
    if (into < homeMs + driveMs + STOP_MS) return { share: 1, moving: false, outward: true, speedKmh }
    return { share: (cycleMs - into) / driveMs, moving: true, outward: false, speedKmh }
  }
  /** So long after the trouble began. */
  const diverted = ({ speedKmh, to, laps }: Diversion, start: number, sinceMs: number): Whereabouts => {
    const way = (sinceMs * speedKmh) / 3_600 / Math.max(1, lengthM)
    if (laps) return { ...lap(start, way), moving: true, speedKmh }
    const target = to(start, lengthM)
    const left = Math.abs(target - start) - way
    const outward = target >= start
    return {
      share: left > 0 ? target + (outward ? -left : left) : target,
      moving: left > 0,
      outward,
      speedKmh,
    }
  }
  const whereabouts = (at: Instant): Whereabouts => {
    for (const { trouble, diversion } of diverting) {
      const found = occurrenceIn(trouble, { from: at - cycleMs - FARTHEST * driveMs, to: at + 1 })
      if (!found) continue
      const start = ordinary(found.from).share
      if (at < found.to) return diverted(diversion, start, at - found.from)
      const end = diverted(diversion, start, found.to - found.from).share
      const share = Math.max(0, end - (at - found.to) / driveMs)
      if (share > 0) return { share, moving: true, outward: false, speedKmh: SPEED_KMH }
      if (!wasHome(found.to + end * driveMs, at))
        return { share: 0, moving: false, outward: true, speedKmh: SPEED_KMH }
    }
    return ordinary(at)
  }
  /** Back from a trouble it waits until its ordinary round begins at home again. */
  const wasHome = (from: Instant, at: Instant) => {
    const into = (((from - offsetMs) % cycleMs) + cycleMs) % cycleMs
    return into < homeMs || at - from >= cycleMs - into
  }
  const during = (name: ScenarioName, at: Instant): Interval | undefined => {
    for (const trouble of troubles) {
      const found = trouble.name === name ? occurrenceIn(trouble, { from: at, to: at + 1 }) : undefined
      if (found) return found
    }
    return undefined
  }
  /** What a thief has drawn off; afterwards it is filled up again. */
  const stolenL = (at: Instant) => {
    const theft = during('fuel-theft', at)
    return theft ? between(0, STOLEN_L, Math.min(1, Math.max(0, (at - theft.from - WAIT_MS) / DRAW_MS))) : 0
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
      const { share, moving, outward, speedKmh } = whereabouts(at)
      const isTowed = during('tow', at) !== undefined
      const jump = during('gps-jumps', at) ? Math.round((at - phaseMs) / everyMs) % 3 : 0
      const driftM = (axis: string) => (chance(seed, device, at, axis) - 0.5) * 2 * DRIFT_M
      const [lon, lat] = moved(home, east * share + driftM('east'), north * share + driftM('north'))
      const bearing = (Math.atan2(east, north) * 180) / Math.PI + (outward ? 0 : 180)
      const values = {
        lat: jump === 2 ? 0 : rounded(lat, 6),
        lon: jump === 2 ? 0 : rounded(lon + (jump === 1 ? JUMP_DEGREES : 0), 6),
        speed: moving ? rounded(speedKmh + driftM('speed') / 2, 1) : 0,
        heading: Math.round((bearing + 360) % 360) % 360,
        odometer: rounded(odometerKm(at), 1),
        fuel: rounded(50 - ((odometerKm(at) / 10) % 30) - stolenL(at), 1),
        ignition: moving && !isTowed,
        'external-power': during('tracker-unplugged', at) === undefined,
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
