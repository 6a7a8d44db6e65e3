/**
 * What stands in the journal, read from outside. Reads through the API hide a message that was written twice, as
 * they should; a rule, a count or a bill made of the journal would have seen two.
 */
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { decodeRecords } from '../../src/journal/codec.ts'
import type { Gap, JournalRecord } from '../../src/model/commit.ts'
import { deviceId, numberAt, type Run } from './message.ts'

export type StoredCommit = { readonly receivedAt: number; readonly body: Uint8Array }

/** By offset: what SQLite can still read, from a copy, for opening the files themselves would mend them. Nothing may run on them. */
export function commitsIn(dataDir: string): ReadonlyMap<number, StoredCommit> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-journal-'))
  try {
    for (const name of ['journal.sqlite', 'journal.sqlite-wal']) {
      copyFileSync(join(dataDir, name), join(folder, name))
    }
    using database = new DatabaseSync(join(folder, 'journal.sqlite'))
    const rows = database.prepare('SELECT offset, received_at, body FROM commits').all()
    return new Map(
      rows.map(({ offset, received_at, body }) => [
        Number(offset),
        { receivedAt: Number(received_at), body: body as Uint8Array },
      ]),
    )
  } finally {
    rmSync(folder, { recursive: true })
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
  using database = new DatabaseSync(join(dataDir, 'journal.sqlite'), { readOnly: true })
  for (const { body } of database.prepare('SELECT body FROM commits ORDER BY offset').iterate()) {
    yield* decodeRecords(body as Uint8Array)
  }
}

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
