import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { marksOf, meterRows } from '../../tests/support/meter-rows.ts'
import type { MeterMark } from '../model/water-use.ts'
import { calendarOf } from './calendar.ts'
import type { MeterFacts } from './meter.ts'
import { meterUse, sumUse } from './water-use.ts'

const calendar = calendarOf('Asia/Shanghai')
const MIDNIGHT = Date.UTC(2026, 5, 1, -8) // 1 June in Shanghai
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const hourly: MeterFacts = { device: 'meter-1', measuresEveryMs: HOUR, maxRateM3h: 30 }

const at = (hours: number, volumeM3: number): MeterMark => ({ at: MIDNIGHT + hours * HOUR, volumeM3 })

function uses(marks: readonly MeterMark[], facts = hourly) {
  const rows = meterRows(facts, calendar)
  rows.take(marks)
  return rows.hours().map((use) => {
    const { volumeM3, quality } = meterUse('meter-1', use, use)
    return [(use.from - MIDNIGHT) / HOUR, Number(volumeM3?.toFixed(6)), quality]
  })
}

const sum = (rows: readonly { volumeM3: number }[]) =>
  rows.reduce((total, { volumeM3 }) => total + volumeM3, 0)

describe('between readings', () => {
  it('is measured where readings stand on both boundaries, within 5 s', () => {
    expect(uses([at(0, 100), at(1, 101), at(2 + 4 / 3600, 103)])).toEqual([
      [0, 1, 'measured'],
      [1, expect.closeTo(2, 2), 'measured'],
      [2, expect.closeTo(0, 2), 'estimated'], // four seconds of an hour that is not over
    ])
  })

  it('is interpolated across a boundary, so that the step over midnight is lost to neither day', () => {
    expect(uses([at(22.5, 10), at(23.5, 11), at(24.5, 13), at(25.5, 14)])).toEqual([
      [22, 0.5, 'estimated'],
      [23, 1.5, 'interpolated'],
      [24, 1.5, 'interpolated'],
      [25, 0.5, 'estimated'],
    ])
  })

  it('is a share of the whole over a gap too long to know its course, and says so', () => {
    const marks = [at(0, 100), at(1, 101), at(6, 106), at(7, 110)]
    expect(uses(marks)).toEqual([
      [0, 1, 'measured'],
      [1, 1, 'estimated'],
      [2, 1, 'estimated'],
      [3, 1, 'estimated'],
      [4, 1, 'estimated'],
      [5, 1, 'estimated'],
      [6, 4, 'measured'],
    ])
    const rows = meterRows(hourly, calendar)
    rows.take(marks)
    expect(sum(rows.hours().map(({ measuredMs }) => ({ volumeM3: measuredMs })))).toBe(2 * HOUR)
  })

  it('knows the whole of a day that was read at both midnights, whatever was missed in between', () => {
    const rows = meterRows(hourly, calendar)
    rows.take([at(0, 100), at(5, 105), at(15, 130), at(24, 140)])
    const day = { from: MIDNIGHT, to: MIDNIGHT + 24 * HOUR }
    const used = () => meterUse('meter-1', day, sumUse(rows.hours(), day))
    expect(used()).toMatchObject({ volumeM3: expect.closeTo(40, 6), quality: 'measured', measuredMs: 0 })
    rows.take([at(5.5, 106), at(7, 107)])
    expect(used()).toMatchObject({
      volumeM3: expect.closeTo(40, 6),
      quality: 'measured',
      measuredMs: 2 * HOUR,
    })
  })

  it('knows nothing before the first reading and after the last: there is no row, and no zero', () => {
    expect(uses([at(5, 100)])).toEqual([])
    expect(uses([at(5, 100), at(6, 100)])).toEqual([[5, 0, 'measured']])
  })

  it('takes a daily meter as measured though it speaks once in 24 hours', () => {
    const rows = meterRows({ device: 'meter-1', measuresEveryMs: 24 * HOUR }, calendar)
    rows.take([at(8, 0), at(32, 24), at(56, 48)])
    expect(rows.hours()).toHaveLength(48)
    expect(
      rows.hours().every(({ estimatedFrom, volumeM3 }) => !estimatedFrom && Math.abs(volumeM3 - 1) < 1e-9),
    ).toBe(true)
  })
})

describe('a reading that does not fit', () => {
  it.each([
    ['a step back by a display unit counts as nothing', [at(0, 5), at(1, 4.99), at(2, 5.5)], 0.5],
    ['a dip is passed over', [at(0, 216.463), at(1, 192.368), at(2, 216.574)], 0.111],
    ['a spike above any flow is passed over', [at(0, 7), at(1, 1e21), at(2, 8)], 1],
    [
      'a spike that a pipe could carry is taken back once the register goes on from before it',
      [at(0, 17.99), at(1, 27.99), at(2, 18.1), at(3, 18.2), at(4, 18.3)],
      0.31,
    ],
    [
      'a spike of two readings too',
      [at(0, 10), at(1, 15), at(2, 15.1), at(3, 10.2), at(4, 10.3), at(5, 10.4)],
      0.4,
    ],
    [
      'readings of another meter in between are passed over',
      [at(0, 10), at(1, 258), at(1.5, 10.4), at(2, 259), at(2.5, 10.8), at(3, 11)],
      1,
    ],
  ] as const)('%s', (_name, marks, total) => {
    const rows = meterRows(hourly, calendar)
    rows.take(marks)
    expect(sum(rows.hours())).toBeCloseTo(total, 6)
    expect(rows.breaks).toBe(0)
  })

  it('is a new register once three in a row agree: what ran through in between is unknown', () => {
    const marks = [at(0, 500), at(1, 501), at(2, 3), at(3, 4), at(4, 5)]
    expect(uses(marks)).toEqual([
      [0, 1, 'measured'],
      [2, 1, 'measured'],
      [3, 1, 'measured'],
    ])
    const rows = meterRows(hourly, calendar)
    rows.take(marks)
    expect(rows.breaks).toBe(1)
  })

  it('is a new register of a daily meter once it agrees with the one a day before', () => {
    const rows = meterRows({ device: 'meter-1', measuresEveryMs: 24 * HOUR }, calendar)
    rows.take([at(8, 500), at(32, 510), at(56, 3), at(80, 13)])
    expect(sum(rows.hours())).toBeCloseTo(20, 6)
    expect(rows.breaks).toBe(1)
  })

  it('is a rollover where the register was near its end and so much could have run', () => {
    const rows = meterRows({ ...hourly, capacityM3: 1_000_000 }, calendar)
    rows.take([at(0, 999_999.5), at(1, 999_999.98), at(2, 0.03), at(3, 1.03)])
    expect(sum(rows.hours())).toBeCloseTo(1.53, 6)
    expect(rows.breaks).toBe(0)
  })
})

describe('late readings', () => {
  it('lay open an estimate in the hours between their neighbours and nowhere else', () => {
    const rows = meterRows(hourly, calendar)
    rows.take([at(0, 0), at(1, 1), at(8, 15), at(9, 16), at(10, 17), at(11, 18), at(12, 19)])
    const before = rows.hours()
    rows.take([at(4, 4)])
    const after = rows.hours()
    const changed = after.filter((use, n) => JSON.stringify(use) !== JSON.stringify(before[n]))
    expect(changed.map(({ from }) => (from - MIDNIGHT) / HOUR)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(sum(after)).toBeCloseTo(19, 9)
  })

  it('count once: a repeat changes nothing, another volume for the same instant is a conflict', () => {
    const rows = meterRows(hourly, calendar)
    rows.take([at(0, 0), at(1, 1), at(2, 2)])
    const before = rows.hours()
    rows.take([at(1, 1)])
    rows.take([at(1, 1.5)])
    expect(rows.hours()).toEqual(before)
    expect(rows.conflicts).toBe(1)
  })
})

/** Readings as they come: mostly regular, with gaps, dips, spikes and a change of register. */
const series = fc
  .array(
    fc.record({
      afterMinutes: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(15, 30, 60) },
        { weight: 2, arbitrary: fc.integer({ min: 1, max: 90 }) },
        { weight: 1, arbitrary: fc.integer({ min: 200, max: 3_000 }) },
      ),
      usedM3: fc.integer({ min: 0, max: 200 }).map((n) => n / 100),
      fault: fc.oneof(
        { weight: 12, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.constantFrom(-50, 3, 400, -0.01) },
      ),
      exchange: fc.oneof(
        { weight: 30, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    }),
    { minLength: 2, maxLength: 160, size: 'max' },
  )
  .map((steps) => {
    let time = MIDNIGHT
    let register = 1_000
    return steps.map(({ afterMinutes, usedM3, fault, exchange }) => {
      time += afterMinutes * MINUTE
      register = exchange ? 0 : register + usedM3
      return { at: time, volumeM3: Number((register + fault).toFixed(2)) }
    })
  })

it('ends in the same rows whatever the order and the pieces in which the readings arrive', () => {
  fc.assert(
    fc.property(
      series.chain((marks) =>
        fc.tuple(
          fc.constant(marks),
          fc.shuffledSubarray(marks, { minLength: marks.length, maxLength: marks.length }),
          fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 160, maxLength: 160 }),
        ),
      ),
      ([marks, shuffled, sizes]) => {
        const atOnce = meterRows(hourly, calendar)
        atOnce.take(marks)
        const piecewise = meterRows(hourly, calendar)
        for (let start = 0, n = 0; start < shuffled.length; start += sizes[n] ?? 1, n++) {
          piecewise.take(shuffled.slice(start, start + (sizes[n] ?? 1)))
        }
        expect(piecewise.hours()).toEqual(atOnce.hours())
        expect(marksOf(piecewise.stretches())).toEqual(marksOf(atOnce.stretches()))
      },
    ),
    { numRuns: 120 },
  )
})

it('conserves the volume: the hours of a register that only grows sum to its last reading minus its first', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 4_000 }), fc.integer({ min: 0, max: 400 })), {
        minLength: 1,
      }),
      (steps) => {
        let time = MIDNIGHT
        let litres = 5_000
        const marks = steps.map(([minutes, used]) => {
          time += minutes * MINUTE
          litres += Math.min(used, minutes * 400)
          return { at: time, volumeM3: litres / 1_000 }
        })
        const rows = meterRows(hourly, calendar)
        rows.take(marks)
        const total = (marks.at(-1)?.volumeM3 ?? 0) - (marks[0]?.volumeM3 ?? 0)
        expect(sum(rows.hours())).toBeCloseTo(total, 6)
        expect(rows.hours().every(({ volumeM3 }) => volumeM3 >= 0)).toBe(true)
      },
    ),
  )
})
