import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { HourUse } from '../model/water-use.ts'
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
const rows = (device: string, part: Partial<MeterRows>): MeterRows => ({
  device,
  hours: [],
  days: [],
  emptyHours: [],
  emptyDays: [],
  marks: [],
  ...part,
})
const marks = (n: number) => ({
  hour: n * HOUR,
  figures: Float64Array.of(n * HOUR + 1, 0.1 + 0.2, n * HOUR + 2, -0),
  state: `after ${n}`,
})

it('brings back after a restart what was saved, to the last bit, with the offset it was saved with', async () => {
  const file = freshFile()
  {
    await using book = openIntervalBook({ file })
    expect(book.offset).toBe(0)
    const days = [{ ...hour(0), to: 24 * HOUR }]
    await book.save([rows('m-1', { hours: [hour(1), hour(2)], days, marks: [marks(1), marks(2)] })], 7)
    await book.save([rows('m-2', { hours: [hour(2, 0.1)] })], 9)
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
      [0, 3, 2, 1].map((n) => n * HOUR),
    ),
  ).toEqual([hour(1), hour(2)])
  expect(book.marksBefore('m-1', 2 * HOUR)).toEqual(marks(1))
  expect(book.marksFrom('m-1', 0)).toEqual([marks(1), marks(2)])
  expect(book.marksFrom('m-9', 0)).toEqual([])
})

it('replaces rows in place and drops those of which nothing is known any more', async () => {
  await using book = openIntervalBook({ file: freshFile() })
  await book.save([rows('m-1', { hours: [hour(1), hour(2)] })], 1)
  await book.save([rows('m-1', { hours: [hour(1, 5)], emptyHours: [2 * HOUR] })], 2)
  expect(book.hours('m-1', [HOUR, 2 * HOUR])).toEqual([hour(1, 5)])
})

it('saves all or nothing: after a row that it cannot hold everything is as before, and the next save works', async () => {
  await using book = openIntervalBook({ file: freshFile() })
  await book.save([rows('m-1', { hours: [hour(1)] })], 1)
  const wrong = rows('m-3', { hours: [{ ...hour(1), volumeM3: null as unknown as number }] })
  await expect(book.save([rows('m-2', { hours: [hour(1)] }), wrong], 2)).rejects.toThrow()
  expect(book.offset).toBe(1)
  await book.save([rows('m-3', { hours: [hour(1, 3)] })], 3)
  expect(book.read(HOUR, 'hour')).toEqual([
    { device: 'm-1', use: hour(1) },
    { device: 'm-3', use: hour(1, 3) },
  ])
})

it('shows readers nothing of a save that is still under way', async () => {
  await using book = openIntervalBook({ file: freshFile() })
  const many = Array.from({ length: 500 }, (_, n) => rows(`m-${n}`, { hours: [hour(1)] }))
  const saving = book.save(many, 1)
  await new Promise(setImmediate)
  expect(book.read(HOUR, 'hour')).toEqual([])
  await saving
  expect(book.read(HOUR, 'hour')).toHaveLength(500)
})

it('forgets marks hour by hour, and keeps the rows', async () => {
  await using book = openIntervalBook({ file: freshFile() })
  await book.save([rows('m-1', { hours: [hour(1)], marks: [marks(1), marks(2)] })], 1)
  expect(book.forgetMarks(2 * HOUR)).toBe(1)
  expect(book.forgetMarks(2 * HOUR)).toBe(0)
  expect(book.marksFrom('m-1', 0)).toEqual([marks(2)])
  expect(book.read(HOUR, 'hour')).toHaveLength(1)
})

it('says in one sentence that its file cannot be opened', () => {
  const notAFolder = join(folder, 'not-a-folder')
  writeFileSync(notAFolder, '')
  expect(() => openIntervalBook({ file: join(notAFolder, 'intervals.sqlite') })).toThrow(
    expect.objectContaining({ code: 'data-unwritable' }),
  )
})
