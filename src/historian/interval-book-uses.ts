/**
 * Hours, or days, in rows of 32 meters each: a sweep of all meters writes a row where it would else write 32,
 * and whoever reads an hour of all meters reads as few. A row holds a column of each figure, every one exact.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Instant, Interval } from '../model/instant.ts'
import type { HourUse } from '../model/water-use.ts'

/**
 * With 29 bytes each a row stays below the kilobyte that a leaf of this kind of table holds without an
 * overflow page.
 */
const METERS_A_ROW = 32
const BYTES = METERS_A_ROW * (3 * 8 + 4 + 1)
/** Rows of a kilobyte that whoever saves keeps at hand: 26 hours of 5,010 meters. */
const MOST_AT_HAND = 4_096

const EXACT_FROM = 1
const EXACT_TO = 2
const ESTIMATED_FROM = 4
const ESTIMATED_TO = 8
const KNOWN = 16

/** What 32 meters used from one instant on. */
type UseRow = {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Volumes, then known and measured milliseconds. */
  readonly figures: Float64Array
  readonly lengthsMs: Uint32Array
  readonly flags: Uint8Array
  isChanged: boolean
}

export type UseTable = {
  put(meter: number, use: HourUse): void
  drop(meter: number, start: Instant): void
  /** Nobody has an hour or day there any more. */
  clear(start: Instant): void
  /** For whoever saves: with what was put and not yet written. */
  at(meter: number, start: Instant): HourUse | undefined
  /** What was put and dropped since. */
  write(): void
  /** As if nothing had been put since. */
  forget(): void
}

export const USE_TABLES = ['hour_uses', 'day_uses'] as const

export const USE_SCHEMA = USE_TABLES.map(
  (table) =>
    `CREATE TABLE IF NOT EXISTS ${table} (start INTEGER, part INTEGER, uses BLOB NOT NULL, PRIMARY KEY (start, part)) WITHOUT ROWID;`,
).join('\n')

/** The one writer of its table: what it has at hand is what the table holds. */
export function usesIn(database: DatabaseSync, table: (typeof USE_TABLES)[number]): UseTable {
  const get = database.prepare(`SELECT uses FROM ${table} WHERE start = ? AND part = ?`)
  get.setReturnArrays(true)
  const insert = database.prepare(
    `INSERT INTO ${table} VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET uses = excluded.uses`,
  )
  const remove = database.prepare(`DELETE FROM ${table} WHERE start = ? AND part = ?`)
  const removeAll = database.prepare(`DELETE FROM ${table} WHERE start = ?`)
  let byStart = new Map<Instant, (UseRow | undefined)[]>()
  let atHand = 0
  let changed: { readonly start: Instant; readonly part: number; readonly row: UseRow }[] = []
  // One meter after the other asks for the same few hours.
  let lastStart = Number.NaN
  let lastParts: (UseRow | undefined)[] = []

  function partsAt(start: Instant): (UseRow | undefined)[] {
    if (start === lastStart) return lastParts
    let parts = byStart.get(start)
    if (!parts) {
      parts = []
      byStart.set(start, parts)
    }
    lastStart = start
    lastParts = parts
    return parts
  }
  function rowAt(start: Instant, part: number): UseRow | undefined {
    const parts = partsAt(start)
    const known = parts[part]
    if (known) return known
    const found = get.get(start, part) as unknown as [Uint8Array<ArrayBuffer>] | undefined
    return found && keep(start, part, rowOn(found[0]))
  }
  function keep(start: Instant, part: number, row: UseRow): UseRow {
    if (++atHand > MOST_AT_HAND + 2 * changed.length) letGo()
    partsAt(start)[part] = row
    return row
  }
  /** All but what is still to be written. */
  function letGo(): void {
    byStart = new Map()
    lastStart = Number.NaN
    atHand = changed.length + 1
    for (const { start, part, row } of changed) partsAt(start)[part] = row
  }
  function change(start: Instant, part: number, row: UseRow): void {
    if (row.isChanged) return
    row.isChanged = true
    changed.push({ start, part, row })
  }
  function forget(): void {
    byStart = new Map()
    atHand = 0
    changed.length = 0
    lastStart = Number.NaN
  }

  return {
    put(meter, use) {
      if (!Number.isFinite(use.volumeM3)) throw new Error(`${use.volumeM3} is no volume`)
      const part = Math.floor(meter / METERS_A_ROW)
      const row = rowAt(use.from, part) ?? keep(use.from, part, rowOn(new Uint8Array(BYTES)))
      setUse(row, meter % METERS_A_ROW, use)
      change(use.from, part, row)
    },
    drop(meter, start) {
      const part = Math.floor(meter / METERS_A_ROW)
      const row = rowAt(start, part)
      if (!row?.flags[meter % METERS_A_ROW]) return
      row.flags[meter % METERS_A_ROW] = 0
      change(start, part, row)
    },
    clear(start) {
      byStart.delete(start)
      lastStart = Number.NaN
      changed = changed.filter((one) => one.start !== start)
      removeAll.run(start)
    },
    at(meter, start) {
      const row = rowAt(start, Math.floor(meter / METERS_A_ROW))
      return row && heldUse(row, meter % METERS_A_ROW, start)
    },
    write() {
      changed.sort((a, b) => a.start - b.start || a.part - b.part)
      for (const { start, part, row } of changed) {
        if (row.flags.some((flags) => flags !== 0)) insert.run(start, part, row.bytes)
        else remove.run(start, part)
        row.isChanged = false
      }
      changed.length = 0
    },
    forget,
  }
}

/** The table's hours or days, oldest first; looked up one by one, for a year of all their rows is a gigabyte. */
export function intervalsIn(
  database: DatabaseSync,
  table: (typeof USE_TABLES)[number],
): (range: Interval) => Generator<Interval> {
  const next = database.prepare(
    `SELECT start, uses FROM ${table} WHERE start >= ? AND start < ? ORDER BY start, part LIMIT 1`,
  )
  next.setReturnArrays(true)
  return function* intervals({ from, to }) {
    for (let at = from; ; at++) {
      const row = next.get(at, to) as unknown as [number, Uint8Array<ArrayBuffer>] | undefined
      if (!row) return
      at = row[0]
      const { flags, lengthsMs } = rowOn(row[1])
      const known = flags.findIndex((flag) => flag !== 0)
      yield { from: at, to: at + (lengthsMs[known] ?? 0) }
    }
  }
}

/** What all meters used from one instant on: rows as they lie there, looked into as they are asked for. */
export type UsesThere = {
  /** By the meter's number. */
  at(meter: number): HourUse | undefined
  /** Of each meter that has one. */
  each(take: (meter: number, use: HourUse) => void): void
  /** The greatest number of a meter that has one; -1 where none has. */
  readonly last: number
}

export function usesFor(
  database: DatabaseSync,
  table: (typeof USE_TABLES)[number],
): (start: Instant) => UsesThere {
  const all = database.prepare(`SELECT part, uses FROM ${table} WHERE start = ? ORDER BY part`)
  all.setReturnArrays(true)
  return (start) => {
    const rows: (UseRow | undefined)[] = []
    for (const [part, bytes] of all.all(start) as unknown as [number, Uint8Array<ArrayBuffer>][])
      rows[part] = rowOn(bytes)
    return {
      at(meter) {
        const row = rows[Math.floor(meter / METERS_A_ROW)]
        return row && heldUse(row, meter % METERS_A_ROW, start)
      },
      each(take) {
        for (const [part, row] of rows.entries()) {
          for (let place = 0; row && place < METERS_A_ROW; place++) {
            const use = heldUse(row, place, start)
            if (use) take(part * METERS_A_ROW + place, use)
          }
        }
      },
      get last() {
        const place = rows.at(-1)?.flags.findLastIndex((flags) => flags !== 0) ?? -1
        return place < 0 ? -1 : (rows.length - 1) * METERS_A_ROW + place
      },
    }
  }
}

function rowOn(given: Uint8Array<ArrayBuffer>): UseRow {
  if (given.byteLength !== BYTES) throw new Error(`A row of uses has ${given.byteLength} bytes`)
  const bytes = given.byteOffset % 8 === 0 ? given : given.slice()
  const { buffer, byteOffset } = bytes
  return {
    bytes,
    figures: new Float64Array(buffer, byteOffset, 3 * METERS_A_ROW),
    lengthsMs: new Uint32Array(buffer, byteOffset + 24 * METERS_A_ROW, METERS_A_ROW),
    flags: new Uint8Array(buffer, byteOffset + 28 * METERS_A_ROW, METERS_A_ROW),
    isChanged: false,
  }
}

function setUse({ figures, lengthsMs, flags }: UseRow, place: number, use: HourUse): void {
  figures[place] = use.volumeM3
  figures[METERS_A_ROW + place] = use.knownMs
  figures[2 * METERS_A_ROW + place] = use.measuredMs
  lengthsMs[place] = use.to - use.from
  flags[place] =
    KNOWN |
    (use.exactFrom ? EXACT_FROM : 0) |
    (use.exactTo ? EXACT_TO : 0) |
    (use.estimatedFrom ? ESTIMATED_FROM : 0) |
    (use.estimatedTo ? ESTIMATED_TO : 0)
}

function heldUse(row: UseRow, place: number, from: Instant): HourUse | undefined {
  const flags = row.flags[place] as number
  if (flags === 0) return undefined
  return {
    from,
    to: from + (row.lengthsMs[place] as number),
    volumeM3: row.figures[place] as number,
    knownMs: row.figures[METERS_A_ROW + place] as number,
    measuredMs: row.figures[2 * METERS_A_ROW + place] as number,
    estimatedFrom: (flags & ESTIMATED_FROM) !== 0,
    estimatedTo: (flags & ESTIMATED_TO) !== 0,
    exactFrom: (flags & EXACT_FROM) !== 0,
    exactTo: (flags & EXACT_TO) !== 0,
  }
}
