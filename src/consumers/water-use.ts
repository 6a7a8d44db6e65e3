/** Answers how much water was used, from the interval book alone: rows that stand ready, never raw readings. */
import type { BookStep, IntervalBook } from '../historian/interval-book.ts'
import { calendarOf } from '../metering/calendar.ts'
import { type CountedMeter, countedAt, subjectsIn, type WaterSite } from '../metering/subjects.ts'
import {
  addUse,
  countedIn,
  emptySum,
  rowOf,
  type UseSum,
  type WaterUseReader,
} from '../metering/water-use.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { HourUse } from '../model/water-use.ts'

export type WaterUseParts = { readonly book: Pick<IntervalBook, 'lookUp'>; readonly site: WaterSite }

/** What is known of a meter there. */
export type Uses = (device: DeviceId) => HourUse | undefined

export function waterUseReader({ book, site }: WaterUseParts): WaterUseReader {
  const calendar = calendarOf(site.timeZone)
  const subjectsOf = subjectsIn(site)
  return async function* waterUse({ from, to, step, by, ...scope }) {
    const subjects = subjectsOf(by, scope)
    const meters = subjects.flatMap((subject) => subject.meters)
    for (const interval of calendar.intervals({ from, to }, step)) {
      const partStep = step === 'month' ? 'day' : step
      const sums = new Map<CountedMeter, UseSum>()
      for (const part of calendar.intervals(interval, partStep)) {
        const uses = await usesAt(book, part.from, partStep)
        for (const meter of countedAt(meters, part.from)) {
          const use = uses(meter.device)
          if (!use) continue
          if (step !== 'month') sums.set(meter, use)
          else
            addUse(
              sums.getOrInsertComputed(meter, () => emptySum(countedIn(meter, interval) ?? interval)),
              use,
            )
        }
      }
      yield subjects.map((subject) => rowOf(subject, interval, (meter) => sums.get(meter)))
    }
  }
}

/** What is known of the hour or day that begins there. */
export async function usesAt(
  book: Pick<IntervalBook, 'lookUp'>,
  start: Instant,
  step: BookStep,
): Promise<Uses> {
  await new Promise(setImmediate) // a year by the hour is many reads; devices are answered in between
  return book.lookUp(start, step)
}
