import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readings } from '../../tests/support/any-readings.ts'
import { chunkPool } from './hot-chunk.ts'
import { hotRows } from './hot-rows.ts'

const ALWAYS = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }

it('what is in memory is what came, in the order in which it came, also in memory that was used before', () => {
  const pool = chunkPool(4)
  fc.assert(
    fc.property(readings(60), (given) => {
      const rows = hotRows(pool)
      for (const [n, reading] of given.entries()) rows.add(reading, 7 + n, n)
      expect(rows.count).toBe(given.length)
      for (const device of new Set(given.map((reading) => reading.device))) {
        const own = given.flatMap((reading, n) =>
          reading.device === device ? [{ reading, offset: 7 + n, ord: n }] : [],
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
  expect(() => rows.add({ device: 'a', at: 1, receivedAt: 1, values }, 1, 0)).toThrow(RangeError)
  rows.add({ device: 'a', at: 2, receivedAt: 2, values: { p: 1 } }, 2, 0)
  expect(rows.of('a', ALWAYS)).toHaveLength(1)
})

it('rows go over the borders of chunks', () => {
  const rows = hotRows()
  for (let n = 0; n < 60_000; n++)
    rows.add({ device: `meter-${n % 3}`, at: n, receivedAt: n, values: { volume: n, word: `n${n}` } }, n, 0)
  expect(rows.chunks.length).toBeGreaterThan(2)
  const found = rows.of('meter-1', ALWAYS)
  expect(found).toHaveLength(20_000)
  expect(found[12_345]?.reading.values).toEqual({ volume: 37_036, word: 'n37036' })
})
