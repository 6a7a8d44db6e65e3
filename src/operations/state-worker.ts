/**
 * The thread that writes rule states and shadows. They are many and small, and SQLite is synchronous with one
 * writer: here nobody waits for them, neither a device for its acknowledgement nor an alarm for its place in
 * the books.
 */
import { flushCompileCache } from 'node:module'
import { setPriority } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { answerAsks } from '../model/asked-thread.ts'
import type { StateAsk, StoredStates } from './state-store.ts'

// Linux gives each thread a priority of its own.
if (process.platform === 'linux') setPriority(0, 10)
const database = new DatabaseSync((workerData as { file: string }).file, { timeout: 5_000 })
database.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -16000;
  CREATE TABLE IF NOT EXISTS rule_states (rule TEXT, subject TEXT, body TEXT NOT NULL, PRIMARY KEY (rule, subject)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS shadows (device TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS offsets (consumer TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;`)

const put = {
  ruleState: database.prepare('INSERT OR REPLACE INTO rule_states VALUES (?, ?, ?)'),
  shadow: database.prepare('INSERT OR REPLACE INTO shadows VALUES (?, ?)'),
  offset: database.prepare('INSERT OR REPLACE INTO offsets VALUES (?, ?)'),
}
const dropRuleState = database.prepare('DELETE FROM rule_states WHERE rule = ? AND subject = ?')

function allOf<Row>(sql: string): Row[] {
  const statement = database.prepare(sql)
  statement.setReturnArrays(true)
  return statement.all() as unknown as Row[]
}

/** Of the save under way. */
let puts = 0

/** Within the save under way, which begins with its first task and is undone by one that fails. */
function write(task: () => void): void {
  if (!database.isTransaction) {
    database.exec('BEGIN IMMEDIATE')
    puts = 0
  }
  try {
    task()
  } catch (cause) {
    undo()
    throw cause
  }
}

function undo(): void {
  if (database.isTransaction) database.exec('ROLLBACK')
}

function answer(ask: StateAsk): unknown {
  switch (ask.is) {
    case 'read':
      return {
        offsets: allOf('SELECT consumer, position FROM offsets'),
        ruleStates: allOf('SELECT rule, subject, body FROM rule_states'),
        shadows: allOf<[string]>('SELECT body FROM shadows ORDER BY device').map(([body]) => body),
      } satisfies StoredStates
    case 'put':
      return write(() => {
        for (const [rule, subject, body] of ask.ruleStates) {
          if (body === null) dropRuleState.run(rule, subject)
          else put.ruleState.run(rule, subject, body)
        }
        for (const [device, body] of ask.shadows) put.shadow.run(device, body)
        puts++
      })
    case 'keep':
      return write(() => {
        // A thread that began in the middle of a save has but a part of it.
        if (puts !== ask.puts) throw new Error(`of ${ask.puts} slices ${puts} are here`)
        put.offset.run(ask.consumer, ask.to)
        database.exec('COMMIT')
      })
    case 'drop':
      return undo()
  }
}

answerAsks(parentPort, answer, () => database.close())

// The next start of this thread need not strip its types: a process that is killed writes nothing of it
// (docs/decisions/0028).
flushCompileCache()
