import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calendarOf, HOUR_MS } from './calendar.ts'

const madrid = calendarOf('Europe/Madrid')
const count = (from: string, to: string, step: 'hour' | 'day' | 'month', calendar = madrid) =>
  [...calendar.intervals({ from: Date.parse(from), to: Date.parse(to) }, step)].length

describe('the calendar of a site', () => {
  it('has days of 23 and 25 hours where the clocks change', () => {
    expect(count('2016-03-27T00:00+01:00', '2016-03-28T00:00+02:00', 'hour')).toBe(23)
    expect(count('2016-10-30T00:00+02:00', '2016-10-31T00:00+01:00', 'hour')).toBe(25)
    expect(count('2016-10-29T00:00+02:00', '2016-10-30T00:00+02:00', 'hour')).toBe(24)
    const long = madrid.intervalAt(Date.parse('2016-10-30T12:00+01:00'), 'day')
    expect(long.to - long.from).toBe(25 * HOUR_MS)
  })

  it('has the months of the zone, also across a leap day and a change of clocks', () => {
    expect(count('2016-01-01T00:00+01:00', '2017-01-01T00:00+01:00', 'month')).toBe(12)
    expect(count('2016-02-01T00:00+01:00', '2016-03-01T00:00+01:00', 'day')).toBe(29)
    expect(count('2016-10-01T00:00+02:00', '2016-11-01T00:00+01:00', 'day')).toBe(31)
  })

  it('knows what stands on a boundary of its zone', () => {
    const { onBoundary } = calendarOf('Asia/Shanghai')
    expect(onBoundary(Date.parse('2026-06-01T00:00+08:00'), 'month')).toBe(true)
    expect(onBoundary(Date.parse('2026-06-02T00:00+08:00'), 'day')).toBe(true)
    expect(onBoundary(Date.parse('2026-06-02T00:00+08:00'), 'month')).toBe(false)
    expect(onBoundary(Date.parse('2026-06-02T00:00Z'), 'day')).toBe(false)
    expect(onBoundary(Date.parse('2026-06-02T05:00Z'), 'hour')).toBe(true)
    expect(onBoundary(Date.parse('2026-06-02T05:00:00.001Z'), 'hour')).toBe(false)
    expect(calendarOf('Asia/Kolkata').onBoundary(Date.parse('2026-06-02T05:30Z'), 'hour')).toBe(true)
  })

  it.each(['Asia/Shanghai', 'Europe/Madrid', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Kathmandu'])(
    'of %s holds every instant in one hour, one day and one month, each inside the next',
    (zone) => {
      const calendar = calendarOf(zone)
      fc.assert(
        fc.property(fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2027, 0) }), (at) => {
          const [hour, day, month] = (['hour', 'day', 'month'] as const).map((step) =>
            calendar.intervalAt(at, step),
          )
          for (const interval of [hour, day, month]) {
            expect(interval?.from).toBeLessThanOrEqual(at)
            expect(interval?.to).toBeGreaterThan(at)
          }
          expect(hour?.from).toBeGreaterThanOrEqual(day?.from ?? 0)
          expect(hour?.to).toBeLessThanOrEqual(day?.to ?? 0)
          expect(day?.from).toBeGreaterThanOrEqual(month?.from ?? 0)
          expect(day?.to).toBeLessThanOrEqual(month?.to ?? 0)
        }),
      )
    },
  )
})
