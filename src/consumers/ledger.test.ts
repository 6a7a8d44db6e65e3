import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { type HandClock, handClock } from '../../tests/support/hand-clock.ts'
import { openIntervalBook } from '../historian/interval-book.ts'
import type { Journal } from '../journal/journal.ts'
import { memoryJournal } from '../journal/memory.ts'
import { calendarOf, HOUR_MS } from '../metering/calendar.ts'
import type { UseRow } from '../metering/water-use.ts'
import type { JournalRecord } from '../model/commit.ts'
import { SILENT_LOG } from '../model/log.ts'
import type { Site } from '../model/site.ts'
import type { HourUse } from '../model/water-use.ts'
import { startLedger } from './ledger.ts'
import { waterUseReader } from './water-use.ts'

const MIDNIGHT = Date.UTC(2026, 5, 1, -8) // 1 June in Shanghai
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-ledger-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let books = 0
const freshFile = () => join(folder, `${++books}`, 'intervals.sqlite')

const institution = (id: string) => ({
  id,
  name: id.toUpperCase(),
  type: 'office' as const,
  headCount: 1,
  areaM2: 1,
})
const meter = (id: string, owner: string) => ({
  id,
  name: `Meter ${id}`,
  family: 'water-meter' as const,
  profile: 'gatehouse/water-meter',
  place: { institution: owner },
})
const site: Pick<Site, 'timeZone' | 'institutions' | 'devices'> = {
  timeZone: 'Asia/Shanghai',
  institutions: [institution('school'), institution('bureau'), institution('archive')],
  devices: [meter('m-2', 'school'), meter('m-1', 'school'), meter('m-3', 'bureau')],
}
const meters = site.devices.map(({ id }) => ({ device: id, measuresEveryMs: HOUR_MS, maxRateM3h: 30 }))

const volume = (device: string, hours: number, volumeM3: number | string): JournalRecord => ({
  is: 'reading',
  device,
  at: MIDNIGHT + hours * HOUR_MS,
  values: { volume: volumeM3 },
})

const ledgerOn = (journal: Journal, file: string, clock: HandClock) => {
  const book = openIntervalBook({ file })
  const ledger = startLedger({ journal, book, meters, timeZone: site.timeZone, clock, log: SILENT_LOG })
  return {
    book,
    ledger,
    async [Symbol.asyncDispose]() {
      await ledger[Symbol.asyncDispose]()
      await book[Symbol.asyncDispose]()
    },
  }
}

const all = async (reader: AsyncIterable<readonly UseRow[]>) => {
  const rows: UseRow[] = []
  for await (const interval of reader) rows.push(...interval)
  return rows
}

it('has a row for every meter and interval, and null with coverage 0 where nothing is known', async () => {
  const clock = handClock(MIDNIGHT)
  await using journal = memoryJournal({ clock })
  await using running = ledgerOn(journal, freshFile(), clock)
  await journal.append([volume('m-1', 0, 10), volume('m-1', 1, 11.5), volume('m-1', 2, 12)])
  const { offset } = await journal.append([volume('m-3', 0, 'wet'), { ...volume('m-3', 1, -4) }])
  await running.ledger.reached(offset)
  const read = waterUseReader({ book: running.book, site })
  const interval = { from: MIDNIGHT, to: MIDNIGHT + 2 * HOUR_MS }
  const rows = await all(read({ ...interval, step: 'hour', by: 'device' }))
  expect(
    rows.map(({ id, from, volumeM3, quality, coverage }) => [
      id,
      (from - MIDNIGHT) / HOUR_MS,
      volumeM3,
      quality,
      coverage,
    ]),
  ).toEqual([
    ['m-1', 0, 1.5, 'measured', 1],
    ['m-2', 0, null, 'missing', 0],
    ['m-3', 0, null, 'missing', 0],
    ['m-1', 1, 0.5, 'measured', 1],
    ['m-2', 1, null, 'missing', 0],
    ['m-3', 1, null, 'missing', 0],
  ])
  expect(running.ledger.counts).toMatchObject({ marks: 3, refused: 2 })
  const institutions = await all(
    read({ from: MIDNIGHT, to: MIDNIGHT + HOUR_MS, step: 'hour', by: 'institution' }),
  )
  expect(
    institutions.map(({ id, name, volumeM3, quality, coverage }) => [id, name, volumeM3, quality, coverage]),
  ).toEqual([
    ['archive', 'ARCHIVE', null, 'missing', 0],
    ['bureau', 'BUREAU', null, 'missing', 0],
    ['school', 'SCHOOL', 1.5, 'missing', 0.5],
  ])
})

it('adds up: a month is its days, a day its hours, also after data that came days late', async () => {
  const clock = handClock(MIDNIGHT)
  await using journal = memoryJournal({ clock })
  await using running = ledgerOn(journal, freshFile(), clock)
  const hours = Array.from({ length: 24 * 30 + 1 }, (_, hour) => hour)
  const late = (hour: number) => hour % 97 > 80 && hour !== 0
  for (const hour of hours.filter((h) => !late(h))) await journal.append([volume('m-1', hour, hour / 8)])
  await running.ledger.reached(journal.head.offset)
  const read = waterUseReader({ book: running.book, site })
  const calendar = calendarOf(site.timeZone)
  const month = calendar.intervalAt(MIDNIGHT, 'month')
  const check = async () => {
    const [inHours, inDays, inMonth] = await Promise.all(
      (['hour', 'day', 'month'] as const).map(async (step) =>
        (await all(read({ ...month, step, by: 'device' }))).filter(({ id }) => id === 'm-1'),
      ),
    )
    const total = (rows: readonly UseRow[] = []) => rows.reduce((sum, row) => sum + (row.volumeM3 ?? 0), 0)
    expect(inHours).toHaveLength(720)
    expect(inDays).toHaveLength(30)
    expect(total(inHours)).toBeCloseTo(90, 6)
    expect(total(inDays)).toBeCloseTo(90, 6)
    expect(total(inMonth)).toBeCloseTo(90, 6)
    return inMonth?.[0]
  }
  const withGaps = await check()
  expect(withGaps).toMatchObject({ quality: 'measured' }) // both ends were read; what is unknown lies inside
  expect(withGaps?.coverage).toBeLessThan(1)
  const { offset } = await journal.append(hours.filter(late).map((hour) => volume('m-1', hour, hour / 8)))
  await running.ledger.reached(offset)
  expect(await check()).toMatchObject({ quality: 'measured', coverage: 1, volumeM3: 90 })
})

it('ends in the same book however often it is stopped in between', async () => {
  const clock = handClock(MIDNIGHT)
  await using journal = memoryJournal({ clock })
  const rowsOf = (
    read: (start: number, step: 'hour' | 'day') => readonly { device: string; use: HourUse }[],
  ) => Array.from({ length: 24 }, (_, hour) => [...read(MIDNIGHT + hour * HOUR_MS, 'hour')])
  const [often, once] = [freshFile(), freshFile()]
  for (let hour = 0; hour < 24; hour++) {
    await journal.append([volume('m-1', hour, hour), volume('m-2', 23 - hour, 100 - hour)])
    if (hour % 5 !== 0) continue
    await using running = ledgerOn(journal, often, clock)
    await running.ledger.reached(journal.head.offset)
  }
  await using first = ledgerOn(journal, often, clock)
  await using second = ledgerOn(journal, once, clock)
  await first.ledger.reached(journal.head.offset)
  await second.ledger.reached(journal.head.offset)
  expect(rowsOf(first.book.read)).toEqual(rowsOf(second.book.read))
  expect(rowsOf(first.book.read).flat()).toHaveLength(46)
  expect(first.ledger.counts.marks).toBeLessThan(second.ledger.counts.marks)
})

it('saves what it gathered within a second, with nobody waiting for it', async () => {
  const clock = handClock(MIDNIGHT)
  await using journal = memoryJournal({ clock })
  await using running = ledgerOn(journal, freshFile(), clock)
  await journal.append([volume('m-1', 0, 1), volume('m-1', 1, 2)])
  await new Promise(setImmediate)
  clock.pass(1_000)
  await journal.settled()
  while (running.ledger.offset < 1) await new Promise(setImmediate)
  expect(running.book.read(MIDNIGHT, 'hour')).toHaveLength(1)
})

it('shows why water use is not worked out, until it is again', async () => {
  const clock = handClock(MIDNIGHT)
  await using journal = memoryJournal({ clock })
  const book = openIntervalBook({ file: freshFile() })
  let isFull = true
  const work = async () => {
    if (isFull) throw new Error('database or disk is full')
    return { conflicts: 0, breaks: 0 }
  }
  const parts = { meters, timeZone: site.timeZone, clock, log: SILENT_LOG }
  await using ledger = startLedger({ ...parts, journal, book, work })
  await journal.append([volume('m-1', 0, 1)])
  const reached = ledger.reached(1)
  while (ledger.counts.failedSaves === 0) await new Promise(setImmediate)
  expect(ledger.failing).toBe('database or disk is full')
  isFull = false
  clock.pass(30_000)
  await reached
  expect(ledger.failing).toBeUndefined()
})

it('shows that it has stopped, where the journal cannot be followed any more', async () => {
  const clock = handClock(MIDNIGHT)
  await using journal = memoryJournal({ clock })
  const broken = Object.assign(Object.create(journal), {
    async *follow() {
      yield* []
      throw new Error('the thread of the journal has ended')
    },
  })
  await using running = ledgerOn(broken, freshFile(), clock)
  await expect(running.ledger.reached(1)).rejects.toThrow('the thread of the journal has ended')
  expect(running.ledger.failing).toBe('the thread of the journal has ended')
})

it('goes on from the beginning of a new journal where the old one was deleted, and counts nothing twice', async () => {
  const clock = handClock(MIDNIGHT)
  const file = freshFile()
  {
    await using journal = memoryJournal({ clock })
    await using running = ledgerOn(journal, file, clock)
    for (let hour = 0; hour < 4; hour++) await journal.append([volume('m-1', hour, hour)])
    await running.ledger.reached(4)
  }
  await using journal = memoryJournal({ clock })
  await using running = ledgerOn(journal, file, clock)
  await journal.append([volume('m-1', 3, 3), volume('m-1', 4, 4)])
  await running.ledger.reached(1)
  const hours = running.book.hours(
    'm-1',
    Array.from({ length: 6 }, (_, n) => MIDNIGHT + n * HOUR_MS),
  )
  expect(hours.map(({ volumeM3 }) => volumeM3)).toEqual([1, 1, 1, 1])
})
