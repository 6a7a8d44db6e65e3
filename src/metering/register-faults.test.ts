/**
 * What happens to real registers, and what the office is told of it: never a zero for what is not known,
 * never water that did not run.
 */
import { describe, expect, it } from 'vitest'
import { meterRows } from '../../tests/support/meter-rows.ts'
import type { MeterMark } from '../model/water-use.ts'
import { calendarOf } from './calendar.ts'
import { daysOf } from './days.ts'
import type { MeterFacts } from './meter.ts'
import { meterUse, sumUse } from './water-use.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
/** Two hours before the year 2026 ends in Shanghai. */
const START = Date.UTC(2026, 11, 31, 14)
const calendar = calendarOf('Asia/Shanghai')
const hourly: MeterFacts = { device: 'm', measuresEveryMs: HOUR, maxRateM3h: 30 }

const at = (hours: number, volumeM3: number): MeterMark => ({ at: START + hours * HOUR, volumeM3 })
const rowsOf = (marks: readonly MeterMark[], facts = hourly, zone = calendar) => {
  const rows = meterRows(facts, zone)
  rows.take(marks)
  return rows
}
/** The hours of that time from the start: how much, and how well it is known. */
const told = (rows: ReturnType<typeof rowsOf>, hours: number) =>
  [...calendar.intervals({ from: START, to: START + hours * HOUR }, 'hour')].map((hour) => {
    const { volumeM3, quality } = meterUse(
      'm',
      hour,
      sumUse(
        rows.hours().filter(({ from }) => from === hour.from),
        hour,
      ),
    )
    return volumeM3 === null ? quality : Number(volumeM3.toFixed(3))
  })
const total = (rows: ReturnType<typeof rowsOf>) =>
  rows.hours().reduce((sum, { volumeM3 }) => sum + volumeM3, 0)

describe('a register', () => {
  it('that rolls over at the turn of the year loses nothing to either', () => {
    const rows = rowsOf([at(0, 999_998), at(1.5, 999_999.5), at(2.5, 0.5), at(4, 2)], {
      ...hourly,
      capacityM3: 1e6,
    })
    expect(told(rows, 4)).toEqual([1, 1, 1, 1])
    const days = daysOf(rows.hours(), { from: START, to: START + 4 * HOUR }, undefined, calendar).days
    expect(days.map(({ from, volumeM3 }) => [new Date(from).toISOString(), volumeM3])).toEqual([
      ['2026-12-30T16:00:00.000Z', 2],
      ['2026-12-31T16:00:00.000Z', 2],
    ])
  })

  it.each([
    ['of a new meter that begins at 0', 0],
    ['of a new meter that was used before', 7_000],
    ['that was reset', 0.4],
  ])('%s is followed from its third reading on; what ran in between is missing, not zero', (_what, first) => {
    const rows = rowsOf([at(0, 500), at(1, 502), at(2, first), at(3, first + 1), at(4, first + 3)])
    expect(told(rows, 4)).toEqual([2, 'missing', 1, 2])
    expect(rows.breaks).toBe(1)
  })

  it('exchanged long ago, of which the last readings come afterwards, is told as if they had come in time', () => {
    const [old, fresh] = [
      [at(0, 500), at(1, 502), at(2, 503)],
      [at(2.5, 0), at(3, 1), at(4, 2), at(5, 3)],
    ]
    const late = rowsOf([...old.slice(0, 1), ...fresh])
    expect(told(late, 5).slice(0, 2)).toEqual(['missing', 'missing'])
    late.take(old.slice(1))
    expect(late.hours()).toEqual(rowsOf([...old, ...fresh]).hours())
    expect(told(late, 5).slice(0, 2)).toEqual([2, 1])
  })

  it('that stands still has used nothing, which is a zero that was measured', () => {
    expect(told(rowsOf([at(0, 9), at(1, 9), at(2, 9)]), 3)).toEqual([0, 0, 'missing'])
  })

  it('through which water runs back is not known while it falls, and is below no hour', () => {
    const rows = rowsOf([at(0, 10), at(1, 11), at(2, 10.5), at(3, 10), at(4, 10.4), at(5, 11.5)])
    expect(told(rows, 5)).toEqual([1, expect.closeTo(0.125, 3), 0.125, 0.125, 0.125])
    expect(total(rows)).toBeCloseTo(1.5, 9)
  })
})

describe('a meter that suddenly speaks of litres', () => {
  const cubic = [at(0, 100), at(1, 100.06), at(2, 100.12)]
  const litres = [3, 4, 5, 6, 7].map((hour) => at(hour, 100_000 + 60 * hour))

  it('is not believed where the site says how much can run, and the gap is known once it speaks of m³ again', () => {
    const rows = rowsOf([...cubic, ...litres])
    expect(told(rows, 7)).toEqual([0.06, 0.06, 'missing', 'missing', 'missing', 'missing', 'missing'])
    rows.take([at(8, 100.48)])
    expect(total(rows)).toBeCloseTo(0.48, 9)
    expect(rows.breaks).toBe(0)
  })

  it('is taken for a new meter where it does not: the break is counted, for its hours are a thousand times too much', () => {
    const { maxRateM3h: _, ...unlimited } = hourly
    const rows = rowsOf([...cubic, ...litres], unlimited)
    expect(told(rows, 4)).toEqual([0.06, 0.06, 'missing', 60])
    expect(rows.breaks).toBe(1)
  })
})

describe.each([5, 7, 15, 25, 30, 50])('a meter that reads each %i minutes', (minutes) => {
  it.each(['Asia/Shanghai', 'Europe/Madrid', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
    'has in %s every litre in one hour and one day, also where the clocks change',
    (zone) => {
      const local = calendarOf(zone)
      for (const from of [Date.UTC(2026, 3, 3, 3, 3), Date.UTC(2026, 9, 24, 3, 3)]) {
        const count = Math.floor((60 * 60) / minutes)
        const marks = Array.from({ length: count }, (_, n) => ({
          at: from + n * minutes * MINUTE,
          volumeM3: n / 100,
        }))
        const rows = rowsOf(marks, { ...hourly, measuresEveryMs: minutes * MINUTE }, local)
        const hours = rows.hours()
        const range = { from: hours[0]?.from ?? 0, to: hours.at(-1)?.to ?? 0 }
        expect(hours.map((hour) => hour.from)).toEqual(
          [...local.intervals(range, 'hour')].map((hour) => hour.from),
        )
        const { days } = daysOf(hours, range, undefined, local)
        expect(days.reduce((sum, { volumeM3 }) => sum + volumeM3, 0)).toBeCloseTo((count - 1) / 100, 9)
        expect(days.slice(1, -1).every((day) => day.knownMs === day.to - day.from)).toBe(true)
      }
    },
  )
})

it('a meter that reads once a day fills the long and the short day of the change of clocks to the hour', () => {
  const madrid = calendarOf('Europe/Madrid')
  const morning = Date.parse('2026-10-23T08:00+02:00')
  const marks = [0, 24, 48, 73, 97].map((hours) => ({ at: morning + hours * HOUR, volumeM3: hours / 10 }))
  const rows = rowsOf(marks, { ...hourly, measuresEveryMs: 24 * HOUR }, madrid)
  const days = [
    ...madrid.intervals(
      { from: Date.parse('2026-10-24T00:00+02:00'), to: Date.parse('2026-10-27T00:00+01:00') },
      'day',
    ),
  ]
  const used = days.map((day) => {
    const { volumeM3, quality } = meterUse(
      'm',
      day,
      sumUse(
        rows.hours().filter(({ from }) => from >= day.from && from < day.to),
        day,
      ),
    )
    return [Number(volumeM3?.toFixed(6)), quality]
  })
  expect(used).toEqual([
    [2.4, 'interpolated'],
    [2.5, 'interpolated'],
    [2.4, 'interpolated'],
  ])
})

it('a gap across the end of a month is shared out by time, and said to be a guess in both; of the whole that it lies in it takes nothing', () => {
  // Two hours before and seven behind the midnight: 30 L ran in nine hours.
  const rows = rowsOf([at(-1, 10), at(0, 10.5), at(-1 + 10, 10.53), at(10, 11)])
  const midnight = START + 2 * HOUR
  const hours = rows.hours()
  const use = (from: number, to: number) => {
    const parts = hours.filter((hour) => hour.from >= from && hour.to <= to)
    return meterUse('m', { from, to }, sumUse(parts, { from, to }))
  }
  const [before, behind] = [use(START - HOUR, midnight), use(midnight, START + 10 * HOUR)]
  expect([before.quality, behind.quality]).toEqual(['estimated', 'estimated'])
  expect(before.volumeM3).toBeCloseTo(0.5 + (0.03 * 2) / 9, 9)
  expect((before.volumeM3 ?? 0) + (behind.volumeM3 ?? 0)).toBeCloseTo(1, 9)
  expect(use(START - HOUR, START + 10 * HOUR)).toMatchObject({ quality: 'measured' })
})

it('meters whose clocks strike at other minutes have whole days that can be held against each other', () => {
  const day = calendar.intervalAt(START + 26 * HOUR, 'day')
  const dayOf = (offset: number) => {
    const marks = Array.from({ length: 60 }, (_, n) => at(n + offset, 100 + 0.25 * (n + offset)))
    const known = rowsOf(marks).hours()
    return daysOf(
      known,
      { from: known[0]?.from ?? 0, to: known.at(-1)?.to ?? 0 },
      undefined,
      calendar,
    ).days.find(({ from }) => from === day.from)
  }
  for (const offset of [0, 0.2, 0.62, 0.999]) {
    expect(dayOf(offset), `${offset} h`).toMatchObject({
      knownMs: day.to - day.from,
      estimatedFrom: false,
      estimatedTo: false,
      volumeM3: expect.closeTo(6, 9),
    })
  }
})
