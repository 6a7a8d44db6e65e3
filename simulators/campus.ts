/** The whole campus at work: one behaviour a meter, gate and vehicle, one a patrol route, from the declared site. */
import type { Instant } from '../src/model/instant.ts'
import type { Sample } from '../src/model/reading.ts'
import type { Point, Site, Zone } from '../src/model/site.ts'
import { accessGate } from './access-gate.ts'
import type { Behaviour, Said } from './behaviour.ts'
import { localDays } from './local-day.ts'
import { patrolGuard } from './patrol-guard.ts'
import { isReal, type Scenario, troublesOf } from './scenario.ts'
import { moved, offsetM, vehicle } from './vehicle.ts'
import { waterMeter } from './water-meter.ts'
import { storedHours, waterRegisters } from './water-registers.ts'

export type CampusOptions = {
  readonly site: Site
  readonly seed: number
  readonly scenarios?: readonly Scenario[]
  /** What `startsAfterMs` counts from. */
  readonly startedAt: Instant
  /** How often meters and vehicles speak. Default: 5 s. */
  readonly everyMs?: number
}

export function createCampus({
  site,
  seed,
  scenarios = [],
  startedAt,
  everyMs = 5_000,
}: CampusOptions): Behaviour {
  const troubles = troublesOf(site, seed, scenarios, startedAt)
  const dayOf = localDays(site.timeZone)
  const behaviours: Behaviour[] = []
  const real = new Set(site.devices.filter(isReal).map(({ id }) => id))
  const registers = waterRegisters({ site, seed, dayOf, troubles })
  for (const { id: device, family } of site.devices) {
    if (real.has(device)) continue
    const own = {
      device,
      seed,
      everyMs,
      dayOf,
      troubles: troubles.filter((trouble) => trouble.device === device),
    }
    const register = registers.get(device)
    if (register) behaviours.push(waterMeter(own, register))
    if (family === 'access-control-gate') behaviours.push(accessGate(own))
    if (family === 'vehicle-tracker') behaviours.push(vehicle({ ...own, ...tripOf(site, device) }))
  }
  for (const route of site.routes) {
    behaviours.push(patrolGuard({ route, timeZone: site.timeZone, seed, troubles }))
  }
  return (after, upTo) =>
    behaviours
      .flatMap((behaviour) => behaviour(after, upTo))
      .filter(({ device }) => !real.has(device)) // a guard comes by real checkpoints too
      .toSorted((a, b) => a.at - b.at)
}

/**
 * What the water meters stored: of each the readings on the hours of the day that holds `of`, before `until`;
 * the same registers as they tell live.
 */
export function campusStored({ site, seed, scenarios = [], startedAt }: CampusOptions) {
  const parts = {
    site,
    seed,
    dayOf: localDays(site.timeZone),
    troubles: troublesOf(site, seed, scenarios, startedAt),
  }
  const registers = waterRegisters(parts)
  return (of: Instant, until: Instant) => storedHours(parts, registers, { of, until })
}

/** Everything that the campus says in (from, to], in order, without any network. */
export function* campusMessages(
  options: CampusOptions & { readonly from: Instant; readonly to: Instant },
): Generator<Said> {
  const campus = createCampus(options)
  for (let at = options.from; at < options.to; at += 60_000)
    yield* campus(at, Math.min(at + 60_000, options.to))
}

/** The readable part of it, as a gateway with perfect profiles would take it. */
export function* campusReadings(
  options: CampusOptions & { readonly from: Instant; readonly to: Instant },
): Generator<Sample> {
  for (const said of campusMessages(options)) if ('values' in said) yield said
}

/** A vehicle drives to the place farthest from its home; it must lie beyond what counts as home. */
const AWAY_M = 300

function tripOf({ zones, vehicles }: Site, device: string): { home: Point; away: Point } {
  const { homeZones = [] } = vehicles.find((one) => one.device === device) ?? {}
  const homes = zones.filter(({ id }) => homeZones.includes(id))
  const home = centreOf(homes[0] ?? zones[0])
  const distanceM = (point: Point) => Math.hypot(...offsetM(home, point))
  const others = zones.filter((zone) => !homes.includes(zone) && zone.kind !== 'campus').map(centreOf)
  const [farthest] = others.toSorted((a, b) => distanceM(b) - distanceM(a))
  return { home, away: farthest && distanceM(farthest) >= AWAY_M ? farthest : moved(home, AWAY_M, AWAY_M) }
}

/** Of its border's corners; [0, 0] where there is no zone. */
function centreOf(zone: Zone | undefined): Point {
  const corners = zone?.rings[0]?.slice(1) ?? []
  const mean = (axis: 0 | 1) =>
    corners.reduce((sum, corner) => sum + corner[axis], 0) / Math.max(1, corners.length)
  return [mean(0), mean(1)]
}
