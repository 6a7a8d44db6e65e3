/**
 * Rows of the embedded history for a back-test: the sealed files beside the gateway that owns them, and the
 * journal's tail that is not sealed yet. Values cross as columns of numbers, taken apart by DuckDB, because
 * parsing fifteen million small texts here would cost more than running the rules.
 */
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOUBLE, DuckDBDataChunk, DuckDBInstance, INTEGER, VARCHAR } from '@duckdb/node-api'
import { withoutRepeats } from '../historian/repeats.ts'
import { sealedIn } from '../historian/sealed-files.ts'
import { readingsOf } from '../model/commit.ts'
import { GatehouseError } from '../model/errors.ts'
import type { DeviceId, Reading, Value } from '../model/reading.ts'
import type { JournalTail } from './journal-tail.ts'
import { type HistoryRows, KEPT_BEFORE_MS, type RepeatsOf, type RowsQuery } from './rows.ts'
import type { PointType } from './setup.ts'

const MEMORY_MB = 384
const VECTOR = 2_048
/** Files that were listed may be merged into others meanwhile: the part is asked again. */
const ATTEMPTS = 5

const text = (value: string) => `'${value.replaceAll("'", "''")}'`
const name = (value: string) => `"${value.replaceAll('"', '""')}"`

export type SealedRowsParts = {
  readonly folder: string
  readonly tail: JournalTail
  readonly pointsOf: (devices: readonly DeviceId[]) => ReadonlyMap<string, PointType>
  readonly repeatsBy: RepeatsOf
}

export async function sealedRows({
  folder,
  tail,
  pointsOf,
  repeatsBy,
}: SealedRowsParts): Promise<HistoryRows> {
  const temporary = join(tmpdir(), `gatehouse-backtest-${process.pid}`)
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${MEMORY_MB}MB`,
    threads: '1',
    temp_directory: temporary,
    max_temp_directory_size: '8GB',
    autoinstall_known_extensions: 'false',
  })
  const connection = await instance.connect()
  await connection.run('SET GLOBAL parquet_metadata_cache = true')
  // Listed first: what is sealed from here on is in the journal all the same.
  let files = sealedIn(folder)
  const sealedTo = files.at(-1)?.to ?? 0
  await connection.run(
    'CREATE TEMP TABLE tail (device VARCHAR, measured_at DOUBLE, received_at DOUBLE, journal_offset DOUBLE, ord INTEGER, said VARCHAR, doubts VARCHAR)',
  )
  await appendTail()
  await connection.run('CREATE TEMP TABLE part (id INTEGER, device VARCHAR)')

  async function appendTail(): Promise<void> {
    const types = [VARCHAR, DOUBLE, DOUBLE, DOUBLE, INTEGER, VARCHAR, VARCHAR]
    const appender = await connection.createAppender('tail')
    let rows: (string | number | null)[][] = []
    const flush = () => {
      if (rows.length === 0) return
      const chunk = DuckDBDataChunk.create(types, rows.length)
      chunk.setRows(rows)
      appender.appendDataChunk(chunk)
      rows = []
    }
    for (const commit of tail.after(sealedTo)) {
      for (const [ord, { device, at, receivedAt, values, doubts }] of readingsOf(commit).entries()) {
        const said = JSON.stringify(values)
        rows.push([device, at, receivedAt, commit.offset, ord, said, doubts ? JSON.stringify(doubts) : null])
        if (rows.length === VECTOR) flush()
      }
    }
    flush()
    appender.closeSync()
  }

  const all = () => {
    const sealed = files.map((file) => text(join(folder, file.name)))
    const columns =
      'device, measured_at::DOUBLE AS measured_at, received_at::DOUBLE AS received_at, journal_offset::DOUBLE AS journal_offset, ord, said, doubts'
    const parts = ['SELECT * FROM tail']
    if (sealed.length > 0) {
      parts.push(
        `SELECT ${columns} FROM read_parquet([${sealed.join(', ')}]) WHERE journal_offset <= ${sealedTo}`,
      )
    }
    return `(${parts.join(' UNION ALL ')})`
  }

  const retried = async <T>(task: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await task()
      } catch (cause) {
        const before = files.map((file) => file.name).join()
        files = sealedIn(folder)
        if (attempt === ATTEMPTS || files.map((file) => file.name).join() === before) {
          throw new GatehouseError(
            'historian-busy',
            `The history cannot be read: ${(cause as Error).message}`,
            { cause },
          )
        }
      }
    }
  }

  const span = (from: number, to: number) =>
    `measured_at >= ${Math.trunc(from)} AND measured_at < ${Math.trunc(to)}`

  /** Kept by a device from before the interval, and received in it. */
  const heardIn = (from: number, to: number) =>
    `${span(from - KEPT_BEFORE_MS, to)} AND (measured_at >= ${Math.trunc(from)} OR received_at >= ${Math.trunc(from)})`

  async function choose(devices: readonly DeviceId[]): Promise<void> {
    await connection.run('DELETE FROM part')
    const appender = await connection.createAppender('part')
    for (const [id, device] of devices.entries()) {
      appender.appendInteger(id)
      appender.appendVarchar(device)
      appender.endRow()
    }
    appender.closeSync()
  }

  /** Sorted as text and taken apart behind it: most devices say few of the points that their profile has. */
  async function* rows({ devices, from, to, order }: RowsQuery): AsyncGenerator<readonly Reading[]> {
    const points = [...pointsOf(devices)]
    const [least = '', most = ''] = [minOf(devices), maxOf(devices)]
    const by = order === 'measured' ? 'measured_at, journal_offset, ord' : 'received_at, journal_offset, ord'
    const sorted = `SELECT p.id, h.measured_at, h.received_at, h.doubts, h.said
      FROM ${all()} h JOIN part p ON p.device = h.device
      WHERE h.device >= ${text(least)} AND h.device <= ${text(most)} AND ${heardIn(from, to)} ORDER BY ${by}`
    const result = await connection.stream(
      `SELECT id, measured_at, received_at, coalesce(doubts, '')${columnsOf(points)}
       FROM (SELECT * EXCLUDE (said), ${takenApart(points)} AS j FROM (${sorted}))`,
    )
    for (;;) {
      const chunk = await result.fetchChunk()
      if (!chunk || chunk.rowCount === 0) return
      yield readingsIn(chunk, devices, points)
    }
  }

  return {
    async counts({ from, to }) {
      const counted = await retried(() =>
        connection.runAndReadAll(
          `SELECT device, count(*)::DOUBLE FROM ${all()} WHERE ${span(from, to)} GROUP BY device`,
        ),
      )
      return new Map(counted.getRows() as [string, number][])
    },
    async *read(query) {
      if (query.devices.length === 0) return
      await choose(query.devices)
      // The rows are sorted before the first of them comes: by then every file has been read.
      const first = await retried(async () => {
        const read = rows(query)
        return { read, next: await read.next() }
      })
      const repeats = repeatsIn(repeatsBy)
      for (let { next } = first; !next.done; next = await first.read.next()) yield repeats.pass(next.value)
      yield repeats.end()
    },
    async [Symbol.asyncDispose]() {
      connection.closeSync()
      instance.closeSync()
      rmSync(temporary, { recursive: true, force: true })
    },
  }
}

const minOf = (devices: readonly DeviceId[]) =>
  devices.reduce((least, device) => (device < least ? device : least))
const maxOf = (devices: readonly DeviceId[]) =>
  devices.reduce((most, device) => (device > most ? device : most))

type Points = readonly (readonly [point: string, type: PointType])[]

/** Points told apart by the bits of one number. */
const BITS = 30
const NOTHING: Readonly<Record<PointType, string>> = {
  DOUBLE: '0',
  BOOLEAN: 'false',
  VARCHAR: "''",
  JSON: "'0'",
}

const takenApart = (points: Points) =>
  points.length > 0 ? `from_json(said, ${text(JSON.stringify(Object.fromEntries(points)))})` : 'NULL'

/**
 * A number of bits for each thirty points, set where a point was said, then the points without a null: to ask
 * each cell costs more than all the rest.
 */
function columnsOf(points: Points): string {
  const bits = inThirties(points).map((some) =>
    some.map(([point], bit) => `(j.${name(point)} IS NOT NULL)::INTEGER * ${2 ** bit}`).join(' + '),
  )
  const values = points.map(([point, type]) => `coalesce(j.${name(point)}, ${NOTHING[type]})`)
  return [...bits, ...values].map((column) => `, ${column}`).join('')
}

const inThirties = (points: Points): Points[] =>
  Array.from({ length: Math.ceil(points.length / BITS) }, (_, nth) =>
    points.slice(nth * BITS, (nth + 1) * BITS),
  )

/** The columns of `columnsOf` behind four others. */
function readingsIn(chunk: DuckDBDataChunk, devices: readonly DeviceId[], points: Points): Reading[] {
  const column = (index: number) => chunk.getColumnVector(index)
  const [id, at, receivedAt, doubts] = [column(0), column(1), column(2), column(3)]
  const thirties = inThirties(points).map((some, nth) => ({
    bits: column(4 + nth),
    cells: some.map(([point, type], bit) => ({
      point,
      type,
      bit: 2 ** bit,
      values: column(4 + Math.ceil(points.length / BITS) + nth * BITS + bit),
    })),
  }))
  const readings: Reading[] = []
  const { rowCount } = chunk // asked once: it crosses into the library
  for (let row = 0; row < rowCount; row++) {
    const said: Record<string, Value> = {}
    for (const { bits, cells } of thirties) {
      const there = bits.getItem(row) as number
      for (const { point, type, bit, values } of cells) {
        if ((there & bit) === 0) continue
        const value = values.getItem(row) as Value
        said[point] = type === 'JSON' ? (JSON.parse(value as string) as Value) : value
      }
    }
    const reading = {
      device: devices[id.getItem(row) as number] as DeviceId,
      at: at.getItem(row) as number,
      receivedAt: receivedAt.getItem(row) as number,
      values: said,
    }
    const doubted = doubts.getItem(row) as string
    readings.push(doubted ? { ...reading, doubts: JSON.parse(doubted) } : reading)
  }
  return readings
}

/**
 * Drops repeats as the history does when it is read; they stand at one instant, so in order of measurement
 * they are neighbours.
 */
function repeatsIn(repeatsBy: RepeatsOf) {
  const instant: Reading[] = []
  const settle = (): readonly Reading[] => {
    if (!isSaidTwice(instant)) return instant
    return [...Map.groupBy(instant, ({ device }) => device)].flatMap(([device, own]) => [
      ...withoutRepeats(
        own.map((reading, ord) => ({ reading, offset: 0, ord })),
        repeatsBy(device),
      ),
    ])
  }
  return {
    pass(rows: readonly Reading[]): readonly Reading[] {
      const passed: Reading[] = []
      for (const reading of rows) {
        if (instant[0] && instant[0].at !== reading.at) {
          if (instant.length === 1) passed.push(instant[0])
          else passed.push(...settle())
          instant.length = 0
        }
        instant.push(reading)
      }
      return passed
    },
    end: () => [...settle()],
  }
}

/** Hardly ever more than a few devices speak in one millisecond: looking at pairs is faster than any set. */
function isSaidTwice(instant: readonly Reading[]): boolean {
  if (instant.length > 64) return new Set(instant.map(({ device }) => device)).size < instant.length
  return instant.some(({ device }, index) => {
    for (let other = index + 1; other < instant.length; other++)
      if (instant[other]?.device === device) return true
    return false
  })
}
