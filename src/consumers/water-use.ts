/** Answers how much water was used, from the interval book alone: rows that stand ready, never raw readings. */
import type { IntervalBook } from '../historian/interval-book.ts'
import { type Calendar, calendarOf } from '../metering/calendar.ts'
import { leftOut } from '../metering/counted-meters.ts'
import {
  byId,
  outdoorsOf,
  rowOf,
  sumUse,
  type UseScope,
  type UseSubject,
  type UseSubjects,
  type WaterUseReader,
} from '../metering/water-use.ts'
import type { Device } from '../model/device.ts'
import type { Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import type { HourUse, UseStep } from '../model/water-use.ts'

export type WaterUseParts = {
  readonly book: Pick<IntervalBook, 'read'>
  readonly site: Pick<Site, 'timeZone' | 'institutions' | 'devices' | 'balances'> &
    Partial<Pick<Site, 'buildings'>>
}

/** Whose use is asked for, and the meters that make it up, in the order of their ids. */
export type SubjectsOf = (by: UseSubjects, scope?: UseScope) => UseSubject[]

/** Made for each answer: of a hundred thousand meters they would be held for a report a day. */
export function subjectsIn({
  institutions,
  buildings = [],
  devices,
  balances,
}: WaterUseParts['site']): SubjectsOf {
  const meters = devices.filter(({ family }) => family === 'water-meter').sort(byId)
  const gone = leftOut(balances)
  const buildingOf = ({ place }: Device) => place.building ?? outdoorsOf(place.institution)
  const fits = (scope: UseScope) => (meter: Device) =>
    (scope.institution === undefined || meter.place.institution === scope.institution) &&
    (scope.building === undefined || buildingOf(meter) === scope.building) &&
    (scope.device === undefined || meter.id === scope.device)
  return (by, scope = {}) => {
    const asked = meters.filter(fits(scope))
    if (by === 'device') return asked.map(({ id, name }) => ({ id, name, meters: [id] }))
    const counted = gone.size > 0 ? asked.filter(({ id }) => !gone.has(id)) : asked
    const groups = Map.groupBy(counted, by === 'building' ? buildingOf : ({ place }) => place.institution)
    const isAsked = (id: string) => scope.institution === undefined || scope.institution === id
    const nouns =
      by === 'institution'
        ? institutions.filter(({ id }) => isAsked(id))
        : [
            ...buildings.filter(({ institution }) => isAsked(institution)),
            ...institutions
              .map(({ id, name }) => ({ id: outdoorsOf(id), name }))
              .filter(({ id }) => groups.has(id)),
          ].filter(({ id }) => scope.building === undefined || scope.building === id)
    return nouns
      .map(({ id, name }) => ({ id, name, meters: (groups.get(id) ?? []).map((meter) => meter.id) }))
      .sort(byId)
  }
}

export function waterUseReader({ book, site }: WaterUseParts): WaterUseReader {
  const calendar = calendarOf(site.timeZone)
  const subjectsOf = subjectsIn(site)
  return async function* waterUse({ from, to, step, by, ...scope }) {
    const subjects = subjectsOf(by, scope)
    for (const interval of calendar.intervals({ from, to }, step)) {
      const uses = await usesIn(book, calendar, interval, step)
      yield subjects.map((subject) => rowOf(subject, interval, (device) => uses.get(device)))
    }
  }
}

/** Of every meter of which something is known. */
export async function usesIn(
  book: Pick<IntervalBook, 'read'>,
  calendar: Calendar,
  interval: Interval,
  step: UseStep,
): Promise<ReadonlyMap<DeviceId, HourUse>> {
  await new Promise(setImmediate) // a year by the hour is many reads; devices are answered in between
  if (step !== 'month') return new Map(book.read(interval.from, step).map(({ device, use }) => [device, use]))
  const days = new Map<DeviceId, HourUse[]>()
  for (const day of calendar.intervals(interval, 'day')) {
    await new Promise(setImmediate)
    for (const { device, use } of book.read(day.from, 'day')) {
      const known = days.get(device)
      if (known) known.push(use)
      else days.set(device, [use])
    }
  }
  return new Map(
    [...days].flatMap(([device, parts]) => {
      const use = sumUse(parts, interval)
      return use ? [[device, use]] : []
    }),
  )
}
