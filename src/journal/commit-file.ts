/**
 * One SQLite file of commits. SQLite says of most pages that they are spoilt, but not of a number that is:
 * that one is found by its place. Around either is read commit by commit.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type DatabaseSyncOptions, type StatementSync } from 'node:sqlite'
import type { Offset } from '../model/commit.ts'
import type { JournalHead } from './journal.ts'

export type StoredCommit = {
  readonly offset: Offset
  readonly receivedAt: number
  /** Empty where it cannot be read. */
  readonly body: Uint8Array<ArrayBuffer>
}

export type Place = readonly [consumer: string, offset: Offset]

export type Stretch = { readonly after: Offset; readonly limit: number; readonly maxBytes: number }

/** `spoilt` is what SQLite said of a page on the way. */
export type Found = { readonly commits: StoredCommit[]; readonly spoilt?: Error }

/** Few enough rows that a removal never holds up a commit for long. */
const REMOVE_ROWS = 500
const PROBES = 12
/** SQLITE_CORRUPT: a page of the file is not what it was. */
const CORRUPT = 11
/** SQLITE_NOTADB: its first page is not, where it says that it is one. */
const NOT_A_DATABASE = 26

export const isCorrupt = (cause: unknown): cause is Error =>
  [CORRUPT, NOT_A_DATABASE].includes(((cause as { readonly errcode?: number }).errcode ?? 0) % 256)

/** SQLite takes such a file for a new one, and throws its log away; ours is never empty (`makeCommitFile`). */
export const isEmptied = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.size === 0

const emptied = () => Object.assign(new Error('the file is empty'), { errcode: CORRUPT })

/** It has its name once all of it is on disk: whatever is found under that name was whole. */
export function makeCommitFile(path: string, places: readonly Place[]): void {
  const made = `${path}.new`
  for (const beside of ['-wal', '-shm', '']) rmSync(made + beside, { force: true })
  const file = openCommitFile(made)
  try {
    file.begin(places)
  } finally {
    file.close()
  }
  renameSync(made, path)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/** Whoever read on from a number that was spoilt would pass over all that is in between. */
const outOfOrder = () =>
  Object.assign(new Error('the commits of a page are out of order'), { errcode: CORRUPT })

export type CommitFile = {
  readonly path: string
  /** Makes what is missing of it, with these places where they are given. Throws where it would not be durable. */
  begin(places: readonly Place[]): void
  places(): Place[]
  /** The newest commit with a number below this one; 0 and 0 where there is none. */
  newestBelow(offset: Offset): JournalHead
  /** The oldest; undefined where there is none. */
  oldest(): JournalHead | undefined
  /**
   * Up to `end`, the last number that it may hold; what is missing at its end is taken for received then.
   * Throws nothing that `isCorrupt` knows.
   */
  read(stretch: Stretch, end: JournalHead): Found
  /** As one transaction, or not at all. */
  write(commit: StoredCommit | undefined, places: readonly Place[]): void
  /** The oldest of those up to `upTo` that were received before, or of all of them; never the newest. How many. */
  remove(upTo: Offset, before: number): number
  usedBytes(): number
  /** The median of a few small commits, ms: what this disk will allow. */
  probe(): number
  close(): void
}

/** Beside the gateway that writes it. */
export const READ_ONLY = { readOnly: true, timeout: 5_000 }

/** What it gives throws what `isCorrupt` knows at a spoilt page, unless it says otherwise. */
export function openCommitFile(path: string, how: DatabaseSyncOptions = {}): CommitFile {
  const isWhole = !isEmptied(path)
  const opened = new DatabaseSync(path, how)
  const database = (): DatabaseSync => {
    if (!isWhole) throw emptied()
    return opened
  }
  const prepared = new Map<string, StatementSync>()
  /** When it is first asked for: with a spoilt schema none can be prepared. */
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql) ?? database().prepare(sql)
    prepared.set(sql, known)
    return known
  }
  const pragma = (name: string): unknown => Object.values(database().prepare(`PRAGMA ${name}`).get() ?? {})[0]
  /**
   * The last stretch that could not be read: it is looked through once, however small the pieces it is asked
   * for in.
   */
  let lost: { readonly first: Offset; readonly last: Offset; readonly receivedAt: number } | undefined

  function together(change: () => void): void {
    database().exec('BEGIN IMMEDIATE')
    try {
      change()
      database().exec('COMMIT')
    } catch (cause) {
      if (opened.isTransaction) opened.exec('ROLLBACK')
      throw cause
    }
  }

  function move(places: readonly Place[]): void {
    const moved = statement('INSERT OR REPLACE INTO positions VALUES (?, ?)')
    for (const [consumer, offset] of places) moved.run(consumer, offset)
  }

  function oldest(): JournalHead | undefined {
    const row = statement('SELECT offset, received_at FROM commits ORDER BY offset LIMIT 1').get()
    return row && { offset: Number(row.offset), receivedAt: Number(row.received_at) }
  }

  function at(offset: Offset): StoredCommit | 'absent' | 'spoilt' {
    try {
      const row = statement('SELECT offset, received_at, body FROM commits WHERE offset = ?').get(offset)
      return row ? commitIn(row) : 'absent'
    } catch (cause) {
      if (!isCorrupt(cause)) throw cause
      return 'spoilt'
    }
  }

  /** What is absent behind a commit is lost; before the first one it may have been removed for its age. */
  function isWithin(offset: Offset): boolean {
    if (at(offset) !== 'absent') return true
    try {
      return offset >= (oldest()?.offset ?? Number.POSITIVE_INFINITY)
    } catch (cause) {
      if (!isCorrupt(cause)) throw cause
      return false
    }
  }

  /** Where not even the names of its tables can be read, nothing of it can: then no number is looked for. */
  function isUnreadable(): boolean {
    try {
      statement('SELECT offset FROM commits LIMIT 0')
      return false
    } catch (cause) {
      if (!isCorrupt(cause)) throw cause
      return true
    }
  }

  /** The commits of what cannot be read without their bodies, or the next one that is whole. */
  function readAround({ after, limit }: Stretch, end: JournalHead): StoredCommit[] {
    if (after < end.offset && isUnreadable())
      lost = { first: after + 1, last: end.offset, receivedAt: end.receivedAt }
    if (!lost || after + 1 < lost.first || after >= lost.last) {
      let first = isWithin(after) ? after + 1 : undefined
      let offset = after + 1
      let there: StoredCommit | undefined
      for (; offset <= end.offset; offset++) {
        const found = at(offset)
        if (typeof found === 'object') {
          there = found
          break
        }
        if (found === 'spoilt') first ??= offset
      }
      if (first === undefined || first === offset) return there ? [there] : []
      lost = { first, last: offset - 1, receivedAt: there?.receivedAt ?? end.receivedAt }
    }
    const { last, receivedAt } = lost
    const from = Math.max(after + 1, lost.first)
    return Array.from({ length: Math.min(limit, last + 1 - from) }, (_, n) => ({
      offset: from + n,
      receivedAt,
      body: new Uint8Array(),
    }))
  }

  return {
    path,
    oldest,
    begin(places) {
      database().exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')
      const [mode, synchronous] = [pragma('journal_mode'), pragma('synchronous')]
      if (mode !== 'wal' || synchronous !== 2)
        throw new Error(`SQLite is not durable here: ${mode}, synchronous ${synchronous}`)
      database().exec('PRAGMA cache_size = -16000')
      together(() => {
        database().exec(`
          CREATE TABLE IF NOT EXISTS commits (offset INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, body BLOB NOT NULL);
          CREATE TABLE IF NOT EXISTS positions (consumer TEXT PRIMARY KEY, offset INTEGER NOT NULL) WITHOUT ROWID;
          CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY, at REAL NOT NULL);`)
        move(places)
      })
    },
    places: () =>
      statement('SELECT consumer, offset FROM positions')
        .all()
        .map(({ consumer, offset }) => [String(consumer), Number(offset)] as const),
    newestBelow(offset) {
      const row = statement(
        'SELECT offset, received_at FROM commits WHERE offset < ? ORDER BY offset DESC LIMIT 1',
      ).get(offset)
      return { offset: Number(row?.offset ?? 0), receivedAt: Number(row?.received_at ?? 0) }
    },
    read(stretch, end) {
      const { after, limit, maxBytes } = stretch
      const commits: StoredCommit[] = []
      let bytes = 0
      try {
        const rows = statement(
          'SELECT offset, received_at, body FROM commits WHERE offset > ? ORDER BY offset LIMIT ?',
        )
        for (const row of rows.iterate(after, limit)) {
          const commit = commitIn(row)
          if (commit.offset <= (commits.at(-1)?.offset ?? after) || commit.offset > end.offset)
            throw outOfOrder()
          commits.push(commit)
          bytes += commit.body.byteLength
          if (bytes >= maxBytes) break
        }
        return { commits }
      } catch (cause) {
        if (!isCorrupt(cause)) throw cause
        return { commits: commits.length > 0 ? commits : readAround(stretch, end), spoilt: cause }
      }
    },
    write(commit, places) {
      together(() => {
        if (commit)
          statement('INSERT INTO commits VALUES (?, ?, ?)').run(commit.offset, commit.receivedAt, commit.body)
        if (places.length > 0) move(places)
      })
    },
    remove(upTo, before) {
      let last = 0
      for (const { offset } of statement(
        `SELECT offset FROM commits ORDER BY offset LIMIT ${REMOVE_ROWS + 1}`,
      ).iterate()) {
        if (Number(offset) <= last) throw outOfOrder()
        last = Number(offset)
      }
      return Number(
        statement(
          `DELETE FROM commits WHERE offset IN (
             SELECT offset FROM commits WHERE offset <= ? ORDER BY offset LIMIT ${REMOVE_ROWS}
           ) AND received_at < ? AND offset < (SELECT max(offset) FROM commits)`,
        ).run(upTo, before).changes,
      )
    },
    usedBytes: () =>
      (Number(pragma('page_count')) - Number(pragma('freelist_count'))) * Number(pragma('page_size')),
    probe() {
      const write = database().prepare('INSERT OR REPLACE INTO probe VALUES (1, ?)')
      const tookMs = Array.from({ length: PROBES }, () => {
        const startedMs = performance.now()
        write.run(startedMs)
        return performance.now() - startedMs
      })
      return tookMs.sort((a, b) => a - b)[PROBES / 2] ?? 0
    },
    close: () => opened.close(),
  }
}

const commitIn = ({ offset, received_at, body }: Record<string, unknown>): StoredCommit => ({
  offset: Number(offset),
  receivedAt: Number(received_at),
  body: body as Uint8Array<ArrayBuffer>,
})
