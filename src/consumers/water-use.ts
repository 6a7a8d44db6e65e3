/** Answers how much water was used, from the interval book alone: rows that stand ready, never raw readings. */
import type { IntervalBook } from '../historian/interval-book.ts'
import { type Calendar, calendarOf } from '../metering/calendar.ts'
import { leftOut } from '../metering/counted-meters.ts'
import { byId, rowOf, sumUse, type UseSubject, type WaterUseReader } from '../metering/water-use.ts'
import type { Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import type { HourUse, UseStep } from '../model/water-use.ts'

export type WaterUseParts = {
  readonly book: Pick<IntervalBook, 'read'>
  readonly site: Pick<Site, 'timeZone' | 'institutions' | 'devices' | 'balances'>
}

export function waterUseReader({ book, site }: WaterUseParts): WaterUseReader {
  const calendar = calendarOf(site.timeZone)
  const meters = site.devices.filter(({ family }) => family === 'water-meter').sort(byId)
  const gone = leftOut(site.balances)
  const counted = gone.size > 0 ? meters.filter(({ id }) => !gone.has(id)) : meters
  const metersIn = Map.groupBy(counted, ({ place }) => place.institution)
  /** Made for each answer: of a hundred thousand meters they would be held for a report a day. */
  const subjectsBy: Readonly<Record<'device' | 'institution', () => UseSubject[]>> = {
    device: () => meters.map(({ id, name }) => ({ id, name, meters: [id] })),
    institution: () =>
      site.institutions
        .map(({ id, name }) => ({ id, name, meters: (metersIn.get(id) ?? []).map((meter) => meter.id) }))
        .sort(byId),
  }
  return async function* waterUse({ from, to, step, by }) {
    const subjects = subjectsBy[by]()
    for (const interval of calendar.intervals({ from, to }, step)) {
      const uses = await usesIn(book, calendar, interval, step)
      yield subjects.map((subject) => rowOf(subject, interval, (device) => uses.get(device)))
    }
  }
}

async function usesIn(
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
