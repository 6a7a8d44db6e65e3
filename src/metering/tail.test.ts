import fc from 'fast-check'
import { expect, it } from 'vitest'
import { figuresOf, marksOf, meterRows } from '../../tests/support/meter-rows.ts'
import { tailedRows } from '../../tests/support/tailed-rows.ts'
import type { MarkStretch, MeterMark } from '../model/water-use.ts'
import { calendarOf } from './calendar.ts'
import type { ExchangeAt } from './exchange.ts'
import { NOTHING_YET, takeMark } from './links.ts'
import type { MeterFacts } from './meter.ts'
import { MARKS_A_STRETCH } from './stretches.ts'
import { appendTo, meterTail } from './tail.ts'

const calendar = calendarOf('Europe/Berlin')
const START = Date.UTC(2026, 9, 24, 18) // the evening before the clocks go back
const MINUTE = 60_000
const meter: MeterFacts = {
  device: 'meter-1',
  measuresEveryMs: 15 * MINUTE,
  maxRateM3h: 30,
  capacityM3: 2_000,
}

/**
 * A register as it really reads: mostly regular, with gaps, dips, spikes, instants near the hour and changes
 * of the register, declared and not.
 */
const series = fc
  .array(
    fc.record({
      afterMs: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(15 * MINUTE, 30 * MINUTE, 60 * MINUTE) },
        { weight: 2, arbitrary: fc.integer({ min: 1, max: 90 * MINUTE }) },
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 9_000 }) },
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
      isDeclared: fc.boolean(),
      isHigher: fc.boolean(),
    }),
    { minLength: 2, maxLength: 160, size: 'max' },
  )
  .map((steps) => {
    let at = START
    let register = 1_900
    const exchanges: ExchangeAt[] = []
    const marks = steps.map(({ afterMs, usedM3, fault, exchange, isDeclared, isHigher }): MeterMark => {
      at += afterMs
      const initialM3 = isHigher ? register + 0.4 : 0
      if (exchange && isDeclared) exchanges.push({ at: at - (afterMs >> 1), finalM3: register, initialM3 })
      register = exchange ? initialM3 : (register + usedM3) % 2_000
      return { at, volumeM3: Number((register + fault).toFixed(2)) }
    })
    return { marks, exchanges }
  })

const pieces = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: 9 }),
    reopen: fc.boolean(),
    fold: fc.boolean(),
    late: fc.nat(20),
  }),
  { minLength: 60, maxLength: 60 },
)

/** Marks, and that what is kept with each stretch is what is known once all before it are taken. */
function checkStretches(
  stretches: readonly MarkStretch[],
  marks: readonly MeterMark[],
  facts: MeterFacts,
): void {
  const inOrder = [...new Map(marks.toReversed().map((mark) => [mark.at, mark])).values()]
  expect(marksOf(stretches)).toEqual(inOrder.sort((a, b) => a.at - b.at))
  let state = NOTHING_YET
  for (const stretch of stretches) {
    expect(stretch.before).toEqual(state)
    expect(stretch.start).toBe(stretch.figures[0])
    expect(stretch.figures.length).toBeLessThanOrEqual(2 * MARKS_A_STRETCH)
    for (const mark of marksOf([stretch])) state = takeMark(state, mark, facts).state
  }
}

it('comes to the same rows as a meter that is worked out anew each time, across late readings, exchanges and restarts', () => {
  let [appended, stretches] = [0, 0]
  fc.assert(
    fc.property(series, pieces, ({ marks, exchanges }, cuts) => {
      const facts = { ...meter, exchanges }
      const anew = meterRows(facts, calendar)
      const tailed = tailedRows(facts, calendar)
      const heldBack: MeterMark[] = []
      const taken: MeterMark[] = []
      let start = 0
      let isLate = false
      for (const { size, reopen, fold, late } of cuts) {
        const piece = marks.slice(start, start + size)
        start += size
        if (late === 0 && piece.length > 1) heldBack.push(...piece.splice(0, 1))
        if (late === 1) piece.push(...heldBack.splice(0))
        if (late === 2 && piece[0]) piece.push({ ...piece[0], volumeM3: piece[0].volumeM3 + 1 })
        isLate ||= late < 3
        if (piece.length === 0) continue
        if (reopen) tailed.forget()
        anew.take(piece)
        tailed.take(piece)
        if (fold) tailed.fold()
        taken.push(...piece)
        expect(tailed.hours()).toEqual(anew.hours())
        expect(tailed.conflicts).toBe(anew.conflicts)
        // What late readings lay open again is counted again, as far as was reworked.
        if (!isLate) expect(tailed.breaks).toBe(anew.breaks)
      }
      tailed.fold()
      checkStretches(tailed.stretches(), taken, facts)
      checkStretches(anew.stretches(), taken, facts)
      const atOnce = meterRows(facts, calendar)
      atOnce.take(taken)
      expect(tailed.hours()).toEqual(atOnce.hours())
      appended += tailed.appended
      stretches = Math.max(stretches, tailed.stretches().length)
    }),
    { numRuns: 120 },
  )
  expect(appended).toBeGreaterThan(1_000)
  expect(stretches).toBeGreaterThan(2)
})

it('a register that runs backwards for a year costs a save no more than on its first day, and is heard again once it goes on', () => {
  const kept = meterRows(meter, calendar).kept
  const tail = meterTail({ kept, unkept: [], hours: () => [] }, meter, calendar)
  const hourly = (hour: number, volumeM3: number) => figuresOf([{ at: START + hour * 60 * MINUTE, volumeM3 }])
  for (let hour = 0; hour < 5; hour++) appendTo(tail, hourly(hour, 1_000 + hour))
  const year = 8_760
  let written = 0
  appendTo(tail, hourly(5, 999))
  for (let hour = 6; hour < year; hour++) {
    const { hours = [], days = [] } = appendTo(tail, hourly(hour, 1_000 - hour / 10)) ?? {}
    written += hours.length + days.length
  }
  expect(written).toBe(0)
  const resumed = appendTo(tail, hourly(year, 1_005))
  expect(resumed?.hours.length, 'the whole gap is known once its end is').toBe(year - 2)
  expect(resumed?.days.length).toBe(366)
})
