import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, it } from 'vitest'
import type { HourUse, MarkStretch } from '../model/water-use.ts'
import { type MeterRows, openIntervalBook } from './interval-book.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-book-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const freshFile = () => join(folder, `${++files}`, 'intervals.sqlite')

const HOUR = 3_600_000
const hour = (n: number, volumeM3 = n): HourUse => ({
  from: n * HOUR,
  to: (n + 1) * HOUR,
  volumeM3,
  knownMs: HOUR,
  measuredMs: HOUR / 2,
  estimatedFrom: n % 2 === 0,
  estimatedTo: n % 7 === 0,
  exactFrom: n % 3 === 0,
  exactTo: n % 5 === 0,
})
const rows = (part: Partial<MeterRows>): MeterRows => ({
  hours: [],
  days: [],
  emptyHours: [],
  emptyDays: [],
  ...part,
})
const stretch = (n: number): MarkStretch => ({
  start: n * HOUR + 1,
  figures: Float64Array.of(n * HOUR + 1, 0.1 + 0.2, n * HOUR + 2, -0),
  before: {
    chain: [
      { at: n * HOUR - 2, volumeM3: 0.1 },
      { at: n * HOUR - 1, volumeM3: 0.3, sinceM3: 0.1 + 0.2 },
    ],
    held: n % 2 === 0 ? [] : [{ at: n * HOUR, volumeM3: n }],
  },
})

it('brings back after a restart what was saved, to the last bit, with the offset it was saved with', async () => {
  const file = freshFile()
  {
    await using book = openIntervalBook({ file })
    expect(book.offset).toBe(0)
    const days = [{ ...hour(0), to: 24 * HOUR }]
    await book.save(7, (writer) => {
      writer.uses('m-1', rows({ hours: [hour(1), hour(2)], days }))
      writer.stretches('m-1', [stretch(1), stretch(2)])
    })
    await book.save(9, (writer) => writer.uses('m-2', rows({ hours: [hour(2, 0.1)] })))
  }
  await using book = openIntervalBook({ file })
  expect(book.offset).toBe(9)
  expect(book.read(2 * HOUR, 'hour')).toEqual([
    { device: 'm-1', use: hour(2) },
    { device: 'm-2', use: hour(2, 0.1) },
  ])
  expect(book.read(0, 'day')).toEqual([{ device: 'm-1', use: { ...hour(0), to: 24 * HOUR } }])
  expect(
    book.hours(
      'm-1',
      [0, 1, 2, 3].map((n) => n * HOUR),
    ),
  ).toEqual([hour(1), hour(2)])
  expect(book.stretchBefore('m-1', 2 * HOUR)).toEqual(stretch(1))
  expect(book.stretchBefore('m-1', HOUR + 1)).toBeUndefined()
  expect(book.stretchBefore('m-1', HOUR + 1, 'or at')).toEqual(stretch(1))
  expect([...book.stretchesFrom('m-1', 0)]).toEqual([stretch(1), stretch(2)])
  expect([...book.stretchesFrom('m-9', 0)]).toEqual([])
})

it('keeps figures that are no whole milliseconds', async () => {
  await using book = openIntervalBook({ file: freshFile() })
  const odd = { ...hour(1, 1 / 3), knownMs: 0.1 + 0.2, measuredMs: 1e-9 }
  await book.save(1, (writer) => writer.uses('m-1', rows({ hours: [odd] })))
  expect(book.read(HOUR, 'hour')).toEqual([{ device: 'm-1', use: odd }])
})

it('replaces rows in place and drops those of which nothing is known any more', async () => {
  await using book = openIntervalBook({ file: freshFile() })
  const first = rows({ hours: [hour(1), hour(2)], days: [hour(0)] })
  await book.save(1, (writer) => {
    for (const device of ['m-1', 'm-2']) writer.uses(device, first)
  })
  const gone = { hours: [hour(1, 5)], emptyHours: [2 * HOUR, 3 * HOUR], emptyDays: [0] }
  await book.save(2, (writer) => writer.uses('m-1', rows(gone)))
  expect(book.hours('m-1', [HOUR, 2 * HOUR, 3 * HOUR])).toEqual([hour(1, 5)])
  expect(book.read(2 * HOUR, 'hour')).toEqual([{ device: 'm-2', use: hour(2) }])
  expect(book.read(0, 'day')).toEqual([{ device: 'm-2', use: hour(0) }])
})

it('puts stretches in place of those that began in an interval', async () => {
  await using book = openIntervalBook({ file: freshFile() })
  const device = 'm-1'
  await book.save(1, (writer) => writer.stretches(device, [1, 2, 3, 4].map(stretch)))
  await book.save(2, (writer) => {
    writer.dropStretches(device, { from: 2 * HOUR, to: 4 * HOUR })
    writer.stretches(device, [stretch(2.5)])
    expect([...book.stretchesFrom(device, 0)]).toEqual([1, 2.5, 4].map(stretch)) // whoever saves sees it at once
  })
  expect([...book.stretchesFrom(device, 0)]).toEqual([1, 2.5, 4].map(stretch))
})

it('reads on through more stretches than it fetches at once', async () => {
  await using book = openIntervalBook({ file: freshFile() })
  const all = Array.from({ length: 100 }, (_, n) => stretch(n + 1))
  await book.save(1, (writer) => writer.stretches('m-1', all))
  expect([...book.stretchesFrom('m-1', 0)]).toEqual(all)
})

it('tells marks as they came until they are folded, also after a restart', async () => {
  const file = freshFile()
  const some = (device: string, ...figures: number[]) => ({ device, figures: Float64Array.from(figures) })
  {
    await using book = openIntervalBook({ file })
    await book.save(1, (writer) => writer.fresh([some('m-1', 1, 0.1), some('m-2', 2, 0.2, 3, 0.3)]))
    await book.save(2, (writer) => writer.fresh([some('m-1', 4, 0.4)]))
  }
  await using book = openIntervalBook({ file })
  expect(book.fresh()).toEqual([some('m-1', 1, 0.1), some('m-2', 2, 0.2, 3, 0.3), some('m-1', 4, 0.4)])
  await book.save(3, (writer) => {
    writer.folded()
    writer.fresh([some('m-2', 2, 0.2)])
  })
  expect(book.fresh()).toEqual([some('m-2', 2, 0.2)])
})

it('saves all or nothing: after a row that it cannot hold everything is as before, and the next save works', async () => {
  await using book = openIntervalBook({ file: freshFile() })
  await book.save(1, (writer) => writer.uses('m-1', rows({ hours: [hour(1)] })))
  const wrong = { ...hour(1), volumeM3: null as unknown as number }
  const failing = book.save(2, (writer) => {
    writer.uses('m-1', rows({ hours: [hour(1, 9)] }))
    writer.stretches('m-2', [stretch(1)])
    writer.fresh([{ device: 'm-2', figures: [1, 2] }])
    writer.uses('m-3', rows({ hours: [wrong] }))
  })
  await expect(failing).rejects.toThrow()
  expect([book.fresh(), [...book.stretchesFrom('m-2', 0)]]).toEqual([[], []])
  expect(book.offset).toBe(1)
  expect(book.hours('m-1', [HOUR])).toEqual([hour(1)])
  await book.save(3, (writer) => writer.uses('m-3', rows({ hours: [hour(1, 3)] })))
  expect(book.read(HOUR, 'hour')).toEqual([
    { device: 'm-1', use: hour(1) },
    { device: 'm-3', use: hour(1, 3) },
  ])
})

it('shows readers nothing of a save that is still under way', async () => {
  await using book = openIntervalBook({ file: freshFile() })
  await book.save(1, async (writer) => {
    writer.uses('m-1', rows({ hours: [hour(1)] }))
    writer.uses('m-2', rows({ hours: [hour(1)] }))
    await new Promise(setImmediate)
    expect(book.read(HOUR, 'hour')).toEqual([])
    await expect(book.save(2, () => {})).rejects.toThrow('one thing at a time')
  })
  expect(book.read(HOUR, 'hour')).toHaveLength(2)
})

it('looks up the meters that are asked for, also those that another writer of the file has brought meanwhile', async () => {
  const file = freshFile()
  await using reader = openIntervalBook({ file })
  const many = Array.from({ length: 70 }, (_, n) => `m-${n}`)
  {
    await using writing = openIntervalBook({ file })
    await writing.save(1, (writer) => {
      for (const [n, device] of many.entries()) writer.uses(device, rows({ hours: [hour(1, n)] }))
    })
  }
  const uses = reader.lookUp(HOUR, 'hour')
  expect(many.map((device) => uses(device)?.volumeM3)).toEqual(many.map((_, n) => n))
  expect(uses('m-70'), 'a meter that there is not').toBeUndefined()
  expect(reader.lookUp(2 * HOUR, 'hour')('m-1'), 'an hour of which nothing is known').toBeUndefined()
  await reader.save(2, (writer) => writer.uses('m-69', rows({ emptyHours: [HOUR] })))
  expect(reader.lookUp(HOUR, 'hour')('m-69')).toBeUndefined()
})

it('forgets marks a stretch at a time, never the newest of the old ones, and keeps the rows', async () => {
  await using book = openIntervalBook({ file: freshFile() })
  await book.save(1, (writer) => {
    writer.uses('m-1', rows({ hours: [hour(1)] }))
    for (const device of ['m-1', 'm-2']) writer.stretches(device, [1, 2, 3].map(stretch))
  })
  expect(book.forgetMarks(2.5 * HOUR)).toBe(2)
  expect(book.forgetMarks(2.5 * HOUR)).toBe(0)
  expect([...book.stretchesFrom('m-2', 0)]).toEqual([stretch(2), stretch(3)])
  expect(book.forgetMarks(99 * HOUR)).toBe(2)
  expect([...book.stretchesFrom('m-1', 0)]).toEqual([stretch(3)])
  expect(book.read(HOUR, 'hour')).toHaveLength(1)
})

it('does not open a book of a newer release', () => {
  const file = freshFile()
  mkdirSync(dirname(file), { recursive: true })
  using database = new DatabaseSync(file)
  database.exec('PRAGMA user_version = 3')
  expect(() => openIntervalBook({ file })).toThrow('newer release')
})

it('says in one sentence that its file cannot be opened', () => {
  const notAFolder = join(folder, 'not-a-folder')
  writeFileSync(notAFolder, '')
  expect(() => openIntervalBook({ file: join(notAFolder, 'intervals.sqlite') })).toThrow(
    expect.objectContaining({ code: 'data-unwritable' }),
  )
})
