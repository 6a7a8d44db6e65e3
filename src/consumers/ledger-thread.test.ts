import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { openIntervalBook } from '../historian/interval-book.ts'
import { memoryJournal } from '../journal/memory.ts'
import { HOUR_MS } from '../metering/calendar.ts'
import type { JournalRecord } from '../model/commit.ts'
import { SILENT_LOG } from '../model/log.ts'
import { startLedger } from './ledger.ts'
import { ledgerThread } from './ledger-thread.ts'
import { addMark, emptyBatch } from './mark-batch.ts'

const MIDNIGHT = Date.UTC(2026, 5, 1, -8) // 1 June in Shanghai
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-ledger-thread-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const volume = (hours: number, volumeM3: number): JournalRecord => ({
  is: 'reading',
  device: 'm-1',
  at: MIDNIGHT + hours * HOUR_MS,
  values: { volume: volumeM3 },
})

it('works on a thread what is read here, and counts a register that starts again from 0', async () => {
  const clock = handClock(MIDNIGHT)
  const water = {
    file: join(folder, 'rollover.sqlite'),
    meters: [{ device: 'm-1', measuresEveryMs: HOUR_MS, capacityM3: 1_000_000 }],
    timeZone: 'Asia/Shanghai',
  }
  await using journal = memoryJournal({ clock })
  await using book = openIntervalBook(water)
  await using thread = ledgerThread(water)
  await using ledger = startLedger({ ...water, clock, journal, book, work: thread.work, log: SILENT_LOG })
  await journal.append([volume(0, 999_999.98), volume(1, 0.03), volume(2, 0.13)])
  await ledger.reached(1)
  const uses = [0, 1].flatMap((hour) => book.read(MIDNIGHT + hour * HOUR_MS, 'hour'))
  expect(uses.map(({ device }) => device)).toEqual(['m-1', 'm-1'])
  expect(uses[0]?.use.volumeM3).toBeCloseTo(0.05, 9)
  expect(uses[1]?.use.volumeM3).toBeCloseTo(0.1, 9)
  expect(ledger.counts).toMatchObject({ marks: 3, breaks: 0, saves: 1 })
})

it('fails a task whose book cannot be opened, and starts afresh with the next', async () => {
  const water = { meters: [{ device: 'm-1', measuresEveryMs: HOUR_MS }], timeZone: 'Asia/Shanghai' }
  await using thread = ledgerThread({ ...water, file: join(folder) })
  const batch = emptyBatch()
  addMark(batch, 0, MIDNIGHT, 1)
  const task = { batch, offset: 1, forgetBefore: 0 }
  await expect(thread.work(task)).rejects.toThrow('has ended')
  await expect(thread.work(task)).rejects.toThrow('has ended')
})
