/** A meter that was exchanged and declared: every litre of both registers is told, in its hour. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { figuresOf, meterRows } from '../../tests/support/meter-rows.ts'
import type { MeterMark } from '../model/water-use.ts'
import { calendarOf } from './calendar.ts'
import { differences, type ExchangeAt, exchangesAt } from './exchange.ts'
import type { MeterFacts } from './meter.ts'
import { retakeMarks } from './retake.ts'
import { meterUse, sumUse } from './water-use.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 5, 30, 16) // 1 July in Shanghai
const calendar = calendarOf('Asia/Shanghai')
const at = (hours: number, volumeM3: number): MeterMark => ({
  at: Math.round(START + hours * HOUR),
  volumeM3,
})
const exchange = (hours: number, finalM3: number, initialM3 = 0): ExchangeAt => ({
  at: Math.round(START + hours * HOUR),
  finalM3,
  initialM3,
})
const meter = (...exchanges: ExchangeAt[]): MeterFacts => ({
  device: 'm',
  measuresEveryMs: HOUR,
  maxRateM3h: 30,
  exchanges,
})
const taken = (marks: readonly MeterMark[], facts: MeterFacts) => {
  const rows = meterRows(facts, calendar)
  rows.take(marks)
  return rows
}
/** The hours of that time from the start: how much, and how well it is known. */
const told = (marks: readonly MeterMark[], facts: MeterFacts, hours: number) => {
  const known = taken(marks, facts).hours()
  return [...calendar.intervals({ from: START, to: START + hours * HOUR }, 'hour')].map((hour) => {
    const parts = known.filter(({ from }) => from === hour.from)
    const { volumeM3, quality } = meterUse('m', hour, sumUse(parts, hour))
    return volumeM3 === null ? quality : [Number(volumeM3.toFixed(6)), quality]
  })
}

describe('an exchange that was declared', () => {
  it('in the middle of an hour loses nothing of either register', () => {
    // 0.5 m³ of the old one until half past one, 0.25 m³ of the new one after it
    const marks = [at(0, 500), at(1, 502), at(2, 0.35), at(3, 1.35)]
    expect(told(marks, meter(exchange(1.5, 502.5, 0.1)), 3)).toEqual([
      [2, 'measured'],
      [0.75, 'measured'],
      [1, 'measured'],
    ])
    expect(taken(marks, meter(exchange(1.5, 502.5, 0.1))).breaks).toBe(0)
  })

  it('shares out each part over its own time', () => {
    const marks = [at(0, 500), at(0.5, 502), at(2.5, 3)]
    expect(told(marks, meter(exchange(1, 502.2)), 3).slice(0, 2)).toEqual([
      [2.2, 'measured'],
      [2, 'interpolated'],
    ])
  })

  it('for one that was used before goes on from what that one said first', () => {
    expect(told([at(0, 500), at(1, 7_001), at(2, 7_002)], meter(exchange(0.5, 500.5, 7_000)), 2)).toEqual([
      [1.5, 'measured'],
      [1, 'measured'],
    ])
  })

  it('is no use of water where the new register happens to stand a little higher than the old one', () => {
    const steady = [at(0, 500), at(1, 501), at(2, 502), at(3, 503), at(4, 504)]
    const marks = [...steady, at(5, 510.25), at(6, 511.25)]
    expect(told(marks, meter(exchange(4.5, 504.5, 510)), 6).slice(3)).toEqual([
      [1, 'measured'],
      [0.75, 'measured'],
      [1, 'measured'],
    ])
  })

  it('and a second one before anybody read the first new register are both told', () => {
    const facts = meter(exchange(0.25, 501), exchange(0.5, 0.5, 10))
    expect(told([at(0, 500), at(1, 10.25), at(2, 11)], facts, 2)).toEqual([
      [1.75, 'measured'],
      [0.75, 'measured'],
    ])
  })

  it('after the old register was silent for days knows how much ran, and that it knows not when', () => {
    const facts = meter(exchange(48, 524))
    const hours = told([at(0, 500), at(48.5, 0.5), at(49, 1)], facts, 49)
    expect(hours.slice(0, 48)).toEqual(Array(48).fill([0.5, 'estimated']))
    expect(hours[48]).toEqual([1, 'measured'])
  })

  it('with a last figure read by eye, without its red digits, takes nothing back', () => {
    const marks = [at(0, 500), at(1, 502.34), at(2, 1)]
    expect(told(marks, meter(exchange(1.5, 502)), 2)).toEqual([
      [2.34, 'measured'],
      [1, 'measured'],
    ])
  })

  it('with a last figure that cannot be is known from the new register on, and counted', () => {
    const marks = [at(0, 500), at(1, 502), at(2, 1), at(3, 2)]
    const facts = meter(exchange(1.5, 205))
    expect(told(marks, facts, 3)).toEqual([
      [2, 'measured'],
      [1, 'estimated'],
      [1, 'measured'],
    ])
    expect(taken(marks, facts).breaks).toBe(1)
  })

  it('leaves out a reading of its very instant, which may be of either', () => {
    for (const volumeM3 of [0, 0.008, 502, 77])
      expect(told([at(0, 500), at(1, volumeM3), at(2, 1)], meter(exchange(1, 502)), 2)).toEqual([
        [2, 'measured'],
        [1, 'measured'],
      ])
  })

  it('before the first reading, or after the last, says nothing of water', () => {
    expect(told([at(2, 500), at(3, 501)], meter(exchange(1, 90)), 3)).toEqual([
      'missing',
      'missing',
      [1, 'measured'],
    ])
    expect(told([at(0, 500), at(1, 501)], meter(exchange(2, 502)), 2)).toEqual([[1, 'measured'], 'missing'])
  })

  it('settles readings that were in doubt before it', () => {
    const marks = [at(0, 500), at(1, 502), at(1.25, 9), at(2, 1), at(3, 2)]
    expect(told(marks, meter(exchange(1.5, 503)), 3)).toEqual([
      [2, 'measured'],
      [2, 'measured'],
      [1, 'measured'],
    ])
  })
})

it('is by the clocks of the site', () => {
  const declared = [{ at: '2026-07-01T10:30', finalM3: 5, initialM3: 0 }]
  expect(exchangesAt(declared, 'Asia/Shanghai')).toEqual([
    { at: Date.parse('2026-07-01T10:30+08:00'), finalM3: 5, initialM3: 0 },
  ])
})

it('two lists differ where an exchange is not in both', () => {
  const [first, second] = [exchange(1, 500), exchange(2, 40)]
  expect(differences([first, second], [{ ...first }, second])).toEqual([])
  expect(differences([first], [first, second])).toEqual([second.at])
  expect(differences([first, second], [{ ...first, initialM3: 1 }, second])).toEqual([first.at, first.at])
  expect(differences([second], [])).toEqual([second.at])
})

it('declared afterwards, corrected or taken back comes to what it would have been from the beginning', () => {
  const steps = fc.array(
    fc.record({
      afterH: fc.oneof(fc.constantFrom(0.25, 1), fc.double({ min: 0.01, max: 40, noNaN: true })),
      usedM3: fc.integer({ min: 0, max: 90 }).map((n) => n / 100),
      isExchange: fc.oneof(
        { weight: 8, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
      isHigher: fc.boolean(),
      fault: fc.oneof(
        { weight: 9, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.constantFrom(-40, 7, 300) },
      ),
    }),
    { minLength: 2, maxLength: 150, size: 'max' },
  )
  const wrongs = fc.array(
    fc.record({ h: fc.integer({ min: 0, max: 300 }), m3: fc.integer({ min: 0, max: 700 }) }),
    {
      maxLength: 2,
    },
  )
  fc.assert(
    fc.property(steps, wrongs, fc.nat(30), (some, wrong, lastUnkept) => {
      let [hours, register] = [0, 400]
      const exchanges: ExchangeAt[] = []
      const marks = some.map(({ afterH, usedM3, isExchange, isHigher, fault }) => {
        if (isExchange) {
          const initialM3 = isHigher ? register + usedM3 + 0.4 : 0
          exchanges.push(exchange(hours + afterH / 2, register + usedM3, initialM3))
          register = initialM3
        } else register += usedM3
        hours += afterH
        return at(hours, Math.max(0, register + fault))
      })
      const others = wrong.map(({ h, m3 }) => exchange(h, m3)).sort((a, b) => a.at - b.at)
      for (const [before, after] of [
        [[], exchanges],
        [exchanges, []],
        [others, exchanges],
      ] as const) {
        const [since] = differences(before, after)
        const cut = Math.max(1, marks.length - lastUnkept)
        const rows = taken(marks.slice(0, cut), meter(...before))
        const retaken =
          since === undefined
            ? undefined
            : retakeMarks(meter(...after), since, rows.kept, figuresOf(marks.slice(cut)), calendar)
        if (retaken === 'forgotten') throw new Error('nothing was forgotten')
        if (retaken) {
          rows.putHours(retaken)
          rows.dropStretches(retaken.replaced)
          rows.putStretches(retaken.stretches)
        } else {
          const unkept = meterRows(meter(...after), calendar)
          unkept.take(marks)
          rows.take(marks.slice(cut))
        }
        const always = taken(marks, meter(...after))
        expect(rows.hours()).toEqual(always.hours())
        if (retaken) expect(rows.stretches()).toEqual(always.stretches())
      }
    }),
    { numRuns: 60 },
  )
})

it('of which only a part of the marks is kept leaves the hours of the others as they are', () => {
  const marks = Array.from({ length: 200 }, (_, n) => at(n / 4 + 0.1, 500 + n / 10))
  const rows = taken(marks, meter())
  const [, , third] = rows.stretches()
  rows.dropStretches({ from: 0, to: third?.start ?? 0 })
  const since = (third?.start ?? 0) - 1
  const retake = (from: number) => retakeMarks(meter(), from, rows.kept, figuresOf([]), calendar)
  expect(retake(since), 'the hour began with a mark that is kept no more').toBe('forgotten')
  const before = rows.hours()
  const all = retake(Number.NEGATIVE_INFINITY)
  if (typeof all !== 'object') throw new Error('nothing is retaken')
  expect(all.from).toBeGreaterThan(third?.before.chain[0]?.at ?? 0)
  rows.putHours(all)
  expect(rows.hours()).toEqual(before)
})
