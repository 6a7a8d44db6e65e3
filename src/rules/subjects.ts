/**
 * Subjects beyond one device. A kind's `subjects` hook gives the same subject for each of its devices; the
 * index from a device to what it is part of is built once a site, because a site has a hundred thousand of them.
 */
import type { Device } from '../model/device.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Balance, PatrolRoute, Site } from '../model/site.ts'
import type { Candidate } from './bound-rule.ts'

type Parts = {
  readonly routes: ReadonlyMap<DeviceId, readonly PatrolRoute[]>
  readonly balances: ReadonlyMap<DeviceId, readonly Balance[]>
  /** By institution, where it has one of its own. */
  readonly calendars: ReadonlyMap<string, string>
}

const partsOf = new WeakMap<Site, Parts>()

function byDevice<Whole>(
  wholes: readonly Whole[],
  devicesOf: (whole: Whole) => Iterable<DeviceId>,
): ReadonlyMap<DeviceId, readonly Whole[]> {
  const found = new Map<DeviceId, Whole[]>()
  for (const whole of wholes) {
    for (const device of new Set(devicesOf(whole))) {
      const before = found.get(device)
      if (before) before.push(whole)
      else found.set(device, [whole])
    }
  }
  return found
}

function parts(site: Site): Parts {
  const before = partsOf.get(site)
  if (before) return before
  const made = {
    routes: byDevice(site.routes, ({ visits }) => visits.map(({ checkpoint }) => checkpoint)),
    balances: byDevice(site.balances ?? [], ({ main, subs }) => [...main, ...subs]),
    calendars: new Map(
      site.institutions.flatMap(({ id, calendar }) => (calendar === undefined ? [] : [[id, calendar]])),
    ),
  }
  partsOf.set(site, made)
  return made
}

export const routesThrough = (site: Site, device: DeviceId): readonly PatrolRoute[] =>
  parts(site).routes.get(device) ?? []

export const balancesWith = (site: Site, device: DeviceId): readonly Balance[] =>
  parts(site).balances.get(device) ?? []

/** The working calendar of the device's institution, where it has one of its own. */
export const calendarAt = (site: Site, { place }: Device): string | undefined =>
  parts(site).calendars.get(place.institution)

/**
 * A `subjects` hook: a checkpoint stands for every route that comes by, `route:<id>`; one would walk to where
 * the round begins.
 */
export const patrolRounds = (candidate: Candidate): Candidate[] =>
  routesThrough(candidate.site, candidate.device.id).map((route) => {
    const start = route.visits[0]?.checkpoint
    return {
      ...candidate,
      subject: `route:${route.id}`,
      route,
      ...(start !== undefined && { walkTo: start }),
    }
  })

/**
 * A `subjects` hook: a meter stands for every balance that it is part of, `balance:<id>`; one would walk to
 * its first main meter.
 */
export const balanceNodes = (candidate: Candidate): Candidate[] =>
  balancesWith(candidate.site, candidate.device.id).map((balance) => {
    const main = balance.main[0]
    return {
      ...candidate,
      subject: `balance:${balance.id}`,
      balance,
      ...(main !== undefined && { walkTo: main }),
    }
  })
