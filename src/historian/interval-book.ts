/**
 * The interval book: what each meter used in each hour and day, and the marks from which that was worked
 * out, kept so that late data changes rows in place and a month of all meters is read in one go.
 * docs/decisions/0002 says why these rows live apart from the history, 0025 how they lie.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Offset } from '../model/commit.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { HourUse, MarkFigures, MarkStretch, UseStep } from '../model/water-use.ts'
import { freshIn, packedFresh, packedStretch, stretchFrom } from './interval-book-marks.ts'
import { carryOver, layoutOf, SCHEMA_VERSION } from './interval-book-older.ts'
import { intervalsIn, USE_SCHEMA, type UsesThere, usesFor, usesIn } from './interval-book-uses.ts'

/** What one meter's hours and days become. */
export type MeterRows = {
  readonly hours: readonly HourUse[]
  readonly days: readonly HourUse[]
  /** Hours and days of which nothing is known, perhaps any more. */
  readonly emptyHours: readonly Instant[]
  readonly emptyDays: readonly Instant[]
}

/** Marks as they came, later than every stretch of their meter. */
export type FreshMarks = { readonly device: DeviceId; readonly figures: MarkFigures }

/** A save under way: what is put is what the book tells to whoever saves, and nobody else. */
export type BookWriter = {
  uses(device: DeviceId, rows: MeterRows): void
  /** No meter has an hour, or day, that begins there. */
  clear(start: Instant, step: BookStep): void
  stretches(device: DeviceId, stretches: readonly MarkStretch[]): void
  /** Those that begin in the interval go. */
  dropStretches(device: DeviceId, starting: Interval): void
  /** Written down together as they are; they stay what `fresh()` tells until it is folded. */
  fresh(marks: readonly FreshMarks[]): void
  /** What the meter's rows are worked out with from now on. */
  facts(device: DeviceId, facts: string): void
  /** All that `fresh()` told is in stretches now, or will be fresh again before the save is over. */
  folded(): void
}

/** What the book has rows of; months are added up when they are asked for. */
export type BookStep = Exclude<UseStep, 'month'>

export type KeptUse = { readonly device: DeviceId; readonly use: HourUse }

export interface IntervalBook extends AsyncDisposable {
  /** Everything up to this commit is in the rows; a ledger goes on from here. */
  readonly offset: Offset
  /** The newest stretch that begins before that instant, or at it too. */
  stretchBefore(device: DeviceId, at: Instant, orAt?: 'or at'): MarkStretch | undefined
  /** Stretches that begin at that instant or after it, oldest first; read as they are asked for. */
  stretchesFrom(device: DeviceId, at: Instant): Iterable<MarkStretch>
  /** Marks that are in no stretch yet, in the order in which they were saved; a meter may be there several times. */
  fresh(): readonly FreshMarks[]
  /** What the rows of each meter were worked out with, as whoever saved them put it. */
  facts(): ReadonlyMap<DeviceId, string>
  /** Those of the meter's hours that are known, of the ones that begin at these instants; for whoever saves. */
  hours(device: DeviceId, starts: readonly Instant[]): readonly HourUse[]
  /**
   * What is filled in and the offset in one transaction, durable when it resolves; after a rejection all is
   * as it was. One who saves, one at a time.
   */
  save<T>(offset: Offset, fill: (writer: BookWriter) => T | Promise<T>): Promise<T>
  /** Of every meter that has one, the row of the hour or day that begins at that instant. */
  read(start: Instant, step: BookStep): readonly KeptUse[]
  /** The same, of those meters that are asked for: a row is made into a use where somebody wants it. */
  lookUp(start: Instant, step: BookStep): (device: DeviceId) => HourUse | undefined
  /** Hours or days that any meter has and that begin in the range, oldest first; read as they are asked for. */
  intervals(range: Interval, step: BookStep): Iterable<Interval>
  /**
   * Forgets each meter's stretches whose marks are all older, but for its newest of them; hours and days stay
   * for ever.
   */
  forgetMarks(before: Instant): number
}

/** Stretches read in one go by whoever reads on: a fortnight of quarters. */
const STRETCHES_READ = 32

/** By meter: who asks for stretches asks for those of one meter, and most marks come a stretch at a time. */
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -32000;
  PRAGMA wal_autocheckpoint = 8000;
  CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), offset INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS meters (meter INTEGER PRIMARY KEY, device TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS stretches (meter INTEGER, start INTEGER, marks BLOB NOT NULL, PRIMARY KEY (meter, start)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS fresh_marks (save INTEGER PRIMARY KEY, marks BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS meter_facts (meter INTEGER PRIMARY KEY, facts TEXT NOT NULL);
  ${USE_SCHEMA}`

/** Throws GatehouseError `data-unwritable`. A book of an older release is carried over first, in one transaction. */
export function openIntervalBook({ file }: { readonly file: string }): IntervalBook {
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dirname(file), { recursive: true })
    database = new DatabaseSync(file)
    const layout = layoutOf(database)
    database.exec(SCHEMA)
    if (layout === 'older') carryOver(database)
    if (layout === 'empty') database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
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
  const arrays = (sql: string): StatementSync => {
    const statement = database.prepare(sql)
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
  const newest = 'ORDER BY start DESC LIMIT 1'
  const statements = {
    before: arrays(`SELECT start, marks FROM stretches WHERE meter = ? AND start < ? ${newest}`),
    beforeOrAt: arrays(`SELECT start, marks FROM stretches WHERE meter = ? AND start <= ? ${newest}`),
    from: arrays(
      `SELECT start, marks FROM stretches WHERE meter = ? AND start >= ? ORDER BY start LIMIT ${STRETCHES_READ}`,
    ),
    after: arrays(
      `SELECT start, marks FROM stretches WHERE meter = ? AND start > ? ORDER BY start LIMIT ${STRETCHES_READ}`,
    ),
    fresh: arrays('SELECT marks FROM fresh_marks ORDER BY save'),
    putStretch: database.prepare(
      'INSERT INTO stretches VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET marks = excluded.marks',
    ),
    dropStretches: database.prepare('DELETE FROM stretches WHERE meter = ? AND start >= ? AND start < ?'),
    forget: database.prepare(
      `DELETE FROM stretches WHERE meter = ?1
       AND start < (SELECT max(start) FROM stretches WHERE meter = ?1 AND start <= ?2)`,
    ),
    putFresh: database.prepare('INSERT INTO fresh_marks (marks) VALUES (?)'),
    dropFresh: database.prepare('DELETE FROM fresh_marks'),
    facts: database.prepare('SELECT meter, facts FROM meter_facts'),
    putFacts: database.prepare('INSERT OR REPLACE INTO meter_facts VALUES (?, ?)'),
    putMeter: database.prepare('INSERT INTO meters VALUES (?, ?)'),
    putOffset: database.prepare('INSERT OR REPLACE INTO progress VALUES (1, ?)'),
  }
  const hourUses = usesIn(database, 'hour_uses')
  const dayUses = usesIn(database, 'day_uses')
  const reads = { hour: usesFor(readers, 'hour_uses'), day: usesFor(readers, 'day_uses') }
  const intervals = { hour: intervalsIn(readers, 'hour_uses'), day: intervalsIn(readers, 'day_uses') }
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
  const writer: BookWriter = {
    uses(device, { hours, emptyHours, days, emptyDays }) {
      const meter = meterOf(device)
      for (const use of hours) hourUses.put(meter, use)
      for (const start of emptyHours) hourUses.drop(meter, start)
      for (const use of days) dayUses.put(meter, use)
      for (const start of emptyDays) dayUses.drop(meter, start)
    },
    clear: (start, step) => (step === 'hour' ? hourUses : dayUses).clear(start),
    stretches(device, stretches) {
      const meter = meterOf(device)
      for (const stretch of stretches) statements.putStretch.run(meter, stretch.start, packedStretch(stretch))
    },
    dropStretches(device, { from, to }) {
      statements.dropStretches.run(meterOf(device), from, to)
    },
    fresh(marks) {
      if (marks.length === 0) return
      const numbered = marks.map(({ device, figures }) => ({ meter: meterOf(device), figures }))
      statements.putFresh.run(packedFresh(numbered))
    },
    facts: (device, facts) => statements.putFacts.run(meterOf(device), facts),
    folded: () => statements.dropFresh.run(),
  }
  /** Another writer of the same file numbers its new meters upwards. */
  const there = (start: Instant, step: BookStep): UsesThere => {
    const uses = reads[step](start)
    if (uses.last >= 0 && !deviceOf.has(uses.last) && !saving) learnMeters()
    return uses
  }
  const stretchIn = (row: unknown): MarkStretch | undefined => {
    if (!row) return undefined
    const [start, marks] = row as [number, Uint8Array<ArrayBuffer>]
    return stretchFrom(start, marks)
  }
  function inTransaction<T>(write: () => T): T {
    database.exec('BEGIN IMMEDIATE')
    try {
      const written = write()
      database.exec('COMMIT')
      return written
    } catch (cause) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw cause
    }
  }

  return {
    get offset() {
      return offset
    },
    stretchBefore(device, at, orAt) {
      const meter = numberOf.get(device)
      if (meter === undefined) return undefined
      return stretchIn((orAt ? statements.beforeOrAt : statements.before).get(meter, at))
    },
    *stretchesFrom(device, at) {
      const meter = numberOf.get(device)
      if (meter === undefined) return
      let rows = statements.from.all(meter, at)
      while (rows.length > 0) {
        let last = at
        for (const row of rows) {
          const stretch = stretchIn(row)
          if (!stretch) continue
          last = stretch.start
          yield stretch
        }
        rows = rows.length < STRETCHES_READ ? [] : statements.after.all(meter, last)
      }
    },
    fresh: () =>
      statements.fresh.all().flatMap((row) => {
        const [marks] = row as unknown as [Uint8Array<ArrayBuffer>]
        return Array.from(freshIn(marks), ({ meter, figures }) => ({
          device: deviceOf.get(meter) as DeviceId,
          figures,
        }))
      }),
    facts: () =>
      new Map(
        statements.facts
          .all()
          .map(({ meter, facts }) => [deviceOf.get(Number(meter)) as DeviceId, String(facts)]),
      ),
    hours(device, starts) {
      const meter = numberOf.get(device)
      return meter === undefined ? [] : starts.flatMap((start) => hourUses.at(meter, start) ?? [])
    },
    async save(upTo, fill) {
      if (saving) throw new Error('The interval book saves one thing at a time')
      saving = true
      const metersBefore = numberOf.size
      try {
        database.exec('BEGIN IMMEDIATE')
        const filled = await fill(writer)
        hourUses.write()
        dayUses.write()
        statements.putOffset.run(upTo)
        database.exec('COMMIT')
        offset = upTo
        return filled
      } catch (cause) {
        if (database.isTransaction) database.exec('ROLLBACK')
        hourUses.forget()
        dayUses.forget()
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
      const found: KeptUse[] = []
      there(start, step).each((meter, use) => {
        const device = deviceOf.get(meter)
        if (device !== undefined) found.push({ device, use })
      })
      return found
    },
    lookUp(start, step) {
      const uses = there(start, step)
      return (device) => {
        const meter = numberOf.get(device)
        return meter === undefined ? undefined : uses.at(meter)
      }
    },
    intervals: (range, step) => intervals[step](range),
    forgetMarks: (before) =>
      inTransaction(() => {
        let forgotten = 0
        for (const meter of deviceOf.keys()) forgotten += Number(statements.forget.run(meter, before).changes)
        return forgotten
      }),
    async [Symbol.asyncDispose]() {
      readers.close()
      database.close()
    },
  }
}
