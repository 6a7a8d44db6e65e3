import { expect, it } from 'vitest'
import { type Days, dailyStretch, EVERY_DAY, nextTime, WORKDAYS } from './daily-times.ts'
import type { Schedule } from './schedule.ts'

const instant = (local: string, zone = 'Asia/Shanghai') =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds
const local = (at: number, zone = 'Asia/Shanghai') =>
  Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' })

const on = (days: Days, timeZone = 'Asia/Shanghai'): Schedule => ({ timeZone, stretches: [{ days }] })

it('a time of day comes next on one of its days', () => {
  // 2026-03-02 is a Monday
  const next = (after: string) => local(nextTime('22:00', on(WORKDAYS), instant(after)))
  expect(['2026-03-02T21:59', '2026-03-02T22:00', '2026-03-06T22:30'].map(next)).toEqual([
    '2026-03-02T22:00',
    '2026-03-03T22:00',
    '2026-03-09T22:00',
  ])
})

it('keeps its local time when the clock is changed', () => {
  const before = instant('2026-03-29T00:30', 'Europe/Madrid') // the night in which an hour is left out
  expect(local(nextTime('08:00', on(EVERY_DAY, 'Europe/Madrid'), before), 'Europe/Madrid')).toBe(
    '2026-03-29T08:00',
  )
})

it('a stretch ends on its day, and may begin on the day before', () => {
  const stretch = (from: string, by: string) => {
    const next = dailyStretch(from, by, on(EVERY_DAY), instant('2026-03-02T12:00'))
    return [local(next.from), local(next.to)]
  }
  expect(stretch('18:00', '20:00')).toEqual(['2026-03-02T18:00', '2026-03-02T20:00'])
  expect(stretch('22:00', '06:00')).toEqual(['2026-03-02T22:00', '2026-03-03T06:00'])
  expect(stretch('08:00', '08:00')).toEqual(['2026-03-02T08:00', '2026-03-03T08:00'])
})

it('holidays and make-up days go before the weekday, and what no year holds never comes', () => {
  const calendar = {
    id: 'office',
    name: 'Office',
    makeUpHours: [],
    hours: { monday: [], tuesday: [], wednesday: [], thursday: [], friday: [] },
    years: { '2026': { holidays: ['2026-03-03'], workdays: ['2026-03-07'] } },
  }
  const by = (days: Days): Schedule => ({ ...on(days), stretches: [{ days, calendar }] })
  const next = (days: Days, after: string) => nextTime('22:00', by(days), instant(after))
  expect(local(next(['working', 'make-up'], '2026-03-02T22:00'))).toBe('2026-03-04T22:00')
  expect(local(next(['working', 'make-up'], '2026-03-06T22:00'))).toBe('2026-03-07T22:00')
  expect(local(next(['holiday'], '2026-03-02T12:00'))).toBe('2026-03-03T22:00')
  const never = dailyStretch('20:00', '22:00', by(['holiday']), instant('2026-03-04T12:00'))
  expect(never.from).toBeGreaterThan(instant('2126-01-01T00:00'))
})
