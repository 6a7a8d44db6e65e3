import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readings } from '../../tests/support/any-readings.ts'
import { believed, type Reading } from './reading.ts'
import { eachNotOvertaken, eachReading, inColumns, readingsIn, type TellReading } from './reading-columns.ts'
import { placeOfNumber } from './shape.ts'

const ofOneCommit = readings(40).map((given) =>
  given.map((reading): Reading => ({ ...reading, receivedAt: 7 })),
)

it('readings in columns are the readings that went in, of whatever kind and doubt', () => {
  fc.assert(
    fc.property(ofOneCommit, (given) => {
      const made = readingsIn(inColumns(given), 7)
      expect(made).toStrictEqual(given)
      expect(made.map(({ values }) => Object.keys(values))).toEqual(
        given.map(({ values }) => Object.keys(values)),
      )
    }),
  )
})

it('a point may be named like a part of every object', () => {
  const values = JSON.parse('{"__proto__": 1, "constructor": "x", "volume": 2}')
  const doubts = { toString: 'bad' } as const
  const given = [
    { device: 'm', at: 1, receivedAt: 7, values },
    { device: 'm', at: 2, receivedAt: 7, values, doubts },
    { device: 'm', at: 3, receivedAt: 7, values: JSON.parse('{"__proto__": 1, "volume": 2}') },
  ]
  expect(readingsIn(inColumns(given), 7)).toStrictEqual(given)
})

it('a number of a reading is believed by its shape as it is by itself', () => {
  fc.assert(
    fc.property(ofOneCommit, fc.constantFrom('volume', 'plate', 'nobody'), (given, point) => {
      const columns = inColumns(given)
      const told: (number | 'bad' | 'absent')[] = []
      eachReading(columns, (_device, shape, _at, first) => {
        const place = placeOfNumber(columns.shapes[shape] ?? { points: [], kinds: [] }, point)
        told.push(typeof place === 'number' ? (columns.numbers[first + place] ?? 'absent') : place)
      })
      expect(told).toEqual(given.map((reading) => believed(reading, point)))
    }),
  )
})

it('nothing that is the newest is left out where the overtaken are', () => {
  /** Who keeps what is not older than what it knows. */
  const newestBy = (walk: (tell: TellReading) => void) => {
    const newest = new Map<string, { at: number; number: number | undefined }>()
    const columns = inColumns(few)
    walk((device, shape, at, first) => {
      columns.shapes[shape]?.points.forEach((point, n) => {
        const key = `${columns.devices[device]} ${point}`
        if ((newest.get(key)?.at ?? at) <= at) newest.set(key, { at, number: columns.numbers[first + n] })
      })
    })
    return newest
  }
  let few: Reading[] = []
  const reading = fc.record({
    device: fc.constantFrom('a', 'b'),
    at: fc.integer({ min: 0, max: 4 }),
    receivedAt: fc.constant(7),
    values: fc.record({ volume: fc.integer(), flow: fc.integer() }, { requiredKeys: ['volume'] }),
  })
  let toldOf = 0
  let given = 0
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 30 }), (some) => {
      few = some
      const columns = inColumns(some)
      given += some.length
      eachNotOvertaken(columns, () => toldOf++)
      expect(newestBy((tell) => eachNotOvertaken(columns, tell))).toEqual(
        newestBy((tell) => eachReading(columns, tell)),
      )
    }),
  )
  expect(toldOf).toBeLessThan(given)
})
