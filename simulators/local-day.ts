/** The site's own days and hours. The calendar is asked once a day, not once a sample. */
import type { Instant } from '../src/model/instant.ts'

export type LocalDay = {
  readonly from: Instant
  readonly to: Instant
  /** Whole days since Monday, 6 January 2020. */
  readonly index: number
  readonly isWorkday: boolean
}

const FIRST_MONDAY = Temporal.PlainDate.from('2020-01-06')

export function localDays(timeZone: string): (at: Instant) => LocalDay {
  let last: LocalDay | undefined
  return (at) => {
    if (last && at >= last.from && at < last.to) return last
    const start = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).startOfDay()
    last = {
      from: start.epochMilliseconds,
      to: start.add({ days: 1 }).startOfDay().epochMilliseconds,
      index: FIRST_MONDAY.until(start.toPlainDate()).days,
      isWorkday: start.dayOfWeek <= 5,
    }
    return last
  }
}

/** 0 at night to 1 in office hours. */
export function busyness({ from, isWorkday }: LocalDay, at: Instant): number {
  const hour = (at - from) / 3_600_000
  const day = hour >= 8 && hour < 18 ? 1 : hour >= 6 && hour < 22 ? 0.5 : 0.15
  return isWorkday ? day : day * 0.4
}
