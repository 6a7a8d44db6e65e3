import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JournalRecord } from '../model/commit.ts'
import { decodeRecords, encodeRecords } from './codec.ts'

const value = fc.oneof(fc.double(), fc.string({ unit: 'binary' }), fc.boolean(), fc.constant(-0))
const point = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('__proto__', 'constructor', 'toString'))
const values = fc
  .array(fc.tuple(point, value), { maxLength: 6 })
  .map((pairs) => Object.fromEntries(pairs) as Record<string, number | string | boolean>)
const record: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc.record({ is: fc.constant('reading' as const), device: fc.string(), at: fc.integer(), values }),
  fc.record({
    is: fc.constant('reading' as const),
    device: fc.string(),
    at: fc.integer(),
    values,
    doubts: fc.constant({ volume: 'bad' as const }),
  }),
  fc.record({
    is: fc.constant('dead-letter' as const),
    source: fc.string(),
    topic: fc.string({ unit: 'binary' }),
    code: fc.string(),
    reason: fc.string({ unit: 'binary' }),
    payload: fc.base64String(),
  }),
  fc.record({
    is: fc.constant('gap' as const),
    source: fc.string(),
    from: fc.integer(),
    to: fc.integer(),
    reason: fc.string(),
  }),
  fc.record({
    is: fc.constant('link' as const),
    source: fc.string(),
    state: fc.constantFrom('up' as const, 'down' as const),
  }),
)

it('brings back every record as it was, also -0, NaN and points named like parts of an object', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), (records) => {
      const back = decodeRecords(encodeRecords(records))
      expect(back).toHaveLength(records.length)
      for (const [i, sent] of records.entries()) {
        const got = back[i] as JournalRecord
        expect(Object.keys(got)).toEqual(Object.keys(sent))
        if (sent.is !== 'reading' || got.is !== 'reading') {
          expect(got).toEqual(sent)
          continue
        }
        const [a, b] = [Object.entries(sent.values), Object.entries(got.values)]
        expect(b.map(([name]) => name)).toEqual(a.map(([name]) => name))
        for (const [n, [, said]] of a.entries()) expect(Object.is(said, b[n]?.[1])).toBe(true)
        expect(got.doubts).toEqual(sent.doubts)
      }
    }),
  )
})

it('tells a damaged commit by its checksum, wherever a bit has turned', () => {
  const whole = encodeRecords([{ is: 'reading', device: 'meter-1', at: 1, values: { volume: 1.5 } }])
  for (let byte = 0; byte < whole.length; byte++) {
    const damaged = Uint8Array.from(whole, (old, n) => (n === byte ? old ^ 0x10 : old))
    expect(() => decodeRecords(damaged)).toThrow(RangeError)
  }
  expect(() => decodeRecords(new Uint8Array(3))).toThrow(RangeError)
})
