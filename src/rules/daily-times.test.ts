import { expect, it } from 'vitest'
import { dailyStretch, EVERY_DAY, nextTime, WORKDAYS } from './daily-times.ts'

const instant = (local: string, zone = 'Asia/Shanghai') =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds
const local = (at: number, zone = 'Asia/Shanghai') =>
  Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' })

it('a time of day comes next on one of its days', () => {
  // 2026-03-02 is a Monday
  const next = (after: string) => local(nextTime('22:00', WORKDAYS, 'Asia/Shanghai', instant(after)))
  expect(['2026-03-02T21:59', '2026-03-02T22:00', '2026-03-06T22:30'].map(next)).toEqual([
    '2026-03-02T22:00',
    '2026-03-03T22:00',
    '2026-03-09T22:00',
  ])
})

it('keeps its local time when the clock is changed', () => {
  const before = instant('2026-03-29T00:30', 'Europe/Madrid') // the night in which an hour is left out
  expect(local(nextTime('08:00', EVERY_DAY, 'Europe/Madrid', before), 'Europe/Madrid')).toBe(
    '2026-03-29T08:00',
  )
})

it('a stretch ends on its day, and may begin on the day before', () => {
  const stretch = (from: string, by: string) => {
    const next = dailyStretch(from, by, EVERY_DAY, 'Asia/Shanghai', instant('2026-03-02T12:00'))
    return [local(next.from), local(next.to)]
  }
  expect(stretch('18:00', '20:00')).toEqual(['2026-03-02T18:00', '2026-03-02T20:00'])
  expect(stretch('22:00', '06:00')).toEqual(['2026-03-02T22:00', '2026-03-03T06:00'])
  expect(stretch('08:00', '08:00')).toEqual(['2026-03-02T08:00', '2026-03-03T08:00'])
})
