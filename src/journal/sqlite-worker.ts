/**
 * The journal's own thread: SQLite is synchronous and waits for the disk, so it must not run where
 * devices are answered. One message is one transaction; bodies cross by transfer, never by copy.
 */
import { mkdirSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

export type StoredCommit = {
  readonly offset: number
  readonly receivedAt: number
  readonly body: Uint8Array<ArrayBuffer>
}

export type Opened = {
  readonly offset: number
  readonly receivedAt: number
  readonly positions: readonly (readonly [string, number])[]
  readonly fsyncMs: number
}

export type Request =
  | { readonly is: 'open' }
  | {
      readonly is: 'write'
      readonly commit: StoredCommit | undefined
      readonly positions: readonly (readonly [string, number])[]
    }
  | { readonly is: 'read'; readonly after: number; readonly limit: number; readonly maxBytes: number }
  | { readonly is: 'remove'; readonly upTo: number; readonly before: number; readonly maxBytes: number }
  | { readonly is: 'close' }

export type Answer = { readonly id: number } & (
  | { readonly result: unknown }
  | { readonly failed: string; readonly errcode: number | undefined }
)

/** Few enough rows that a removal never holds up a commit for long. */
const REMOVE_ROWS = 500
const PROBES = 12
/** SQLITE_CORRUPT: a page of the file is not what it was. */
const CORRUPT = 11

const file: string = workerData.file
mkdirSync(dirname(file), { recursive: true })
const database = new DatabaseSync(file)

function pragma(name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]
}

function open(): Opened {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')
  if (pragma('journal_mode') !== 'wal' || pragma('synchronous') !== 2) {
    throw new Error(
      `SQLite is not durable here: ${pragma('journal_mode')}, synchronous ${pragma('synchronous')}`,
    )
  }
  database.exec(`
    PRAGMA cache_size = -16000;
    CREATE TABLE IF NOT EXISTS commits (offset INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, body BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS positions (consumer TEXT PRIMARY KEY, offset INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY, at REAL NOT NULL);`)
  const head = database.prepare('SELECT offset, received_at FROM commits ORDER BY offset DESC LIMIT 1').get()
  const positions = database.prepare('SELECT consumer, offset FROM positions').all()
  return {
    offset: Number(head?.offset ?? 0),
    receivedAt: Number(head?.received_at ?? 0),
    positions: positions.map(({ consumer, offset }) => [String(consumer), Number(offset)] as const),
    fsyncMs: probe(),
  }
}

/** The median of a few small commits: what this disk will allow, said at the start. */
function probe(): number {
  const write = database.prepare('INSERT OR REPLACE INTO probe VALUES (1, ?)')
  const tookMs = Array.from({ length: PROBES }, () => {
    const startedMs = performance.now()
    write.run(startedMs)
    return performance.now() - startedMs
  })
  return tookMs.sort((a, b) => a - b)[PROBES / 2] ?? 0
}

const opened = open()
let newest: Pick<StoredCommit, 'offset' | 'receivedAt'> = opened
const insert = database.prepare('INSERT INTO commits VALUES (?, ?, ?)')
const move = database.prepare('INSERT OR REPLACE INTO positions VALUES (?, ?)')
const select = database.prepare(
  'SELECT offset, received_at, body FROM commits WHERE offset > ? ORDER BY offset LIMIT ?',
)
const one = database.prepare('SELECT offset, received_at, body FROM commits WHERE offset = ?')
const old = database.prepare(
  `DELETE FROM commits WHERE offset IN (
     SELECT offset FROM commits WHERE offset <= ? ORDER BY offset LIMIT ${REMOVE_ROWS}
   ) AND (received_at < ? OR ?) AND offset < (SELECT max(offset) FROM commits)`,
)

function write({ commit, positions }: Extract<Request, { is: 'write' }>): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    if (commit) insert.run(commit.offset, commit.receivedAt, commit.body)
    for (const [consumer, offset] of positions) move.run(consumer, offset)
    database.exec('COMMIT')
    if (commit) newest = { offset: commit.offset, receivedAt: commit.receivedAt }
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw cause
  }
}

function read({ after, limit, maxBytes }: Extract<Request, { is: 'read' }>): StoredCommit[] {
  const commits: StoredCommit[] = []
  let bytes = 0
  try {
    for (const row of select.iterate(after, limit)) {
      const commit = commitIn(row)
      if (commit.offset <= (commits.at(-1)?.offset ?? after) || commit.offset > newest.offset)
        throw OUT_OF_ORDER
      commits.push(commit)
      bytes += commit.body.byteLength
      if (bytes >= maxBytes) break
    }
  } catch (cause) {
    if (!isCorrupt(cause)) throw cause
    return commits.length > 0 ? commits : readAround(after).slice(0, limit)
  }
  return commits
}

/** A number that was spoilt as well as any other byte: whoever reads on from it would pass over all that is in between. */
const OUT_OF_ORDER = Object.assign(new Error('the commits of a page are out of order'), { errcode: CORRUPT })

const isCorrupt = (cause: unknown): boolean =>
  ((cause as { readonly errcode?: number }).errcode ?? 0) % 256 === CORRUPT

const commitIn = ({ offset, received_at, body }: Record<string, unknown>): StoredCommit => ({
  offset: Number(offset),
  receivedAt: Number(received_at),
  body: body as Uint8Array<ArrayBuffer>,
})

/** Past a page that cannot be read: its commits without their bodies, which nobody can decode, up to the next one that is whole. */
function readAround(after: number): StoredCommit[] {
  const lost: number[] = []
  const isWithin = after > 0 && one.get(after) !== undefined // otherwise what is not there may have been removed for its age
  const without = (receivedAt: number) =>
    lost.map((offset) => ({ offset, receivedAt, body: new Uint8Array() }))
  for (let offset = after + 1; offset <= newest.offset; offset++) {
    try {
      const row = one.get(offset)
      if (row) return [...without(Number(row.received_at)), commitIn(row)]
      if (isWithin) lost.push(offset)
    } catch (cause) {
      if (!isCorrupt(cause)) throw cause
      lost.push(offset)
    }
  }
  return without(newest.receivedAt)
}

function remove({ upTo, before, maxBytes }: Extract<Request, { is: 'remove' }>): number {
  const pages = Number(pragma('page_count')) - Number(pragma('freelist_count'))
  const tooLarge = pages * Number(pragma('page_size')) > maxBytes
  return Number(old.run(upTo, before, tooLarge ? 1 : 0).changes)
}

function answer(request: Request): { result: unknown; transfer: ArrayBuffer[] } {
  switch (request.is) {
    case 'open':
      return { result: opened, transfer: [] }
    case 'write': {
      write(request)
      const body = request.commit?.body // given back: whoever reads on from memory need not hold the records meanwhile
      return { result: body, transfer: body ? [body.buffer] : [] }
    }
    case 'read': {
      const result = read(request)
      return { result, transfer: result.map(({ body }) => body.buffer) }
    }
    case 'remove':
      return { result: remove(request), transfer: [] }
    case 'close':
      return { result: database.close(), transfer: [] }
  }
}

parentPort?.on('message', ({ id, request }: { id: number; request: Request }) => {
  try {
    const { result, transfer } = answer(request)
    parentPort?.postMessage({ id, result } satisfies Answer, transfer)
  } catch (cause) {
    const { message, errcode } = cause as Error & { errcode?: number }
    parentPort?.postMessage({ id, failed: message, errcode } satisfies Answer)
  }
})

// The next start of this thread need not strip its types: a process that is killed writes nothing of it (docs/decisions/0028).
flushCompileCache()
