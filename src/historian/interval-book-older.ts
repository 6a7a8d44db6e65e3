/**
 * A book of an older release is carried over as it is opened: its marks are forgotten after 40 days, so that
 * its hours and days could not be worked out again. One transaction: it is the old book or the new one.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { HourUse, LinkState, MarkStretch } from '../model/water-use.ts'
import { packedStretch } from './interval-book-marks.ts'
import { USE_TABLES, usesIn } from './interval-book-uses.ts'

/** `user_version` of the file. The first layout had none. */
export const SCHEMA_VERSION = 2

/**
 * As long as stretches are made elsewhere; a single hour with more marks than that stays one, because nothing
 * says what was known within it.
 */
const MARKS_A_STRETCH = 48
const NOTHING_YET: LinkState = { chain: [], held: [] }

/** Throws where the file is of a newer release. */
export function layoutOf(database: DatabaseSync): 'empty' | 'older' | 'current' {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)
  if (version > SCHEMA_VERSION) throw new Error(`it is of a newer release (layout ${version})`)
  if (version === SCHEMA_VERSION) return 'current'
  const hours = database.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'hours'`).get()
  return hours ? 'older' : 'empty'
}

export function carryOver(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    carryUses(database)
    carryMarks(database)
    database.exec(
      `DROP TABLE hours; DROP TABLE days; DROP TABLE marks; PRAGMA user_version = ${SCHEMA_VERSION}`,
    )
    database.exec('COMMIT')
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw cause
  }
}

type OldUse = Record<'start' | 'meter' | 'ends' | 'volume' | 'known' | 'measured' | 'flags', number>

function carryUses(database: DatabaseSync): void {
  for (const [from, to] of [
    ['hours', USE_TABLES[0]],
    ['days', USE_TABLES[1]],
  ] as const) {
    const table = usesIn(database, to)
    let start: number | undefined
    for (const row of database.prepare(`SELECT * FROM ${from} ORDER BY start, meter`).iterate()) {
      const old = row as OldUse
      if (start !== undefined && old.start !== start) table.write()
      start = old.start
      table.put(old.meter, oldUse(old))
    }
    table.write()
  }
}

const oldUse = ({ start, ends, volume, known, measured, flags }: OldUse): HourUse => ({
  from: start,
  to: ends,
  volumeM3: volume,
  knownMs: known,
  measuredMs: measured,
  exactFrom: (flags & 1) !== 0,
  exactTo: (flags & 2) !== 0,
  estimatedFrom: (flags & 4) !== 0,
  estimatedTo: (flags & 8) !== 0,
})

type OldMarks = { meter: number; marks: Uint8Array<ArrayBuffer>; state: string }

/** The first layout had a row for each hour with marks, with what was known after them. */
function carryMarks(database: DatabaseSync): void {
  const put = database.prepare('INSERT INTO stretches VALUES (?, ?, ?)')
  let meter: number | undefined
  let known = NOTHING_YET
  let open: (Omit<MarkStretch, 'figures' | 'start'> & { readonly figures: number[] }) | undefined
  const close = () => {
    if (meter === undefined || !open || open.figures.length === 0) return
    const start = open.figures[0] as number
    put.run(meter, start, packedStretch({ ...open, start }))
  }
  for (const row of database
    .prepare('SELECT meter, marks, state FROM marks ORDER BY meter, hour')
    .iterate()) {
    const old = row as OldMarks
    const figures = new Float64Array(old.marks.slice().buffer)
    const isOther = old.meter !== meter
    if (!open || isOther || open.figures.length + figures.length > 2 * MARKS_A_STRETCH) {
      close()
      if (isOther) known = NOTHING_YET
      meter = old.meter
      open = { figures: [], before: known }
    }
    for (const figure of figures) open.figures.push(figure)
    known = JSON.parse(old.state) as LinkState
  }
  close()
}
