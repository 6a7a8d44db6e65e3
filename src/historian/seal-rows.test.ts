/** The files of our own writer, read by DuckDB, which knows nothing of it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readings } from '../../tests/support/any-readings.ts'
import type { Reading } from '../model/reading.ts'
import { inColumns } from '../model/reading-columns.ts'
import { hotRows } from './hot-rows.ts'
import { sealRows } from './seal-rows.ts'

let folder = ''
let files = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-seal-rows-'))
})
afterAll(() => rm(folder, { recursive: true }))

const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
const connection = await instance.connect()
const asked = async (sql: string) => (await connection.runAndReadAll(sql)).getRows()

type Placed = { readonly reading: Reading; readonly offset: number; readonly ord: number }

function sealed(given: readonly Placed[]) {
  const rows = hotRows()
  for (const [offset, own] of Map.groupBy(given, (placed) => placed.offset)) {
    const readings = own.map(({ reading }) => reading)
    rows.add(inColumns(readings), { offset, receivedAt: readings[0]?.receivedAt ?? 0 })
  }
  const path = join(folder, `${++files}.parquet`)
  return { path, written: sealRows(rows, path) }
}

const inOrder = (a: Placed, b: Placed) =>
  Buffer.compare(Buffer.from(a.reading.device), Buffer.from(b.reading.device)) ||
  a.reading.at - b.reading.at ||
  a.offset - b.offset ||
  a.ord - b.ord

const rowOf = ({ reading: { device, at, receivedAt, values, doubts }, offset, ord }: Placed) => [
  device,
  BigInt(at),
  BigInt(receivedAt),
  BigInt(offset),
  ord,
  JSON.stringify(values),
  doubts ?? null,
]

/** Doubts are told in the order of the points. */
const read = async (path: string) =>
  (await asked(`SELECT * FROM '${path}'`)).map((row) => [
    ...row.slice(0, -1),
    JSON.parse((row.at(-1) as string | null) ?? 'null'),
  ])

describe('what is sealed', () => {
  it('reads as what came, by device, instant and place in the journal', async () => {
    await fc.assert(
      fc.asyncProperty(readings(80), fc.integer({ min: 1, max: 2 ** 40 }), async (given, first) => {
        const placed = given.map((reading, n) => {
          const { receivedAt } = given[n - (n & 7)] as Reading
          return { reading: { ...reading, receivedAt }, offset: first + (n >> 3), ord: n & 7 }
        })
        const { path, written } = sealed(placed)
        expect(await read(path)).toEqual(placed.toSorted(inOrder).map(rowOf))
        const content = await readFile(path)
        expect(written.checksum).toBe(crc32(content).toString(16).padStart(8, '0'))
        expect(written.readings).toBe(given.length)
        if (given.length === 0) return
        expect(written.earliest).toBe(Math.min(...given.map(({ at }) => at)))
        expect(written.latest).toBe(Math.max(...given.map(({ at }) => at)))
        expect(written.receivedAt).toBe(Math.max(...placed.map(({ reading }) => reading.receivedAt)))
      }),
      { numRuns: 60 },
    )
  })

  it('has row groups with bounds, so that one device is found without reading the others', async () => {
    const given = Array.from({ length: 70_000 }, (_, n) => {
      const device = `meter-${String(n % 1_000).padStart(4, '0')}`
      const values = { volume: n / 16, open: n % 2 === 0, word: `n ${n % 50}` }
      return {
        reading: { device, at: 1_700_000_000_000 + n * 997, receivedAt: n, values },
        offset: n,
        ord: 0,
      }
    })
    const { path } = sealed(given)
    expect(await read(path)).toEqual(given.toSorted(inOrder).map(rowOf))
    const bounds = await asked(
      `SELECT row_group_num_rows, stats_min_value, stats_max_value FROM parquet_metadata('${path}') WHERE path_in_schema = 'device' ORDER BY row_group_id`,
    )
    expect(bounds).toEqual([
      [32_768n, 'meter-0000', 'meter-0468'],
      [32_768n, 'meter-0468', 'meter-0936'],
      [4_464n, 'meter-0936', 'meter-0999'],
    ])
    const types = await asked(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '${path}')`)
    expect(types).toEqual([
      ['device', 'VARCHAR'],
      ['measured_at', 'BIGINT'],
      ['received_at', 'BIGINT'],
      ['journal_offset', 'BIGINT'],
      ['ord', 'INTEGER'],
      ['said', 'VARCHAR'],
      ['doubts', 'VARCHAR'],
    ])
    const query = `SELECT count(*) FROM '${path}' WHERE device = 'meter-0500' AND measured_at >= 0`
    expect(await asked(query)).toEqual([[70n]])
  })

  it('stands with long texts, in row groups that memory can hold', async () => {
    const given = Array.from({ length: 400 }, (_, n) => {
      const values = { note: `${n}`.repeat(30_000) }
      return { reading: { device: 'gate-1', at: n, receivedAt: n, values }, offset: n, ord: 0 }
    })
    const { path } = sealed(given)
    expect(await read(path)).toEqual(given.map(rowOf))
    const [[groups]] = (await asked(
      `SELECT count(DISTINCT row_group_id) FROM parquet_metadata('${path}')`,
    )) as [[bigint]]
    expect(Number(groups)).toBeGreaterThan(1)
  })

  it('is never written over another file', () => {
    const given = [{ reading: { device: 'a', at: 1, receivedAt: 1, values: {} }, offset: 1, ord: 0 }]
    const { path } = sealed(given)
    expect(() => sealRows(hotRows(), path)).toThrow(/EEXIST/)
  })
})
