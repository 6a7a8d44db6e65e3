import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { said } from '../../tests/conformance/journal.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { cutOff, emptied, spoilHeader, spoilPage, unknownKind } from '../../tests/support/spoil.ts'
import { sqliteJournal } from '../journal/sqlite.ts'
import { openJournalTail } from './journal-tail.ts'

const START = Date.parse('2026-11-22T10:00:00Z')
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tail-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

/** A journal with a commit a second: every hundredth says that a source is down, all others what a meter said. */
async function written(commits: number, file = join(folder, `${++files}`, 'journal.sqlite'), from = 1) {
  const clock = handClock(START + from * 1_000)
  await using journal = await sqliteJournal({ file, clock })
  for (let n = from; n < from + commits; n++) {
    const isLink = n % 100 === 0
    await journal.append([isLink ? { is: 'link', source: 'plant', state: 'down' } : said('meter-1', n)])
    clock.pass(1_000)
    await journal.settled()
  }
  return file
}

const EVER = { from: 0, to: START + 1e9 }

it('tells of what a whole journal holds, and of nothing that could not be read', async () => {
  using tail = openJournalTail(await written(300))
  expect([...tail.after(0)].length).toBeGreaterThanOrEqual(300)
  const { records, unreadable } = tail.absences(EVER)
  expect(records.map(({ record }) => record.is)).toEqual(['link', 'link', 'link'])
  expect(unreadable).toEqual([])
})

it.each([
  ['whose kind is not known', unknownKind],
  ['that is empty', emptied],
])('reads around a page %s, and says which span is missing', async (_what, spoil) => {
  const file = await written(300)
  using whole = openJournalTail(file)
  const all = [...whole.after(0)]
  spoilPage(file, spoil)
  using tail = openJournalTail(file)
  const read = [...tail.after(0)]
  const there = new Set(read.map(({ offset }) => offset))
  const missing = all.filter(({ offset }) => !there.has(offset))
  expect(missing.length).toBeGreaterThan(0)
  expect(missing.length).toBeLessThan(100)
  const [first, last] = [missing[0]?.offset ?? 0, missing.at(-1)?.offset ?? 0]
  expect(missing.length, 'one stretch').toBe(last - first + 1)
  const atOf = (offset: number) => all.find((commit) => commit.offset === offset)?.receivedAt ?? 0
  const span = { from: atOf(first - 1), to: atOf(last + 1) }
  const { records, unreadable } = tail.absences(EVER)
  expect(unreadable).toEqual([span])
  expect(records.filter(({ record }) => record.is === 'gap')).toEqual([
    {
      receivedAt: span.to,
      record: {
        is: 'gap',
        source: 'gateway',
        ...span,
        reason: `commits ${first} to ${last} of the journal cannot be read`,
      },
    },
  ])
  expect(tail.absences({ from: START, to: atOf(first - 2) }).unreadable, 'before it').toEqual([])
})

it.each([
  ['whose header is none', spoilHeader],
  ['of no bytes', cutOff],
])('reads on in the file after one %s', async (_what, spoil) => {
  const file = await written(100)
  spoil(file)
  await written(100, file, 101)
  using tail = openJournalTail(file)
  expect([...tail.after(0)].filter(({ records }) => records[0]?.is === 'reading').length).toBe(99)
  expect(tail.absences(EVER).unreadable).toHaveLength(1)
})
