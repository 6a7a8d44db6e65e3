import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JournalRecord, PartsInColumns } from '../model/commit.ts'
import { madeOf, readingsIn } from '../model/reading-columns.ts'
import { decodeParts, decodeRecords, encodeCommit, encodeRecords } from './codec.ts'

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

const said = (n: number): JournalRecord => ({
  is: 'reading',
  device: `meter-${n % 3}`,
  at: 1_000 * n,
  values: { volume: n / 7, flow: -0 },
})

it('gives readings and remarks apart exactly as they stand in the records', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), (records) => {
      const bytes = encodeRecords(records)
      const expected = {
        samples: records.flatMap((record) => {
          if (record.is !== 'reading') return []
          const { is: _reading, ...sample } = record
          return [sample]
        }),
        remarks: records.filter(({ is }) => is !== 'reading'),
      }
      const told = ({ columns, remarks }: PartsInColumns) => ({
        samples: madeOf(columns, (device, at, values, doubts) => ({
          device,
          at,
          values,
          ...(doubts && { doubts }),
        })),
        remarks,
      })
      expect(told(decodeParts(bytes))).toEqual(expected)
      const { body, parts } = encodeCommit(records)
      expect(told(parts(structuredClone(body, { transfer: [body.buffer] })))).toEqual(expected)
    }),
  )
})

it('tells a damaged commit by its checksum, wherever a bit has turned', () => {
  for (const readings of [1, 10]) {
    const whole = encodeRecords(Array.from({ length: readings }, (_, n) => said(n)))
    for (let byte = 0; byte < whole.length; byte++) {
      const damaged = Uint8Array.from(whole, (old, n) => (n === byte ? old ^ 0x10 : old))
      expect(() => decodeRecords(damaged)).toThrow(RangeError)
    }
  }
  expect(() => decodeRecords(new Uint8Array(3))).toThrow(RangeError)
})

it('keeps a sweep of meters in less than half the room of its text, each record in its place', () => {
  const link = { is: 'link', source: 'north', state: 'up' } as const
  const doubted = { ...said(7), doubts: { volume: 'bad' } } as JournalRecord
  const records = [link, ...Array.from({ length: 200 }, (_, n) => said(n)), doubted, said(200), link]
  const bytes = encodeRecords(records)
  expect(decodeRecords(bytes)).toEqual(records)
  expect(bytes.length).toBeLessThan(JSON.stringify(records).length / 2)
})

it('gives each device of a mixed commit its own points back, in their order', () => {
  const plain = fc
    .uniqueArray(fc.constantFrom('volume', 'flow', 'battery', 'level'), { minLength: 1 })
    .chain((points) =>
      fc.record({
        is: fc.constant('reading' as const),
        device: fc.constantFrom('meter-1', 'meter-2', 'tank-1'),
        at: fc.integer(),
        values: fc.record(Object.fromEntries(points.map((point) => [point, fc.double({ noNaN: true })]))),
      }),
    )
  fc.assert(
    fc.property(fc.array(plain, { minLength: 3, maxLength: 12 }), (records) => {
      const back = decodeRecords(encodeRecords(records))
      expect(back).toEqual(records)
      const points = (all: readonly JournalRecord[]) =>
        all.map((one) => one.is === 'reading' && Object.keys(one.values))
      expect(points(back)).toEqual(points(records))
    }),
  )
})

it('reads journals in which every record is text', () => {
  const older = (version: number, text: string) => {
    const body = Buffer.alloc(5 + text.length)
    body.write(text, 5)
    body.writeUInt8(version, 0)
    body.writeUInt32LE(crc32(body.subarray(5)), 1)
    return body
  }
  expect(decodeRecords(older(1, JSON.stringify([said(1)])))).toEqual([
    { ...said(1), values: { volume: 1 / 7, flow: 0 } },
  ])
  const odd = '[{"is":"reading","device":"meter-1","at":5,"values":{"volume":["NaN"],"flow":["-0"]}}]'
  expect(decodeRecords(older(2, odd))).toEqual([
    { ...said(1), at: 5, values: { volume: Number.NaN, flow: -0 } },
  ])
})

it('reads journals in which only readings of numbers are in columns', () => {
  const door = { is: 'reading', device: 'gate-1', at: 3, values: { door: 'open', tilt: -0 } } as const
  const link = { is: 'link', source: 'north', state: 'up' } as const
  const older = (others: readonly object[]) => {
    const [at, numbers] = [Float64Array.of(5, 6, 7), Float64Array.of(1, -0, 2.5)]
    const [device, shape] = [Uint32Array.of(0, 1, 0), Uint32Array.of(0, 0, 0)]
    const names = { devices: ['meter-1', 'meter-2'], shapes: [['volume']], others, places: [1, 4] }
    const parts = [Uint32Array.of(3, 3), at, numbers, device, shape].map(({ buffer }) => Buffer.from(buffer))
    const body = Buffer.concat([Buffer.alloc(8), ...parts, Buffer.from(JSON.stringify(names))])
    body.writeUInt8(3, 0)
    body.writeUInt32LE(crc32(body.subarray(5)), 1)
    return body
  }
  const volume = (device: string, at: number, m3: number) => ({
    is: 'reading',
    device,
    at,
    values: { volume: m3 },
  })
  const [first, second, third] = [
    volume('meter-1', 5, 1),
    volume('meter-2', 6, -0),
    volume('meter-1', 7, 2.5),
  ]
  expect(decodeRecords(older([link, link]))).toEqual([first, link, second, third, link])
  expect(decodeParts(older([link, link])).columns).toMatchObject({
    devices: ['meter-1', 'meter-2'],
    shapes: [{ points: ['volume'] }],
  })
  const mixed = older([{ ...door, values: { door: 'open', tilt: ['-0'] } }, link])
  expect(decodeRecords(mixed)).toEqual([first, door, second, third, link])
  const { columns, remarks } = decodeParts(mixed)
  expect(readingsIn(columns, 9).map(({ device, values }) => [device, values])).toEqual([
    ['meter-1', { volume: 1 }],
    ['gate-1', { door: 'open', tilt: -0 }],
    ['meter-2', { volume: -0 }],
    ['meter-1', { volume: 2.5 }],
  ])
  expect(remarks).toEqual([link])
})
