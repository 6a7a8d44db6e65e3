/**
 * What only the journal knows, read beside the gateway that writes it: readings that no file of the history
 * holds yet, and who could not be heard, as far back as commits are kept.
 */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { decodeRecords } from '../journal/codec.ts'
import { isCorrupt, isEmptied, openCommitFile, READ_ONLY, type StoredCommit } from '../journal/commit-file.ts'
import { newestReadable } from '../journal/commit-files.ts'
import type { JournalHead } from '../journal/journal.ts'
import { type JournalFile, journalFiles } from '../journal/journal-files.ts'
import type { Commit, Offset } from '../model/commit.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { PlacedRecord } from './setup.ts'

/** Gaps and link changes kept; far more than a plant has in a year. */
const MOST_RECORDS = 100_000
/** Of one reading around a spoilt page. */
const STRETCH = { limit: 1_000, maxBytes: 2 ** 20 }

export type Absences = {
  /** Gaps and link changes, and a gap of the gateway for each stretch of commits that cannot be read. */
  readonly records: readonly PlacedRecord[]
  /** From the last commit that can be read to the next one. */
  readonly unreadable: readonly Interval[]
}

export interface JournalTail extends Disposable {
  /** Commits after an offset, oldest first; one that cannot be read back is left out. */
  after(offset: Offset): Generator<Commit>
  absences(interval: Interval): Absences
  readonly firstReceivedAt: Instant | undefined
}

/** Of all files of the journal, as far as there are any. */
export function openJournalTail(file: string): JournalTail {
  const tails: JournalTail[] = []
  let next: { readonly file: JournalFile; readonly from: Instant | undefined } | undefined
  for (const own of (existsSync(dirname(file)) ? journalFiles(file) : []).reverse()) {
    const end = next && { offset: next.file.first - 1, receivedAt: next.from ?? 0 }
    const tail = tailOf(own.path, end)
    tails.unshift(tail)
    next = { file: own, from: tail.firstReceivedAt ?? end?.receivedAt }
  }
  return {
    firstReceivedAt: tails.map(({ firstReceivedAt }) => firstReceivedAt).find((first) => first !== undefined),
    *after(offset) {
      for (const tail of tails) yield* tail.after(offset)
    },
    absences(interval) {
      const own = tails.map((tail) => tail.absences(interval))
      return {
        records: own.flatMap(({ records }) => records).slice(0, MOST_RECORDS),
        unreadable: own.flatMap(({ unreadable }) => unreadable),
      }
    },
    [Symbol.dispose]() {
      for (const tail of tails) tail[Symbol.dispose]()
    },
  }
}

/** `known`: where the file ends; that of the last one is what can be read of it. */
function tailOf(path: string, known: JournalHead | undefined): JournalTail {
  const commits = openCommitFile(path, READ_ONLY)
  const end = known ?? newestReadable(commits)
  const first = around(undefined, () => commits.oldest())

  function* storedAfter(offset: Offset): Generator<StoredCommit> {
    for (let after = offset; after < end.offset; ) {
      const read = commits.read({ after, ...STRETCH }, end)
      if (read.commits.length === 0) return
      yield* read.commits
      after = read.commits.at(-1)?.offset ?? end.offset
    }
  }

  return {
    firstReceivedAt: first?.receivedAt,
    *after(offset) {
      for (const stored of storedAfter(offset)) yield* commitIn(stored)
    },
    absences: (interval) =>
      around(undefined, () => absencesIn(path, interval)) ?? absencesAround(storedAfter(0), interval, end),
    [Symbol.dispose]: () => commits.close(),
  }
}

function around<T>(other: T, asked: () => T): T {
  try {
    return asked()
  } catch (cause) {
    if (!isCorrupt(cause)) throw cause
    return other
  }
}

/** Of a file without a spoilt page; only commits that tell of some are taken apart. */
function absencesIn(path: string, { from, to }: Interval): Absences | undefined {
  if (isEmptied(path)) return undefined
  using database = new DatabaseSync(path, READ_ONLY)
  const receivedAt = database.prepare(
    'SELECT received_at FROM commits WHERE offset >= ? ORDER BY offset LIMIT 1',
  )
  const ends = database.prepare('SELECT min(offset) AS first, max(offset) AS last FROM commits').get()

  /** The instants of commits never go back, so the first one of an interval is found by halving. */
  function firstOffset(at: Instant): Offset {
    let [low, high] = [Number(ends?.first ?? 0), Number(ends?.last ?? 0) + 1]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const there = receivedAt.get(middle)
      if (there && Number(there.received_at) < at) low = middle + 1
      else high = middle
    }
    return low
  }

  const rows = database.prepare(
    `SELECT offset, received_at, body FROM commits WHERE offset >= ? AND offset < ?
       AND (instr(body, CAST('"is":"gap"' AS BLOB)) > 0 OR instr(body, CAST('"is":"link"' AS BLOB)) > 0) ORDER BY offset`,
  )
  const records: PlacedRecord[] = []
  for (const { offset, received_at, body } of rows.iterate(firstOffset(from), firstOffset(to))) {
    const stored = {
      offset: Number(offset),
      receivedAt: Number(received_at),
      body: body as StoredCommit['body'],
    }
    for (const commit of commitIn(stored)) records.push(...toldIn(commit))
  }
  return { records, unreadable: [] }
}

/** The same of a file with one: each commit is looked at, and what lies between two that can be read is a gap. */
function absencesAround(all: Iterable<StoredCommit>, { from, to }: Interval, end: JournalHead): Absences {
  const records: PlacedRecord[] = []
  const unreadable: Interval[] = []
  let before: Instant | undefined
  let lost: { readonly from: Instant; readonly first: Offset; last: Offset } | undefined
  const close = (at: Instant) => {
    if (!lost || at < from || lost.from >= to) return
    const { first, last } = lost
    const span = { from: lost.from, to: at }
    unreadable.push(span)
    const reason = `commits ${first} to ${last} of the journal cannot be read`
    records.push({ receivedAt: at, record: { is: 'gap', source: 'gateway', ...span, reason } })
  }
  for (const stored of all) {
    const { offset, receivedAt } = stored
    const [commit] = commitIn(stored)
    if (!commit) {
      lost ??= { from: before ?? receivedAt, first: offset, last: offset }
      lost.last = offset
      continue
    }
    close(receivedAt)
    lost = undefined
    before = receivedAt
    if (receivedAt >= to) break
    if (receivedAt >= from) records.push(...toldIn(commit))
  }
  close(end.receivedAt)
  return { records, unreadable }
}

const toldIn = ({ receivedAt, records }: Commit): PlacedRecord[] =>
  records.flatMap((record) => (record.is === 'gap' || record.is === 'link' ? [{ receivedAt, record }] : []))

function* commitIn({ offset, receivedAt, body }: StoredCommit): Generator<Commit> {
  try {
    yield { offset, receivedAt, records: decodeRecords(body) }
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof SyntaxError)) throw cause
  }
}
