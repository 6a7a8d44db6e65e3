import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { followed, START, said } from '../../tests/conformance/journal.ts'
import { type HandClock, handClock } from '../../tests/support/hand-clock.ts'
import {
  cutOff,
  emptied,
  leapAhead,
  spoilFirstPage,
  spoilHeader,
  spoilNames,
  spoilPage,
  spoilTable,
  unknownKind,
} from '../../tests/support/spoil.ts'
import type { Commit } from '../model/commit.ts'
import type { Journal } from './journal.ts'
import { journalFiles } from './journal-files.ts'
import { JournalOptions } from './options.ts'
import { sqliteJournal } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-spoilt-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

const KEEP_HOURS = 1
const HOUR_MS = 3_600_000
const SPOILT = [
  ['whose kind is not known', unknownKind],
  ['that is empty', emptied],
  ['with a number that leaps ahead', leapAhead],
] as const

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)
const isGap = ({ records: [record] }: Commit) => record?.is === 'gap'
const offsetsOf = (commits: readonly Commit[]) => commits.map(({ offset }) => offset)
const namesIn = (file: string) => journalFiles(file).map(({ path }) => path.slice(path.lastIndexOf('/') + 1))

/** A journal of so many commits, closed. */
async function written(commits: number) {
  const file = join(folder, `${++files}`, 'journal.sqlite')
  const clock = handClock(START)
  const told: string[] = []
  const log = {
    info() {},
    warn() {},
    debug() {},
    error: (_: unknown, what?: string) => told.push(what ?? ''),
  }
  const open = (options: { maxBytes?: number } = {}) =>
    sqliteJournal({
      file,
      clock,
      log: log as never,
      options: JournalOptions.parse({ keepHours: KEEP_HOURS, ...options }),
      consumers: ['history', 'ledger'],
    })
  await using journal = await open()
  for (let n = 1; n <= commits; n++) await journal.append([said('meter-1', n)])
  return { file, clock, open, told }
}

/** A minute goes by, and so does what is removed in it. */
async function aMinuteLater(journal: Journal, clock: HandClock) {
  clock.pass(60_000)
  for (let turn = 0; turn < 3; turn++) {
    await journal.settled()
    await journal.read(0, 1)
  }
}

it.each(SPOILT)(
  'goes on behind a page %s: what was in it is a gap, commit by commit',
  async (_what, spoil) => {
    const { file, open, told } = await written(300)
    spoilPage(file, spoil)
    await using journal = await open()
    const commits = await followed(journal, 0, 300)
    expect(offsetsOf(commits)).toEqual(upTo(300))
    const [gaps, others] = [commits.filter(isGap), commits.filter((commit) => !isGap(commit))]
    expect(gaps.length).toBeGreaterThan(0)
    expect(gaps.length).toBeLessThan(100)
    expect(others.map(({ records }) => records)).toEqual(
      others.map(({ offset }) => [said('meter-1', offset)]),
    )
    await followed(journal, 0, 300)
    expect(journal.counts, 'whoever reads it again').toMatchObject({ damaged: gaps.length, spoiltFiles: 1 })
    expect(told).toEqual(['A page of the journal is spoilt; a new file was begun'])
    expect((await journal.append([said('meter-1', 301)])).offset).toBe(301)
  },
)

it.each(SPOILT)('goes on from any place behind a page %s, also after another start', async (_what, spoil) => {
  const { file, open } = await written(300)
  spoilPage(file, spoil)
  {
    await using journal = await open()
    await followed(journal, 0, 300)
    for (let n = 301; n <= 310; n++) await journal.append([said('meter-1', n)])
    await journal.advance('history', 7)
  }
  expect(namesIn(file)).toEqual(['journal.sqlite', 'journal-301.sqlite'])
  await using journal = await open()
  expect([journal.head.offset, await journal.position('history')]).toEqual([310, 7])
  expect(journal.counts.spoiltFiles).toBe(1)
  for (const after of [0, 1, 100, 140, 150, 160, 200, 299, 300, 305]) {
    expect(offsetsOf(await followed(journal, after, 310))).toEqual(upTo(310).slice(after))
  }
})

it.each(SPOILT)(
  'removes old commits around a page %s, once every reader has passed them',
  async (_what, spoil) => {
    const { file, clock, open, told } = await written(1_200)
    spoilPage(file, spoil)
    await using journal = await open()
    clock.pass(HOUR_MS)
    await journal.append([said('meter-1', 1_201)])
    await journal.advance('history', 1_201)
    await journal.advance('ledger', 1_199)
    clock.pass(HOUR_MS)
    await journal.append([said('meter-1', 1_202)])
    while (journal.counts.spoiltFiles === 0) await aMinuteLater(journal, clock)
    await aMinuteLater(journal, clock)
    expect(told).toEqual(['A page of the journal is spoilt; a new file was begun'])
    expect(existsSync(file), 'the ledger has not read all of it').toBe(true)
    await journal.append([said('meter-1', 1_203)])
    for (const reader of ['history', 'ledger']) await journal.advance(reader, journal.head.offset)
    clock.pass(2 * HOUR_MS)
    await journal.append([])
    while (existsSync(file)) await aMinuteLater(journal, clock)
    expect(journal.counts.spoiltFiles).toBe(0)
    expect(journal.counts.removed).toBeGreaterThanOrEqual(1_200)
    expect(readdirSync(join(file, '..')).filter((name) => name.startsWith('journal.sqlite'))).toEqual([])
    const left = await journal.read(0, 10)
    expect(left[0]?.offset).toBeGreaterThan(1_200)
    expect(journal.head.offset).toBeGreaterThanOrEqual(1_203)
  },
)

it('lets a spoilt file go before its time where both are larger than a journal may be', async () => {
  const { file, clock, open } = await written(300)
  spoilPage(file, emptied)
  await using journal = await open({ maxBytes: 8_192 })
  await followed(journal, 0, 300)
  for (const reader of ['history', 'ledger']) await journal.advance(reader, 300)
  await journal.append([said('meter-1', 301)])
  while (existsSync(file)) await aMinuteLater(journal, clock)
  expect(offsetsOf(await journal.read(0, 1))).toEqual([301])
})

it.each(SPOILT.slice(0, 2))(
  'opens with a last page %s: a gap stands for its commits, and numbers go on',
  async (_what, spoil) => {
    const { file, open, told } = await written(300)
    spoilPage(file, spoil, 'last')
    await using journal = await open()
    expect(told).toEqual(['A page of the journal is spoilt; a new file was begun'])
    const { offset } = journal.head
    expect(offset).toBeGreaterThan(200)
    expect(offset).toBeLessThan(300)
    await journal.passOver(300) // a reader had seen that one
    await journal.append([said('meter-1', 302)])
    const commits = await followed(journal, 0, 302)
    expect(offsetsOf(commits)).toEqual([...upTo(offset), 301, 302])
    expect(offsetsOf(commits.filter(isGap))).toEqual([offset, 301])
  },
)

it('opens with a spoilt page of names: nothing of it can be read, and what comes is taken', async () => {
  const { file, open } = await written(3)
  spoilNames(file)
  await using journal = await open()
  await journal.passOver(3)
  await journal.append([said('meter-1', 5)])
  const commits = await followed(journal, 0, 5)
  expect(offsetsOf(commits)).toEqual([1, 4, 5])
  expect(commits.map(isGap)).toEqual([true, true, false])
})

const BEGINNINGS = [
  ['with a header that is none', spoilHeader],
  ['with a first page that was never written', spoilFirstPage],
  ['of no bytes', cutOff],
] as const

it.each(BEGINNINGS)('goes on beside a file %s, and a gap says what is lost', async (_what, spoil) => {
  const { file, open, told } = await written(300)
  spoil(file)
  {
    await using journal = await open()
    expect(told).toEqual(['A page of the journal is spoilt; a new file was begun'])
    await journal.passOver(290) // a reader had seen that one
    await journal.append([said('meter-1', 292)])
    const commits = await followed(journal, 0, 292)
    expect(offsetsOf(commits)).toEqual([1, 291, 292])
    expect(commits.map(isGap)).toEqual([true, true, false])
    expect(commits[1]?.records).toMatchObject([{ reason: 'commits 2 to 290 are gone from the journal' }])
    await journal.advance('history', 292)
  }
  await using journal = await open()
  expect(journal.counts.spoiltFiles).toBe(1)
  expect([journal.head.offset, await journal.position('history')]).toEqual([292, 292])
})

it.each(BEGINNINGS)('goes on beside a later file %s', async (_what, spoil) => {
  const { file, open } = await written(300)
  spoilPage(file, unknownKind)
  {
    await using journal = await open()
    await followed(journal, 0, 300)
    for (let n = 301; n <= 310; n++) await journal.append([said('meter-1', n)])
  }
  spoil(file.replace('.sqlite', '-301.sqlite'))
  await using journal = await open()
  expect(namesIn(file)).toEqual(['journal.sqlite', 'journal-301.sqlite', 'journal-302.sqlite'])
  await journal.append([said('meter-1', 302)])
  const commits = await followed(journal, 0, 302)
  expect(offsetsOf(commits)).toEqual(upTo(302))
  expect(commits.slice(300).map(isGap)).toEqual([true, false])
  expect(commits.filter((commit) => !isGap(commit)).length).toBeGreaterThan(200)
})

it.each(BEGINNINGS)('reads past an older file %s', async (_what, spoil) => {
  const { file, open } = await written(300)
  spoilPage(file, unknownKind)
  {
    await using journal = await open()
    await followed(journal, 0, 300)
    for (let n = 301; n <= 310; n++) await journal.append([said('meter-1', n)])
  }
  spoil(file)
  await using journal = await open()
  const commits = await followed(journal, 0, 310)
  expect(offsetsOf(commits)).toEqual(upTo(310))
  expect(commits.filter((commit) => !isGap(commit)).map(({ offset }) => offset)).toEqual(upTo(310).slice(300))
})

it('keeps the log of a file that was cut off to nothing', async () => {
  const { file, open } = await written(3)
  cutOff(file)
  writeFileSync(`${file}-wal`, 'what was written last')
  await using journal = await open()
  await followed(journal, 0, journal.head.offset)
  expect(readFileSync(`${file}-wal`, 'utf8')).toBe('what was written last')
})

it('begins anew where it was killed while its first file was made', async () => {
  const file = join(folder, `${++files}`, 'journal.sqlite')
  mkdirSync(join(file, '..'))
  writeFileSync(`${file}.new`, '')
  await using journal = await sqliteJournal({ file, clock: handClock(START) })
  expect((await journal.append([said('meter-1', 1)])).offset).toBe(1)
  expect(journal.counts.spoiltFiles).toBe(0)
  expect(namesIn(file)).toEqual(['journal.sqlite'])
})

it.each(['positions', 'probe'])('opens with a spoilt page of %s: every commit can be read', async (table) => {
  const { file, open } = await written(3)
  spoilTable(file, table, emptied)
  await using journal = await open()
  await journal.passOver(3)
  await journal.append([said('meter-1', 5)])
  const commits = await followed(journal, 0, journal.head.offset)
  expect(commits.slice(0, 3).map(isGap)).toEqual([false, false, false])
  expect(journal.counts.spoiltFiles).toBe(1)
})
