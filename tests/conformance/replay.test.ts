/**
 * A replay from any offset is the same run: ledger and history, killed at any commit and started again on
 * what they had made durable, end with what they have who were never killed. (Rules and alarms:
 * `src/consumers/alarms.test.ts`.)
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { startHistory } from '../../src/consumers/history.ts'
import { startLedger } from '../../src/consumers/ledger.ts'
import { ledgerWork } from '../../src/consumers/ledger-work.ts'
import { openIntervalBook } from '../../src/historian/interval-book.ts'
import { memoryHistorian } from '../../src/historian/memory.ts'
import { ParquetOptions, parquetHistorian } from '../../src/historian/parquet.ts'
import { calendarOf, HOUR_MS } from '../../src/metering/calendar.ts'
import type { Commit, JournalRecord } from '../../src/model/commit.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import { handClock } from '../support/hand-clock.ts'
import { scriptedJournal } from '../support/scripted-journal.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-replay-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const fresh = () => join(folder, String(++files))

const START = Date.UTC(2026, 9, 24, 18) // the evening before the clocks go back in Europe
const timeZone = 'Europe/Berlin'
const DEVICES = ['m-1', 'm-2', 'm-3']
const meters = DEVICES.map((device) => ({ device, measuresEveryMs: 900_000, maxRateM3h: 30 }))

/** Registers that grow; some readings come hours late, some twice, some are of a broken meter. */
const said = fc.record({
  device: fc.constantFrom(...DEVICES),
  lateMs: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 30 * HOUR_MS }) },
  ),
  volumeM3: fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(-1, 1e9, 'wet', 0) },
  ),
  twice: fc.boolean(),
})
const plant = fc.array(fc.array(said, { maxLength: 4 }), { minLength: 10, maxLength: 40 }).map((beats) =>
  beats.map((says, n): Commit => {
    const receivedAt = START + n * 1_700_000
    const records = says.flatMap(({ device, lateMs, volumeM3, twice }): JournalRecord[] => {
      const at = receivedAt - lateMs
      const volume = volumeM3 ?? Number(((at - START + 40 * HOUR_MS) / HOUR_MS).toFixed(2))
      const record = { is: 'reading', device, at, values: { volume } } as const
      return twice ? [record, record] : [record]
    })
    return { offset: n + 1, receivedAt, records }
  }),
)
/** Where the process is killed: a commit, and how many before it were still waited for. */
const kills = fc.array(fc.tuple(fc.nat(40), fc.nat(3)), { maxLength: 4 })

type Script = readonly (readonly [seen: number, waitedFor: number])[]
const scriptOf = (cuts: readonly (readonly [number, number])[], length: number): Script =>
  [...cuts]
    .map(([at, back]) => [Math.min(at, length), Math.max(0, Math.min(at, length) - back)] as const)
    .sort(([a], [b]) => a - b)

async function ledgerRows(commits: readonly Commit[], script: Script, foldAfterMarks: number) {
  const file = join(fresh(), 'ledger.sqlite')
  const clock = handClock(START)
  for (const [seen, waitedFor] of [...script, [commits.length, commits.length] as const]) {
    await using book = openIntervalBook({ file })
    const journal = scriptedJournal(commits, 3)
    journal.release(Math.max(seen, book.offset))
    let isDead = false
    const bounds = { foldAfterMarks, mostHeldMarks: 4 * foldAfterMarks }
    const real = ledgerWork(book, { meters, timeZone, ...bounds })
    const work: typeof real = (task) => (isDead ? Promise.reject(new Error('killed')) : real(task))
    await using ledger = startLedger({ journal, book, work, meters, timeZone, clock, log: SILENT_LOG })
    await ledger.reached(waitedFor)
    isDead = seen < commits.length
  }
  await using book = openIntervalBook({ file })
  const range = {
    from: calendarOf(timeZone).intervalAt(START - 40 * HOUR_MS, 'day').from,
    to: START + 60 * HOUR_MS,
  }
  const hours = [...calendarOf(timeZone).intervals(range, 'hour')].map(({ from }) => book.read(from, 'hour'))
  const days = [...calendarOf(timeZone).intervals(range, 'day')].map(({ from }) => book.read(from, 'day'))
  return { hours: hours.map(inOrder), days: days.map(inOrder) }
}

const inOrder = <Row extends { readonly device: string }>(rows: readonly Row[]) =>
  [...rows].sort((a, b) => a.device.localeCompare(b.device))

it('a ledger killed at any commit has the hours and days of one that never was', async () => {
  let counted = 0
  await fc.assert(
    fc.asyncProperty(plant, kills, fc.integer({ min: 1, max: 50 }), async (commits, cuts, folding) => {
      const undisturbed = await ledgerRows(commits, [], 1_000)
      counted += undisturbed.hours.flat().length
      const killed = await ledgerRows(commits, scriptOf(cuts, commits.length), folding)
      expect(killed).toEqual(undisturbed)
    }),
    { numRuns: 40 },
  )
  expect(counted).toBeGreaterThan(100)
})

async function history(commits: readonly Commit[], script: Script) {
  const clock = handClock(START)
  const options = ParquetOptions.parse({ sealAfterMs: 5_000_000 })
  const parts = { folder: fresh(), options, repeatsBy: () => 'point' as const, clock, log: SILENT_LOG }
  let sealed = 0
  for (const [seen, waitedFor] of script) {
    await using historian = await parquetHistorian(parts)
    const journal = scriptedJournal(commits, 3)
    journal.release(Math.max(seen, historian.durable))
    await using consumer = startHistory({ journal, historian, clock, log: SILENT_LOG })
    await consumer.reached(Math.max(waitedFor, historian.durable))
    sealed = Math.max(sealed, historian.counts.sealedReadings)
  }
  await using historian = await parquetHistorian(parts)
  const journal = scriptedJournal(commits, 3)
  journal.release(commits.length)
  await using consumer = startHistory({ journal, historian, clock, log: SILENT_LOG })
  await consumer.reached(commits.length)
  return { rows: await Promise.all(DEVICES.map((device) => historian.readings({ device, ...EVER }))), sealed }
}
const EVER = { from: 0, to: START * 2, limit: 10_000 }

it('a history killed at any commit tells what one in memory tells that never was', {
  timeout: 240_000,
}, async () => {
  let sealed = 0
  await fc.assert(
    fc.asyncProperty(plant, kills, async (commits, cuts) => {
      await using memory = memoryHistorian({ repeatsBy: () => 'point' })
      await memory.write(commits)
      const expected = await Promise.all(DEVICES.map((device) => memory.readings({ device, ...EVER })))
      const told = await history(commits, scriptOf(cuts, commits.length))
      expect(told.rows).toEqual(expected)
      sealed += told.sealed
    }),
    { numRuns: 8 },
  )
  expect(sealed, 'some of it had been sealed before a kill').toBeGreaterThan(0)
})
