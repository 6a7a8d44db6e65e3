import fc from 'fast-check'
import { expect, it } from 'vitest'
import { meterRows } from '../../tests/support/meter-rows.ts'
import { tailedRows } from '../../tests/support/tailed-rows.ts'
import type { MeterMark } from '../model/water-use.ts'
import { calendarOf } from './calendar.ts'
import type { MeterFacts } from './meter.ts'

const calendar = calendarOf('Europe/Berlin')
const START = Date.UTC(2026, 9, 24, 18) // the evening before the clocks go back
const MINUTE = 60_000
const meter: MeterFacts = {
  device: 'meter-1',
  measuresEveryMs: 15 * MINUTE,
  maxRateM3h: 30,
  capacityM3: 2_000,
}

/** A register as it really reads: mostly regular, with gaps, dips, spikes, instants near the hour and a change of register. */
const series = fc
  .array(
    fc.record({
      afterMs: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(15 * MINUTE, 30 * MINUTE, 60 * MINUTE) },
        { weight: 2, arbitrary: fc.integer({ min: 1, max: 90 * MINUTE }) },
        { weight: 1, arbitrary: fc.integer({ min: 200 * MINUTE, max: 4_000 * MINUTE }) },
      ),
      usedM3: fc.integer({ min: 0, max: 200 }).map((n) => n / 100),
      fault: fc.oneof(
        { weight: 12, arbitrary: fc.constant(0) },
        { weight: 2, arbitrary: fc.constantFrom(-50, 3, 400, -0.01) },
      ),
      exchange: fc.oneof(
        { weight: 30, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    }),
    { minLength: 2, maxLength: 60 },
  )
  .map((steps) => {
    let at = START
    let register = 1_900
    return steps.map(({ afterMs, usedM3, fault, exchange }): MeterMark => {
      at += afterMs
      register = exchange ? 0 : (register + usedM3) % 2_000
      return { at, volumeM3: Number((register + fault).toFixed(2)) }
    })
  })

const pieces = fc.array(
  fc.record({ size: fc.integer({ min: 1, max: 9 }), reopen: fc.boolean(), late: fc.nat(20) }),
  { minLength: 60, maxLength: 60 },
)

it('comes to the same rows as a meter that is worked out anew each time, across late readings and restarts', () => {
  let appended = 0
  fc.assert(
    fc.property(series, pieces, (marks, cuts) => {
      const anew = meterRows(meter, calendar)
      const tailed = tailedRows(meter, calendar)
      const heldBack: MeterMark[] = []
      let start = 0
      for (const { size, reopen, late } of cuts) {
        const piece = marks.slice(start, start + size)
        start += size
        if (late === 0 && piece.length > 1) heldBack.push(...piece.splice(0, 1))
        if (late === 1) piece.push(...heldBack.splice(0))
        if (late === 2 && piece[0]) piece.push({ ...piece[0], volumeM3: piece[0].volumeM3 + 1 })
        if (piece.length === 0) continue
        if (reopen) tailed.forget()
        anew.take(piece)
        tailed.take(piece)
        expect(tailed.hours()).toEqual(anew.hours())
        expect(tailed.marks()).toEqual(anew.marks())
        expect(tailed.conflicts).toBe(anew.conflicts)
        // Working an hour out anew meets its break again; a tail meets it once.
        expect(tailed.breaks).toBeLessThanOrEqual(anew.breaks)
      }
      appended += tailed.appended
    }),
    { numRuns: 600 },
  )
  expect(appended).toBeGreaterThan(1_000)
})
