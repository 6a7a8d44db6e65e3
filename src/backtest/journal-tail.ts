/**
 * What only the journal knows, read beside the gateway that writes it: readings that no file of the history holds yet, and who
 * could not be heard, as far back as commits are kept.
 */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { decodeRecords } from '../journal/codec.ts'
import { journalFiles } from '../journal/journal-files.ts'
import type { Commit, Offset } from '../model/commit.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { PlacedRecord } from './setup.ts'

/** Gaps and link changes kept; far more than a plant has in a year. */
const MOST_RECORDS = 100_000

export interface JournalTail extends Disposable {
  /** Commits after an offset, oldest first; one that cannot be read back is left out. */
  after(offset: Offset): Generator<Commit>
  absences(interval: Interval): PlacedRecord[]
  readonly firstReceivedAt: Instant | undefined
}

/** Of all files of the journal, as far as there are any. */
export function openJournalTail(file: string): JournalTail {
  const tails = existsSync(file && dirname(file)) ? journalFiles(file).map(({ path }) => tailOf(path)) : []
  return {
    firstReceivedAt: tails.map(({ firstReceivedAt }) => firstReceivedAt).find((first) => first !== undefined),
    *after(offset) {
      for (const tail of tails) yield* tail.after(offset)
    },
    absences: (interval) => tails.flatMap((tail) => tail.absences(interval)).slice(0, MOST_RECORDS),
    [Symbol.dispose]() {
      for (const tail of tails) tail[Symbol.dispose]()
    },
  }
}

function tailOf(file: string): JournalTail {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
  const first = database.prepare('SELECT received_at FROM commits ORDER BY offset LIMIT 1').get()
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

  return {
    firstReceivedAt: first && Number(first.received_at),
    *after(offset) {
      const rows = database.prepare(
        'SELECT offset, received_at, body FROM commits WHERE offset > ? ORDER BY offset',
      )
      for (const row of rows.iterate(offset)) yield* commitIn(row)
    },
    absences({ from, to }) {
      const rows = database.prepare(
        `SELECT offset, received_at, body FROM commits WHERE offset >= ? AND offset < ?
           AND (instr(body, CAST('"is":"gap"' AS BLOB)) > 0 OR instr(body, CAST('"is":"link"' AS BLOB)) > 0) ORDER BY offset`,
      )
      const found: PlacedRecord[] = []
      for (const row of rows.iterate(firstOffset(from), firstOffset(to))) {
        for (const { receivedAt, records } of commitIn(row)) {
          for (const record of records) {
            const tells = record.is === 'gap' || record.is === 'link'
            if (tells && found.length < MOST_RECORDS) found.push({ receivedAt, record })
          }
        }
      }
      return found
    },
    [Symbol.dispose]: () => database.close(),
  }
}

function* commitIn(row: Record<string, unknown>): Generator<Commit> {
  try {
    const records = decodeRecords(row.body as Uint8Array)
    yield { offset: Number(row.offset), receivedAt: Number(row.received_at), records }
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof SyntaxError)) throw cause
  }
}
