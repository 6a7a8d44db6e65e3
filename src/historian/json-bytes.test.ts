import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NUMBER_BYTES, putNumber } from './json-bytes.ts'

const written = (value: number) => {
  const into = new Uint8Array(NUMBER_BYTES + 10).fill(120)
  const end = putNumber(into, 0, value)
  return { text: Buffer.from(into.subarray(0, end)).toString(), rest: into.subarray(end) }
}

describe('a number in a sealed file stands as JSON has it', () => {
  it.each([
    0,
    -0,
    1,
    9,
    10,
    -1,
    0.1,
    0.3,
    0.1 + 0.2,
    1284.0625,
    999_999_999,
    999_999_999.999999,
    1e9,
    1e9 + 0.5,
    1e-6,
    1e-7,
    0.000001,
    0.0000011,
    123.45,
    1e15,
    2 ** 53,
    1e21,
    5e-324,
    Number.MAX_VALUE,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ])('%d', (value) => {
    expect(written(value).text).toBe(JSON.stringify(value))
  })

  it('whatever a meter says', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double(),
          fc.integer(),
          fc.maxSafeInteger(),
          fc.tuple(fc.integer(), fc.nat(9)).map(([digits, decimals]) => digits / 10 ** decimals),
          fc.tuple(fc.double({ min: 0, max: 2e9 }), fc.nat(8)).map(([n, d]) => Number(n.toFixed(d))),
        ),
        (value) => {
          const { text, rest } = written(value)
          expect(text).toBe(JSON.stringify(value))
          expect(text.length).toBeLessThanOrEqual(NUMBER_BYTES)
          expect(rest.every((byte) => byte === 120)).toBe(true)
        },
      ),
      { numRuns: 5_000 },
    )
  })
})
