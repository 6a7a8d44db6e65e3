import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readings } from '../../tests/support/any-readings.ts'
import { inColumns } from '../model/reading-columns.ts'
import { chunkPool } from './hot-chunk.ts'
import { hotRows } from './hot-rows.ts'

const ALWAYS = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }

it('what is in memory is what came, in the order in which it came, also in memory that was used before', () => {
  const pool = chunkPool(4)
  fc.assert(
    fc.property(readings(60), (given) => {
      const rows = hotRows(pool)
      for (const [n, reading] of given.entries())
        rows.add(inColumns([reading]), { offset: 7 + n, receivedAt: reading.receivedAt })
      expect(rows.count).toBe(given.length)
      for (const device of new Set(given.map((reading) => reading.device))) {
        const own = given.flatMap((reading, n) =>
          reading.device === device ? [{ reading, offset: 7 + n, ord: 0 }] : [],
        )
        expect(rows.of(device, ALWAYS)).toStrictEqual(own)
        const [some] = own
        const at = some?.reading.at as number
        expect(rows.of(device, { from: at, to: at + 1 })).toStrictEqual(
          own.filter(({ reading }) => reading.at >= at && reading.at < at + 1),
        )
      }
      expect(rows.of('nobody', ALWAYS)).toEqual([])
      rows.release()
      expect(rows.count).toBe(0)
    }),
  )
})

it('a reading of more points than a chunk has room for is refused, and nothing else with it', () => {
  const rows = hotRows()
  const values = Object.fromEntries(Array.from({ length: 131_072 }, (_, n) => [`p${n}`, n]))
  const small = { device: 'a', at: 2, values: { p: 1 } }
  const commit = inColumns([small, { device: 'a', at: 1, values }])
  expect(() => rows.add(commit, { offset: 1, receivedAt: 1 })).toThrow(RangeError)
  rows.add(inColumns([small]), { offset: 2, receivedAt: 2 })
  expect(rows.of('a', ALWAYS)).toHaveLength(1)
})

it('rows go over the borders of chunks', () => {
  const rows = hotRows()
  const said = Array.from({ length: 60_000 }, (_, n) => ({
    device: `meter-${n % 3}`,
    at: n,
    values: { volume: n, word: `n${n}` },
  }))
  rows.add(inColumns(said.slice(0, 50_000)), { offset: 1, receivedAt: 1 })
  rows.add(inColumns(said.slice(50_000)), { offset: 2, receivedAt: 2 })
  expect(rows.chunks.length).toBeGreaterThan(2)
  const found = rows.of('meter-1', ALWAYS)
  expect(found).toHaveLength(20_000)
  expect(found[12_345]?.reading.values).toEqual({ volume: 37_036, word: 'n37036' })
  expect(found[17_000]).toMatchObject({ offset: 2, ord: 1_001, reading: { at: 51_001 } })
})
