/**
 * Writes an interval book as the first layout had it: a row a meter and hour, marks by the hour with what was
 * known after them.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { IntervalBook } from '../../src/historian/interval-book.ts'
import type { Calendar } from '../../src/metering/calendar.ts'
import { NOTHING_YET, takeMark } from '../../src/metering/links.ts'
import type { MeterFacts } from '../../src/metering/meter.ts'
import type { Interval } from '../../src/model/instant.ts'
import type { HourUse, MeterMark } from '../../src/model/water-use.ts'
import { marksOf } from './meter-rows.ts'

const LAYOUT = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 1), offset INTEGER NOT NULL);
  CREATE TABLE meters (meter INTEGER PRIMARY KEY, device TEXT NOT NULL UNIQUE);
  CREATE TABLE hours (start INTEGER, meter INTEGER, ends INTEGER NOT NULL, volume REAL NOT NULL,
    known INTEGER NOT NULL, measured INTEGER NOT NULL, flags INTEGER NOT NULL, PRIMARY KEY (start, meter)) WITHOUT ROWID;
  CREATE TABLE days (start INTEGER, meter INTEGER, ends INTEGER NOT NULL, volume REAL NOT NULL,
    known INTEGER NOT NULL, measured INTEGER NOT NULL, flags INTEGER NOT NULL, PRIMARY KEY (start, meter)) WITHOUT ROWID;
  CREATE TABLE marks (hour INTEGER, meter INTEGER, marks BLOB NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (hour, meter)) WITHOUT ROWID;
  CREATE INDEX marks_by_meter ON marks (meter, hour);`

/** What that book holds of the range, all of its marks in stretches. */
export function writeOlderBook(
  file: string,
  book: IntervalBook,
  meters: readonly MeterFacts[],
  range: Interval,
  calendar: Calendar,
): void {
  mkdirSync(dirname(file), { recursive: true })
  using database = new DatabaseSync(file)
  database.exec(LAYOUT)
  database.prepare('INSERT INTO progress VALUES (1, ?)').run(book.offset)
  const numbers = new Map(meters.map(({ device }, n) => [device, n + 1]))
  for (const [device, meter] of numbers)
    database.prepare('INSERT INTO meters VALUES (?, ?)').run(meter, device)
  for (const [table, step] of [
    ['hours', 'hour'],
    ['days', 'day'],
  ] as const) {
    const put = database.prepare(`INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?)`)
    for (const { from } of calendar.intervals(range, step)) {
      for (const { device, use } of book.read(from, step)) {
        const { to, volumeM3, knownMs, measuredMs } = use
        put.run(from, numbers.get(device) ?? 0, to, volumeM3, knownMs, measuredMs, flagsOf(use))
      }
    }
  }
  const put = database.prepare('INSERT INTO marks VALUES (?, ?, ?, ?)')
  for (const facts of meters) {
    const hours = Map.groupBy(
      marksOf([...book.stretchesFrom(facts.device, Number.NEGATIVE_INFINITY)]),
      ({ at }) => calendar.intervalAt(at, 'hour').from,
    )
    let state = NOTHING_YET
    for (const [hour, marks] of hours) {
      for (const mark of marks) state = takeMark(state, mark, facts).state
      put.run(hour, numbers.get(facts.device) ?? 0, blobOf(marks), JSON.stringify(state))
    }
  }
}

const flagsOf = ({ exactFrom, exactTo, estimatedFrom, estimatedTo }: HourUse) =>
  Number(exactFrom) + 2 * Number(exactTo) + 4 * Number(estimatedFrom) + 8 * Number(estimatedTo)

const blobOf = (marks: readonly MeterMark[]) =>
  new Uint8Array(Float64Array.from(marks.flatMap(({ at, volumeM3 }) => [at, volumeM3])).buffer)
