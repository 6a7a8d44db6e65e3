import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVERY_DAY, nextTime, periodAt, WORKDAYS } from './weekly-hours.ts'

const instant = (local: string, zone = 'Asia/Shanghai') =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds
const local = (at: number, zone = 'Asia/Shanghai') =>
  Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' })
const OFFICE = { days: WORKDAYS, from: '07:30', to: '18:30' }

describe('working hours', () => {
  // 2026-03-02 is a Monday
  it.each<[string, string, boolean, string]>([
    ['before they begin', '2026-03-02T07:29', false, '2026-03-02T07:30'],
    ['as they begin', '2026-03-02T07:30', true, '2026-03-02T18:30'],
    ['as they end', '2026-03-02T18:30', false, '2026-03-03T07:30'],
    ['on Friday evening', '2026-03-06T20:00', false, '2026-03-09T07:30'],
    ['on Sunday', '2026-03-08T12:00', false, '2026-03-09T07:30'],
  ])('%s', (_when, at, isWithin, until) => {
    const period = periodAt(OFFICE, 0, 'Asia/Shanghai', instant(at))
    expect([period.isWithin, local(period.until)]).toEqual([isWithin, until])
  })

  it('over midnight belong to the day on which they begin', () => {
    const night = { days: WORKDAYS, from: '22:00', to: '06:00' }
    const saturday = periodAt(night, 0, 'Asia/Shanghai', instant('2026-03-07T05:00'))
    expect([saturday.isWithin, local(saturday.until)]).toEqual([true, '2026-03-07T06:00'])
    expect(periodAt(night, 0, 'Asia/Shanghai', instant('2026-03-07T23:00')).isWithin).toBe(false)
  })

  it('around the clock go on without a break', () => {
    const always = { days: EVERY_DAY, from: '00:00', to: '00:00' }
    const { isWithin, until } = periodAt(always, 0, 'Asia/Shanghai', instant('2026-03-04T12:00'))
    expect(isWithin).toBe(true)
    expect(until).toBeGreaterThan(instant('2026-03-10T00:00'))
  })

  it('keep their local time when the clock is changed', () => {
    const sunday = { days: EVERY_DAY, from: '08:00', to: '09:00' }
    const at = instant('2026-03-29T00:30', 'Europe/Madrid') // the night in which an hour is left out
    expect(local(periodAt(sunday, 0, 'Europe/Madrid', at).until, 'Europe/Madrid')).toBe('2026-03-29T08:00')
  })

  it('say the same all through the period that they name', () => {
    const day = fc.integer({ min: instant('2026-01-01T00:00'), max: instant('2026-12-31T00:00') })
    fc.assert(
      fc.property(
        day,
        fc.integer({ min: 0, max: 7_200_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (at, graceMs, share) => {
          const period = periodAt(OFFICE, graceMs, 'Asia/Shanghai', at)
          expect(period.until).toBeGreaterThan(at)
          const between = at + Math.floor((period.until - 1 - at) * share)
          expect(periodAt(OFFICE, graceMs, 'Asia/Shanghai', between)).toEqual(period)
          expect(periodAt(OFFICE, graceMs, 'Asia/Shanghai', period.until).isWithin).toBe(!period.isWithin)
        },
      ),
    )
  })
})

it('a time of day comes next on one of its days', () => {
  const next = (after: string) => local(nextTime('22:00', WORKDAYS, 'Asia/Shanghai', instant(after)))
  expect(['2026-03-02T21:59', '2026-03-02T22:00', '2026-03-06T22:30'].map(next)).toEqual([
    '2026-03-02T22:00',
    '2026-03-03T22:00',
    '2026-03-09T22:00',
  ])
})
