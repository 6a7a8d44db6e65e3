/**
 * What stands in the journal, read from outside. Reads through the API hide a message that was written twice, as
 * they should; a rule, a count or a bill made of the journal would have seen two.
 */
import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { decodeRecords } from '../../src/journal/codec.ts'
import { journalFiles } from '../../src/journal/journal-files.ts'
import type { Gap, JournalRecord } from '../../src/model/commit.ts'
import { deviceId, numberAt, type Run } from './message.ts'

export type StoredCommit = { readonly receivedAt: number; readonly body: Uint8Array }

/**
 * By offset: what SQLite can still read, from a copy, for opening the files themselves would mend them.
 * Nothing may run on them.
 */
export function commitsIn(dataDir: string): ReadonlyMap<number, StoredCommit> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-journal-'))
  try {
    for (const name of readdirSync(dataDir).filter((name) => /^journal(-\d+)?\.sqlite(-wal)?$/.test(name))) {
      copyFileSync(join(dataDir, name), join(folder, name))
    }
    return new Map(storedIn(folder))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Of all files of a journal in their order, also of one that is being written; around pages that cannot be read. */
function* storedIn(folder: string): Generator<[offset: number, commit: StoredCommit]> {
  const files = journalFiles(join(folder, 'journal.sqlite'))
  for (const [nth, { path, first }] of files.entries()) {
    if (statSync(path).size === 0) continue // SQLite would throw away the log beside it
    using database = new DatabaseSync(path, { readOnly: true })
    const asked = (sql: string, ...values: number[]) => {
      try {
        return database.prepare(sql).all(...values)
      } catch {
        return undefined
      }
    }
    const all = asked('SELECT offset, received_at, body FROM commits ORDER BY offset')
    const last =
      (files[nth + 1]?.first ?? Number(asked('SELECT max(offset) AS o FROM commits')?.[0]?.o ?? 0) + 1) - 1
    const byNumber = function* () {
      for (let offset = first; offset <= last; offset++)
        yield* asked('SELECT offset, received_at, body FROM commits WHERE offset = ?', offset) ?? []
    }
    for (const { offset, received_at, body } of all ?? byNumber())
      yield [Number(offset), { receivedAt: Number(received_at), body: body as Uint8Array }]
  }
}

/** The newest commit whose effects a reader has kept, by the reader's own account; as above, from a copy. */
export function readTo(dataDir: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-operations-'))
  try {
    for (const name of readdirSync(dataDir).filter((name) => /^operations\.sqlite(-wal)?$/.test(name))) {
      copyFileSync(join(dataDir, name), join(folder, name))
    }
    using database = new DatabaseSync(join(folder, 'operations.sqlite'))
    return Number(database.prepare('SELECT coalesce(max(position), 0) AS at FROM offsets').get()?.at)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The records of a journal, also of one that is being written. */
function* recordsIn(dataDir: string): Generator<JournalRecord> {
  for (const [, { body }] of storedIn(dataDir)) yield* decodeRecords(body)
}

/** The log of the file that is written. */
export const newestLog = (dataDir: string): string =>
  `${journalFiles(join(dataDir, 'journal.sqlite')).at(-1)?.path}-wal`

/** Messages that the journal holds more than once. */
export function writtenTwice(dataDir: string, run: Run): string[] {
  const devices = new Map(
    Array.from({ length: run.devices }, (_, device) => [deviceId(device), new Set<number>()] as const),
  )
  const twice: string[] = []
  for (const record of recordsIn(dataDir)) {
    if (record.is !== 'reading') continue
    const n = numberAt(run, record.at)
    const seen = devices.get(record.device)
    if (seen?.has(n)) twice.push(`${record.device} ${n} in the journal`)
    seen?.add(n)
  }
  return twice
}

/** When the gateway was not there, or says that commits are gone. */
export const absencesIn = (dataDir: string): Gap[] =>
  [...recordsIn(dataDir)].filter((record) => record.is === 'gap').filter(({ source }) => source === 'gateway')
