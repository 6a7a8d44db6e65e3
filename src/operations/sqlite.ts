/**
 * Kysely over node:sqlite: one connection, one statement after the other. A transaction takes the
 * write lock at its start, so that it never fails half-way because another process wrote meanwhile.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'

/** Statements kept prepared; the room has fewer. */
const PREPARED = 256

/** How long one process waits for the write of another (a command beside the gateway), and how often it asks. */
const BUSY_MS = 5_000
const ASK_AGAIN_MS = 10

const SQLITE_BUSY = 5

/** WAL so that commands can read and write beside the gateway; FULL so that a commit survives power loss. */
export function openSqlite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_MS })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  const { synchronous } = database.prepare('PRAGMA synchronous').get() ?? {}
  if (synchronous !== 2) throw new Error(`${path}: synchronous is ${synchronous}, not FULL`)
  return database
}

/** SQLite does roll back DDL; migrations are all or nothing. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl() {
    return true
  }
}

/** Once it is open and migrated: from here on waiting is done between tasks, hardly by standing still. */
export const waitBetweenTasks = (database: DatabaseSync): void => database.exec('PRAGMA busy_timeout = 20')

export function sqliteDialect(database: DatabaseSync): Dialect {
  const connection = connectionTo(database)
  const run = (sql: string) => connection.executeQuery(CompiledQuery.raw(sql)).then(() => {})
  const turn = oneAtATime()
  return {
    createAdapter: () => new TransactionalSqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createDriver: () => ({
      init: async () => {},
      acquireConnection: async () => {
        await turn.take()
        return connection
      },
      releaseConnection: async () => turn.give(),
      beginTransaction: () => onceFree(() => run('begin immediate')),
      commitTransaction: () => run('commit'),
      rollbackTransaction: () => run('rollback'),
      destroy: async () => database.close(),
    }),
  }
}

async function onceFree(begin: () => Promise<void>): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += ASK_AGAIN_MS) {
    try {
      return await begin()
    } catch (cause) {
      const isBusy = cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY
      if (!isBusy || waitedMs >= BUSY_MS) throw cause
      await pause(ASK_AGAIN_MS)
    }
  }
}

function connectionTo(database: DatabaseSync): DatabaseConnection {
  const prepared = new Map<string, StatementSync>()
  const prepare = (sql: string) => {
    const known = prepared.get(sql)
    if (known) return known
    if (prepared.size >= PREPARED) prepared.clear()
    const statement = database.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery) {
      const statement = prepare(sql)
      if (statement.columns().length > 0) return { rows: statement.all(...parameters.map(bound)) as Row[] }
      const { changes } = statement.run(...parameters.map(bound))
      return { rows: [], numAffectedRows: BigInt(changes) }
    },
    // biome-ignore lint/correctness/useYield: the port asks for it; nothing in this room streams
    async *streamQuery() {
      throw new Error('Rows are read in pages, not streamed')
    },
  }
}

function bound(value: unknown): SQLInputValue {
  if (value === undefined) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'bigint') {
    return value
  }
  throw new TypeError(`A ${typeof value} cannot be stored`)
}

function oneAtATime() {
  const waiting: (() => void)[] = []
  let taken = false
  return {
    async take() {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve))
      taken = true
    },
    give() {
      const next = waiting.shift()
      if (next) next()
      else taken = false
    },
  }
}
