import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type IntervalBook, openIntervalBook } from '../historian/interval-book.ts'
import { calendarOf, HOUR_MS } from '../metering/calendar.ts'
import { meterUse } from '../metering/water-use.ts'
import { SILENT_LOG } from '../model/log.ts'
import { keepToCalendar } from './ledger-calendar.ts'
import { ledgerWork } from './ledger-work.ts'
import { addMark, emptyBatch } from './mark-batch.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-ledger-calendar-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const meters = ['m-1', 'm-2'].map((device) => ({ device, measuresEveryMs: HOUR_MS, maxRateM3h: 30 }))
const EVER = { from: 0, to: 1e14 }
const quiet = (book: IntervalBook, zone: string) => keepToCalendar(book, zone, SILENT_LOG)
let files = 0

/** m-1 speaks each 25 minutes, m-2 seldom and with a new register in between. */
function marksFrom(start: number, fromH: number, toH: number) {
  const batch = emptyBatch()
  const add = (meter: number, hours: number, volumeM3: number) => {
    if (hours >= fromH && hours < toH) addMark(batch, meter, start + Math.round(hours * HOUR_MS), volumeM3)
  }
  for (let n = 0; n < 400; n++) add(0, (n * 25) / 60, 100 + n / 7)
  for (let n = 0; n < 40; n++) add(1, 4.1 * n, n > 20 ? n : 700 + n / 3)
  return batch
}

async function bookOf(timeZone: string, start: number) {
  const book = openIntervalBook({ file: join(folder, `${++files}.sqlite`) })
  const worked = async (zone: string, fromH: number, toH: number) =>
    ledgerWork(book, { meters, timeZone: zone })({
      batch: marksFrom(start, fromH, toH),
      offset: book.offset + 1,
      forgetBefore: 0,
    })
  await worked(timeZone, 0, 100)
  return { book, worked, [Symbol.asyncDispose]: () => book[Symbol.asyncDispose]() }
}

const everythingIn = (book: IntervalBook) =>
  (['hour', 'day'] as const).map((step) =>
    Array.from(book.intervals(EVER, step), ({ from }) => [from, ...book.read(from, step)]),
  )
const sumOf = (book: IntervalBook, step: 'hour' | 'day') =>
  Array.from(book.intervals(EVER, step)).reduce(
    (all, { from }) => all + book.read(from, step).reduce((sum, { use }) => sum + use.volumeM3, 0),
    0,
  )

it.each([
  ['UTC', 'Asia/Shanghai', '2026-05-31T16:00Z', 6],
  ['Asia/Shanghai', 'UTC', '2026-12-30T16:00Z', 6],
  ['Europe/Berlin', 'Africa/Algiers', '2026-10-24T08:00Z', 3], // the same clocks, but in summer
])(
  'a book that was kept in %s is in %s what it would always have been',
  async (before, after, start, off) => {
    const at = Date.parse(start)
    await using moved = await bookOf(before, at)
    await using always = await bookOf(after, at)
    expect(everythingIn(moved.book)).not.toEqual(everythingIn(always.book))
    expect(await quiet(moved.book, after)).toBe(off)
    expect(everythingIn(moved.book)).toEqual(everythingIn(always.book))
    expect(await quiet(moved.book, after), 'once is enough').toBe(0)
    for (const { worked } of [moved, always]) await worked(after, 100, 170)
    expect(everythingIn(moved.book)).toEqual(everythingIn(always.book))
  },
)

it('goes on where it was killed', async () => {
  const at = Date.parse('2026-05-31T16:00Z')
  await using moved = await bookOf('UTC', at)
  await using always = await bookOf('Asia/Shanghai', at)
  let saves = 0
  const dying: IntervalBook = {
    ...moved.book,
    async save(offset, fill) {
      if (++saves > 2) throw new Error('killed')
      return moved.book.save(offset, fill)
    },
  }
  await expect(quiet(dying, 'Asia/Shanghai')).rejects.toThrow('killed')
  await quiet(moved.book, 'Asia/Shanghai')
  expect(everythingIn(moved.book)).toEqual(everythingIn(always.book))
})

it('where the hours begin at other minutes they are shared out by time, say so, and lose no water', async () => {
  const kolkata = calendarOf('Asia/Kolkata')
  await using moved = await bookOf('Asia/Shanghai', Date.parse('2026-05-31T16:00Z'))
  const whole = sumOf(moved.book, 'hour')
  await quiet(moved.book, 'Asia/Kolkata')
  expect(sumOf(moved.book, 'hour')).toBeCloseTo(whole, 9)
  expect(sumOf(moved.book, 'day')).toBeCloseTo(whole, 9)
  const qualities = new Map<string, string[]>()
  for (const step of ['hour', 'day'] as const) {
    for (const interval of moved.book.intervals(EVER, step)) {
      expect(kolkata.intervalAt(interval.from, step)).toEqual(interval)
      for (const { device, use } of moved.book.read(interval.from, step))
        qualities.set(device, [...(qualities.get(device) ?? []), meterUse(device, interval, use).quality])
    }
  }
  const [ofOne, ofOther] = ['m-1', 'm-2'].map((device) => new Set(qualities.get(device)))
  expect([...(ofOne ?? [])].sort(), 'the first and the last are known in part').toEqual([
    'estimated',
    'interpolated',
  ])
  expect([...(ofOther ?? [])], 'of long gaps each boundary is a guess').toEqual(['estimated'])
  expect(await quiet(moved.book, 'Asia/Kolkata')).toBe(0)
})
