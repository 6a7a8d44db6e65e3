import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, it } from 'vitest'
import { marksOf } from '../../tests/support/meter-rows.ts'
import { writeOlderBook } from '../../tests/support/older-interval-book.ts'
import { type IntervalBook, openIntervalBook } from '../historian/interval-book.ts'
import { calendarOf, HOUR_MS } from '../metering/calendar.ts'
import { NOTHING_YET, takeMark } from '../metering/links.ts'
import { ledgerWork } from './ledger-work.ts'
import { addMark, emptyBatch } from './mark-batch.ts'

const timeZone = 'Europe/Berlin'
const calendar = calendarOf(timeZone)
const START = Date.UTC(2026, 9, 24, 18) // the evening before the clocks go back
const meters = ['m-1', 'm-2', 'm-3'].map((device) => ({ device, measuresEveryMs: 900_000, maxRateM3h: 30 }))
const range = { from: calendar.intervalAt(START, 'day').from, to: START + 80 * HOUR_MS }
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-older-book-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** m-1 speaks each quarter, m-2 each 20 s for three hours, m-3 seldom and then something else. */
function marksFrom(fromH: number, toH: number) {
  const batch = emptyBatch()
  const add = (meter: number, hours: number, volumeM3: number) => {
    if (hours >= fromH && hours < toH) addMark(batch, meter, START + Math.round(hours * HOUR_MS), volumeM3)
  }
  for (let n = 0; n < 280; n++) add(0, n / 4, 100 + n / 10)
  for (let n = 0; n < 700; n++) add(1, n / 180, 500 + n / 1_000)
  for (let n = 0; n < 20; n++) add(2, 3.3 * n, n === 4 ? 9_000 : n > 10 ? n : 700 + n / 7)
  return batch
}

async function worked(file: string, fromH: number, toH: number, offset: number): Promise<void> {
  await using book = openIntervalBook({ file })
  const work = ledgerWork(book, { meters, timeZone, foldAfterMarks: 1 })
  await work({ batch: marksFrom(fromH, toH), offset, forgetBefore: 0 })
}

function everythingIn(book: IntervalBook) {
  return {
    offset: book.offset,
    hours: [...calendar.intervals(range, 'hour')].map(({ from }) => book.read(from, 'hour')),
    days: [...calendar.intervals(range, 'day')].map(({ from }) => book.read(from, 'day')),
    marks: meters.map(({ device }) => marksOf([...book.stretchesFrom(device, 0)])),
  }
}

it('carries a book of the older layout over without loss, and goes on as if it had always been this one', async () => {
  const [current, older] = [join(folder, 'current.sqlite'), join(folder, 'older.sqlite')]
  await worked(current, 0, 40, 7)
  {
    await using book = openIntervalBook({ file: current })
    writeOlderBook(older, book, meters, range, calendar)
    await using carried = openIntervalBook({ file: older })
    expect(everythingIn(carried)).toEqual(everythingIn(book))
    expect(everythingIn(carried).hours.flat().length).toBeGreaterThan(60)
    for (const meter of meters) {
      let state = NOTHING_YET
      for (const stretch of carried.stretchesFrom(meter.device, 0)) {
        expect(stretch.before).toEqual(state)
        for (const mark of marksOf([stretch])) state = takeMark(state, mark, meter).state
      }
    }
  }
  for (const file of [current, older]) {
    await worked(file, 40, 70, 8)
    await using book = openIntervalBook({ file })
    const late = emptyBatch()
    addMark(late, 1, START + HOUR_MS + 7, 500.2)
    addMark(late, 0, START + 20.1 * HOUR_MS, 108.01)
    await ledgerWork(book, { meters, timeZone })({ batch: late, offset: 9, forgetBefore: 0 })
  }
  await using book = openIntervalBook({ file: current })
  await using carried = openIntervalBook({ file: older })
  expect(everythingIn(carried)).toEqual(everythingIn(book))
  using database = new DatabaseSync(older, { readOnly: true })
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()
  expect(tables.map(({ name }) => name)).not.toContain('marks')
})

it('leaves a book that it cannot carry over as it was', async () => {
  const [current, older] = [join(folder, 'whole.sqlite'), join(folder, 'broken.sqlite')]
  await worked(current, 0, 40, 7)
  {
    await using book = openIntervalBook({ file: current })
    writeOlderBook(older, book, meters, range, calendar)
  }
  const rowsOf = (table: string) => {
    using database = new DatabaseSync(older)
    return database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.rows
  }
  {
    using database = new DatabaseSync(older)
    database.exec(`UPDATE marks SET state = 'torn' WHERE meter = 2`)
  }
  const before = ['hours', 'days', 'marks'].map(rowsOf)
  expect(() => openIntervalBook({ file: older })).toThrow('Cannot open the interval book')
  expect(['hours', 'days', 'marks'].map(rowsOf)).toEqual(before)
  expect(['hour_uses', 'day_uses', 'stretches'].map(rowsOf)).toEqual([0, 0, 0])
})
