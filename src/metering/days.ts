/** A meter's days, added up from its hours. */
import type { Instant, Interval } from '../model/instant.ts'
import type { HourUse } from '../model/water-use.ts'
import type { Calendar } from './calendar.ts'
import { addUse, emptySum, type UseSum } from './water-use.ts'

export type Days = { readonly days: readonly HourUse[]; readonly emptyDays: readonly Instant[] }

const NONE: readonly never[] = []

/**
 * The days that `[from, to)` touches, of known hours, oldest first. `passed`: the hours of the first of these
 * days that lie before the first one given; undefined where none of them is known.
 */
export function daysOf(
  hours: readonly HourUse[],
  { from, to }: Interval,
  passed: HourUse | undefined,
  calendar: Calendar,
): Days {
  const days: HourUse[] = []
  const emptyDays: Instant[] = []
  let sum: UseSum | undefined = passed && { ...passed }
  let place = 0
  for (let at = from; at < to; sum = undefined) {
    const day = calendar.intervalAt(at, 'day')
    for (let hour = hours[place]; hour && hour.from < day.to; hour = hours[++place]) {
      sum ??= emptySum(day)
      addUse(sum, hour)
    }
    if (sum) days.push(sum)
    else emptyDays.push(day.from)
    at = day.to
  }
  return { days, emptyDays }
}

/** Hours of which nothing is known among those of the interval, whose bounds are those of hours. */
export function emptyHours(
  hours: readonly HourUse[],
  { from, to }: Interval,
  calendar: Calendar,
): readonly Instant[] {
  let empty: Instant[] | undefined
  let place = 0
  for (let at = from; at < to; ) {
    const known = hours[place]
    if (known?.from === at) {
      place++
      at = known.to
      continue
    }
    empty ??= []
    empty.push(at)
    at = calendar.intervalAt(at, 'hour').to
  }
  return empty ?? NONE
}
