/**
 * The interval book: what each meter used in each hour and day, and the marks from which that was worked
 * out, kept so that late data changes rows in place and a month of all meters is read in one go.
 * docs/decisions/0002 says why these rows live apart from the history.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Offset } from '../model/commit.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { HourUse } from '../model/water-use.ts'

/** The marks of one hour, and what the ledger knew after them, in its own words. */
export type StoredMarks = {
  readonly hour: Instant
  /** Instants and volumes (m³) in turns, as doubles: exact for both. */
  readonly figures: Float64Array<ArrayBuffer>
  readonly state: string
}

/** What one meter's rows become. */
export type MeterRows = {
  readonly device: DeviceId
  readonly hours: readonly HourUse[]
  readonly days: readonly HourUse[]
  /** Hours and days of which nothing is known, perhaps any more. */
  readonly emptyHours: readonly Instant[]
  readonly emptyDays: readonly Instant[]
  readonly marks: readonly StoredMarks[]
}

export type KeptUse = { readonly device: DeviceId; readonly use: HourUse }

export interface IntervalBook extends AsyncDisposable {
  /** Everything up to this commit is in the rows; a ledger goes on from here. */
  readonly offset: Offset
  /** The newest hour with marks before that instant. */
  marksBefore(device: DeviceId, hour: Instant): StoredMarks | undefined
  /** Hours with marks from that instant on, oldest first. */
  marksFrom(device: DeviceId, hour: Instant): readonly StoredMarks[]
  /** Those of the meter's hours that are known, of the ones that begin at these instants; oldest first. */
  hours(device: DeviceId, starts: readonly Instant[]): readonly HourUse[]
  /**
   * All rows and the offset in one transaction, durable when it resolves. One save at a time. Rows may be made as they are
   * asked for, from what the book has of their meters: a save is then never in memory as a whole.
   */
  save(rows: Iterable<MeterRows>, offset: Offset): Promise<void>
  /** Of every meter that has one, the row of the hour or day that begins at that instant. */
  read(start: Instant, step: 'hour' | 'day'): readonly KeptUse[]
  /** Forgets the marks of the oldest hour before that instant; hours and days stay for ever. */
  forgetMarks(before: Instant): number
}

/** Meters saved before the event loop gets its turn. */
const SLICE = 100
/** Hours looked up in one call: no day has more. */
const HOURS_ASKED = 26
const EXACT_FROM = 1
const EXACT_TO = 2
const ESTIMATED_FROM = 4
const ESTIMATED_TO = 8

/** Marks lie by hour, so that a sweep of all meters writes neighbours and not a page for each of them. */
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -32000;
  PRAGMA wal_autocheckpoint = 8000;
  CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), offset INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS meters (meter INTEGER PRIMARY KEY, device TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS hours (start INTEGER, meter INTEGER, ends INTEGER NOT NULL, volume REAL NOT NULL,
    known INTEGER NOT NULL, measured INTEGER NOT NULL, flags INTEGER NOT NULL, PRIMARY KEY (start, meter)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS days (start INTEGER, meter INTEGER, ends INTEGER NOT NULL, volume REAL NOT NULL,
    known INTEGER NOT NULL, measured INTEGER NOT NULL, flags INTEGER NOT NULL, PRIMARY KEY (start, meter)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS marks (hour INTEGER, meter INTEGER, marks BLOB NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (hour, meter)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS marks_by_meter ON marks (meter, hour);`

/** Throws GatehouseError `data-unwritable`. */
export function openIntervalBook({ file }: { readonly file: string }): IntervalBook {
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dirname(file), { recursive: true })
    database = new DatabaseSync(file)
    database.exec(SCHEMA)
    return bookOf(database, new DatabaseSync(file, { readOnly: true }))
  } catch (cause) {
    database?.close()
    const because = (cause as Error).message
    throw new GatehouseError('data-unwritable', `Cannot open the interval book ${file}: ${because}`, {
      cause,
    })
  }
}

/** Reads for people go through a connection of their own: a save that has paused shows them nothing half done. */
function bookOf(database: DatabaseSync, readers: DatabaseSync): IntervalBook {
  const arrays = (connection: DatabaseSync, sql: string): StatementSync => {
    const statement = connection.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  }
  const numberOf = new Map<DeviceId, number>()
  const deviceOf = new Map<number, DeviceId>()
  const allMeters = database.prepare('SELECT meter, device FROM meters')
  const learnMeters = () => {
    for (const { meter, device } of allMeters.all()) {
      numberOf.set(String(device), Number(meter))
      deviceOf.set(Number(meter), String(device))
    }
  }
  learnMeters()
  const columns = 'start, ends, volume, known, measured, flags'
  const statements = {
    marksBefore: arrays(
      database,
      'SELECT hour, marks, state FROM marks WHERE meter = ? AND hour < ? ORDER BY hour DESC LIMIT 1',
    ),
    marksFrom: arrays(
      database,
      'SELECT hour, marks, state FROM marks WHERE meter = ? AND hour >= ? ORDER BY hour',
    ),
    hoursAt: arrays(
      database,
      `SELECT ${columns} FROM hours WHERE meter = ? AND start IN (${Array(HOURS_ASKED).fill('?')}) ORDER BY start`,
    ),
    putMarks: database.prepare(
      `INSERT INTO marks (meter, hour, marks, state) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET marks = excluded.marks, state = excluded.state`,
    ),
    putMeter: database.prepare('INSERT INTO meters VALUES (?, ?)'),
    putOffset: database.prepare('INSERT OR REPLACE INTO progress VALUES (1, ?)'),
    forget: database.prepare('DELETE FROM marks WHERE hour = (SELECT min(hour) FROM marks WHERE hour < ?)'),
    hours: rowsOf('hours'),
    days: rowsOf('days'),
  }
  function rowsOf(table: 'hours' | 'days') {
    return {
      put: database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?)`),
      drop: database.prepare(`DELETE FROM ${table} WHERE start = ? AND meter = ?`),
      at: arrays(readers, `SELECT meter, ${columns} FROM ${table} WHERE start = ?`),
    }
  }
  let offset = Number(database.prepare('SELECT offset FROM progress').get()?.offset ?? 0)
  let saving = false

  const meterOf = (device: DeviceId): number => {
    const known = numberOf.get(device)
    if (known !== undefined) return known
    const meter = numberOf.size + 1
    statements.putMeter.run(meter, device)
    numberOf.set(device, meter)
    deviceOf.set(meter, device)
    return meter
  }

  const put = ({ device, hours, emptyHours, days, emptyDays, marks }: MeterRows) => {
    const meter = meterOf(device)
    for (const [table, uses, empty] of [
      [statements.hours, hours, emptyHours],
      [statements.days, days, emptyDays],
    ] as const) {
      for (const { from, to, volumeM3, knownMs, measuredMs, ...flags } of uses) {
        table.put.run(from, meter, to, volumeM3, knownMs, measuredMs, packed(flags))
      }
      for (const start of empty) table.drop.run(start, meter)
    }
    for (const { hour, figures, state } of marks) {
      const bytes = new Uint8Array(figures.buffer, figures.byteOffset, figures.byteLength)
      statements.putMarks.run(meter, hour, bytes, state)
    }
  }

  return {
    get offset() {
      return offset
    },
    marksBefore(device, hour) {
      const meter = numberOf.get(device)
      return meter === undefined ? undefined : storedMarks(statements.marksBefore.get(meter, hour))
    },
    marksFrom(device, hour) {
      const meter = numberOf.get(device)
      if (meter === undefined) return []
      return statements.marksFrom.all(meter, hour).flatMap((row) => storedMarks(row) ?? [])
    },
    hours(device, starts) {
      const meter = numberOf.get(device)
      if (meter === undefined) return []
      const known: HourUse[] = []
      for (let n = 0; n < starts.length; n += HOURS_ASKED) {
        const asked = Array.from({ length: HOURS_ASKED }, (_, i) => starts[n + i] ?? null)
        for (const row of statements.hoursAt.all(meter, ...asked))
          known.push(hourUse(row as unknown as number[]))
      }
      return known
    },
    async save(rows, upTo) {
      if (saving) throw new Error('The interval book saves one thing at a time')
      saving = true
      const metersBefore = numberOf.size
      try {
        database.exec('BEGIN IMMEDIATE')
        let count = 0
        for (const meter of rows) {
          put(meter)
          if (++count % SLICE === 0) await new Promise(setImmediate)
        }
        statements.putOffset.run(upTo)
        database.exec('COMMIT')
        offset = upTo
      } catch (cause) {
        if (database.isTransaction) database.exec('ROLLBACK')
        for (const [device, meter] of numberOf) {
          if (meter <= metersBefore) continue
          numberOf.delete(device)
          deviceOf.delete(meter)
        }
        throw cause
      } finally {
        saving = false
      }
    },
    read(start, step) {
      const table = step === 'hour' ? statements.hours : statements.days
      const rows = table.at.all(start) as unknown as number[][]
      if (!saving && rows.some(([meter = 0]) => !deviceOf.has(meter))) learnMeters() // of another writer of the same file
      return rows.flatMap(([meter, ...row]) => {
        const device = deviceOf.get(meter ?? 0)
        return device === undefined ? [] : [{ device, use: hourUse(row) }]
      })
    },
    forgetMarks: (before) => Number(statements.forget.run(before).changes),
    async [Symbol.asyncDispose]() {
      readers.close()
      database.close()
    },
  }
}

const packed = (use: Omit<HourUse, 'from' | 'to' | 'volumeM3' | 'knownMs' | 'measuredMs'>) =>
  (use.exactFrom ? EXACT_FROM : 0) |
  (use.exactTo ? EXACT_TO : 0) |
  (use.estimatedFrom ? ESTIMATED_FROM : 0) |
  (use.estimatedTo ? ESTIMATED_TO : 0)

function hourUse(row: readonly number[]): HourUse {
  const [from = 0, to = 0, volumeM3 = 0, knownMs = 0, measuredMs = 0, flags = 0] = row
  return {
    from,
    to,
    volumeM3,
    knownMs,
    measuredMs,
    estimatedFrom: (flags & ESTIMATED_FROM) !== 0,
    estimatedTo: (flags & ESTIMATED_TO) !== 0,
    exactFrom: (flags & EXACT_FROM) !== 0,
    exactTo: (flags & EXACT_TO) !== 0,
  }
}

function storedMarks(row: unknown): StoredMarks | undefined {
  if (!row) return undefined
  const [hour, bytes, state] = row as [number, Uint8Array<ArrayBuffer>, string]
  return { hour, figures: new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8), state }
}
