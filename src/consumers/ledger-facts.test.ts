import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type IntervalBook, openIntervalBook } from '../historian/interval-book.ts'
import { HOUR_MS } from '../metering/calendar.ts'
import type { ExchangeAt } from '../metering/exchange.ts'
import { SILENT_LOG } from '../model/log.ts'
import { keepToFacts } from './ledger-facts.ts'
import { ledgerWork } from './ledger-work.ts'
import { addMark, emptyBatch } from './mark-batch.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-ledger-facts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const timeZone = 'Asia/Shanghai'
const START = Date.parse('2026-07-01T00:00+08:00')
const EXCHANGED: ExchangeAt = { at: START + 150.5 * HOUR_MS, finalM3: 175.25, initialM3: 0 }
const DAY_MS = 24 * HOUR_MS
let files = 0

const factsOf = (...exchanges: ExchangeAt[]) => ({
  timeZone,
  meters: ['m-1', 'm-2'].map((device) => {
    const facts = { device, measuresEveryMs: HOUR_MS, maxRateM3h: 30 }
    return device === 'm-1' && exchanges.length > 0 ? { ...facts, exchanges } : facts
  }),
})

/** Half a m³ an hour; m-1 has another register from hour 150.5 on, m-2 runs on. */
function marks(fromH: number, toH: number) {
  const batch = emptyBatch()
  for (let hour = fromH; hour < toH; hour++) {
    const at = START + hour * HOUR_MS
    addMark(batch, 0, at, hour < 150.5 ? 100 + hour / 2 : (hour - 150) / 2)
    addMark(batch, 1, at, 900 + hour / 2)
  }
  return batch
}

const booked = async (facts: ReturnType<typeof factsOf>, toH: number, foldAfterMarks?: number) => {
  const file = join(folder, `${++files}.sqlite`)
  const book = openIntervalBook({ file })
  await keepToFacts(book, facts, SILENT_LOG)
  const work = ledgerWork(book, { ...facts, ...(foldAfterMarks !== undefined && { foldAfterMarks }) })
  for (let hour = 0; hour < toH; hour += 20)
    await work({ batch: marks(hour, Math.min(toH, hour + 20)), offset: hour + 1, forgetBefore: 0 })
  return book
}

const usesIn = (book: IntervalBook) =>
  (['hour', 'day'] as const).map((step) =>
    Array.from(book.intervals({ from: 0, to: 1e14 }, step), ({ from }) => [
      from,
      ...book.read(from, step).toSorted((a, b) => (a.device < b.device ? -1 : 1)),
    ]),
  )
const hourOf = (book: IntervalBook, hour: number) =>
  book.lookUp(START + hour * HOUR_MS, 'hour')('m-1')?.volumeM3

it.each([
  ['as they came', 1e9],
  ['by meter', 100],
])(
  'an exchange that is declared after its readings, which are kept %s, is worked in at the next start and goes on so',
  async (_how, foldAfterMarks) => {
    await using always = await booked(factsOf(EXCHANGED), 400)
    await using book = await booked(factsOf(), 300, foldAfterMarks)
    expect(hourOf(book, 150), 'what ran meanwhile is missing').toBeUndefined()

    expect(await keepToFacts(book, factsOf(EXCHANGED), SILENT_LOG)).toBe(1)
    expect(hourOf(book, 150)).toBeCloseTo(0.25 + 0.5, 9)
    expect(await keepToFacts(book, factsOf(EXCHANGED), SILENT_LOG), 'it is written in the book').toBe(0)

    const work = ledgerWork(book, factsOf(EXCHANGED))
    await work({ batch: marks(300, 400), offset: 1_000, forgetBefore: 0 })
    expect(usesIn(book)).toEqual(usesIn(always))
  },
)

it('one that is corrected, and one that is taken back, leaves no trace', async () => {
  await using never = await booked(factsOf(), 300)
  await using book = await booked(factsOf({ ...EXCHANGED, finalM3: 176 }), 300)
  await using right = await booked(factsOf(EXCHANGED), 300)
  expect(await keepToFacts(book, factsOf(EXCHANGED), SILENT_LOG)).toBe(1)
  expect(usesIn(book)).toEqual(usesIn(right))
  expect(await keepToFacts(book, factsOf(), SILENT_LOG)).toBe(1)
  expect(usesIn(book)).toEqual(usesIn(never))
})

it('one of which the marks are kept no more changes nothing and is said once; a later one is worked in all the same', async () => {
  await using book = await booked(factsOf(), 300, 100)
  book.forgetMarks(START + 6 * DAY_MS)
  const before = usesIn(book)
  const warned: unknown[] = []
  const log = { ...SILENT_LOG, warn: (...said: unknown[]) => void warned.push(said) }
  const old = { ...EXCHANGED, at: START + 20.5 * HOUR_MS, finalM3: 110 }
  await keepToFacts(book, factsOf(old), log)
  await keepToFacts(book, factsOf(old), log)
  expect(warned).toHaveLength(1)
  expect(usesIn(book)).toEqual(before)
  await keepToFacts(book, factsOf(EXCHANGED), log)
  expect(warned).toHaveLength(2)
  expect(hourOf(book, 150)).toBeCloseTo(0.75, 9)
})

it('a register that is said to be larger or smaller than it was thought is worked out again, as far back as marks are kept', async () => {
  const rolling = (capacityM3?: number) => ({
    timeZone,
    meters: ['m-1', 'm-2'].map((device) => {
      const facts = { device, measuresEveryMs: HOUR_MS, maxRateM3h: 30 }
      return capacityM3 === undefined ? facts : { ...facts, capacityM3 }
    }),
  })
  // The register of m-1 goes from 175 to 0.5 within an hour: half a m³ where 175 is its end
  await using always = await booked(rolling(175), 300, 100)
  await using book = await booked(rolling(), 300, 100)
  expect(hourOf(always, 150)).toBeCloseTo(0.5, 9)
  expect(hourOf(book, 150)).toBeUndefined()
  expect(await keepToFacts(book, rolling(175), SILENT_LOG)).toBe(2)
  expect(usesIn(book)).toEqual(usesIn(always))
  expect(await keepToFacts(book, rolling(175), SILENT_LOG)).toBe(0)

  book.forgetMarks(START + 6 * DAY_MS)
  const [hours, days] = usesIn(book)
  await keepToFacts(book, rolling(), SILENT_LOG)
  expect(hourOf(book, 150)).toBeUndefined()
  const [hoursNow, daysNow] = usesIn(book)
  const until = (rows: typeof hours, hour: number) =>
    rows?.filter(([from]) => Number(from) < START + hour * HOUR_MS)
  expect(until(hoursNow, 140), 'of which nothing is kept any more stays as it was').toEqual(until(hours, 140))
  expect(until(daysNow, 140)).toEqual(until(days, 140))
})
