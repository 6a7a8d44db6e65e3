/** Readings of every sort a profile could make, for properties. */
import fc from 'fast-check'
import type { Reading } from '../../src/model/reading.ts'

const point = fc.constantFrom('volume', 'flow', 'battery', 'plate', 'open', 'state "of" it', '状态')
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0), // no minus zero: JSON has none
  fc.integer({ min: -1_000, max: 100_000 }).map((n) => n / 100),
  fc.boolean(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('京A·12345', '', '"', '\\', '\u2028', '\ud800'),
)

export const readings = (maxLength: number): fc.Arbitrary<Reading[]> =>
  fc.array(
    fc
      .record({
        device: fc.constantFrom('meter-1', 'meter-10', 'meter-2', 'gate-9'),
        at: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -8.64e15, max: 8.64e15 })),
        receivedAt: fc.integer({ min: 0, max: 8.64e15 }),
        values: fc.dictionary(point, value, { maxKeys: 4, noNullPrototype: true }),
        doubts: fc.option(
          fc.dictionary(point, fc.constantFrom('bad' as const, 'uncertain' as const), {
            minKeys: 1,
            maxKeys: 2,
            noNullPrototype: true,
          }),
          { freq: 3, nil: undefined },
        ),
      })
      .map(({ doubts, ...reading }) => (doubts ? { ...reading, doubts } : reading)),
    { maxLength },
  )
