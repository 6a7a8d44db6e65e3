import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sparkplugPayload, TYPE, type WrittenMetric } from '../../tests/support/sparkplug.ts'
import { readSparkplug, type SparkplugPayload } from './sparkplug-payload.ts'
import { rebirthCommand } from './sparkplug-rebirth.ts'
import { metricValue } from './sparkplug-value.ts'

const U64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

const someMetric: fc.Arbitrary<WrittenMetric> = fc.record(
  {
    name: fc.string({ unit: 'grapheme' }),
    alias: U64,
    timestamp: U64,
    datatype: fc.integer({ min: 0, max: 40 }),
    isHistorical: fc.boolean(),
    isTransient: fc.boolean(),
    isNull: fc.boolean(),
    quality: fc.constantFrom(0, 192, 500),
  },
  { requiredKeys: [] },
)

const someValue: fc.Arbitrary<[WrittenMetric, object]> = fc.oneof(
  U64.map((value): [WrittenMetric, object] => [{ long: value }, { is: 'integer', value }]),
  fc
    .float({ noNaN: true })
    .map((value): [WrittenMetric, object] => [{ float: value }, { is: 'float', value }]),
  fc.double().map((value): [WrittenMetric, object] => [{ double: value }, { is: 'double', value }]),
  fc.boolean().map((value): [WrittenMetric, object] => [{ boolean: value }, { is: 'boolean', value }]),
  fc
    .string({ unit: 'grapheme' })
    .map((value): [WrittenMetric, object] => [{ string: value }, { is: 'string', value }]),
)

it('reads what an edge node writes', () => {
  fc.assert(
    fc.property(U64, U64, fc.array(fc.tuple(someMetric, someValue)), (timestamp, seq, written) => {
      const metrics = written.map(([metric, [value]]) => ({ ...metric, ...value }))
      const read = readSparkplug(sparkplugPayload({ timestamp, seq, metrics })) as SparkplugPayload
      expect(read.timestamp).toBe(timestamp)
      expect(read.seq).toBe(seq)
      expect(read.metrics).toEqual(
        written.map(([metric, [, said]]) => ({
          name: metric.name,
          alias: metric.alias,
          timestamp: metric.timestamp,
          datatype: metric.datatype,
          isHistorical: metric.isHistorical ?? false,
          isTransient: metric.isTransient ?? false,
          isNull: metric.isNull ?? false,
          quality: metric.quality === undefined ? undefined : BigInt(metric.quality),
          said,
        })),
      )
    }),
  )
})

it('never throws, whatever the bytes, and gives a payload or words', () => {
  const broken = fc
    .tuple(fc.array(someMetric), fc.nat(), fc.nat(255), fc.nat())
    .map(([metrics, place, byte, length]) => {
      const bytes = sparkplugPayload({ timestamp: 1, seq: 2, metrics })
      if (bytes.length > 0) bytes[place % bytes.length] = byte
      return bytes.subarray(0, length % (bytes.length + 1))
    })
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), broken), (bytes) => {
      const read = readSparkplug(bytes)
      if ('code' in read) expect(read.reason).toMatch(/^not a Sparkplug B payload: /)
      else for (const { said, datatype } of read.metrics) if (said) metricValue(said, datatype)
    }),
    { numRuns: 2000 },
  )
})

it.each<[string, number[], RegExp]>([
  ['a field that is cut off', [0x12, 5, 1], /field 2 is cut off/],
  ['a length of 2^63', [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], /field 2 is cut off/],
  ['a number without an end', [0x08, ...Array(11).fill(0xff)], /field 1 is cut off/],
  ['a group', [0x0b], /field 1 is of no wire type/],
  ['a field 0', [0x00, 0x01], /a field has the number 0/],
  ['a name that is not UTF-8', [0x12, 3, 0x0a, 1, 0xff], /metric 1: its name is not UTF-8/],
])('refuses %s', (_what, bytes, reason) => {
  expect(readSparkplug(Uint8Array.from(bytes))).toEqual({
    code: 'payload-shape',
    reason: expect.stringMatching(reason),
  })
})

it('passes over fields that it does not know', () => {
  expect(readSparkplug(Uint8Array.from([0x18, 7, 0xa8, 0x01, 9, 0x22, 1, 65]))).toEqual({
    timestamp: undefined,
    seq: 7n,
    metrics: [],
  })
})

it('refuses more metrics than a birth has, and more bytes than are read', () => {
  const metrics = Array.from({ length: 10_001 }, () => ({ alias: 1 }))
  expect(readSparkplug(sparkplugPayload({ metrics }))).toHaveProperty('code', 'payload-shape')
  expect(readSparkplug(new Uint8Array(256 * 1024 + 1))).toHaveProperty('code', 'payload-too-large')
})

const integer = (value: bigint) => ({ is: 'integer', value }) as const

it.each([
  ['Int8 in its own width', integer(0xffn), TYPE.int8, { value: -1 }],
  ['Int8 stretched to 32 bits', integer(0xffff_fffen), TYPE.int8, { value: -2 }],
  ['Int32 stretched to 64 bits', integer(2n ** 64n - 3n), TYPE.int32, { value: -3 }],
  ['Int8 that is none', integer(300n), TYPE.int8, { fault: '300 is no Int8' }],
  ['UInt32 that is none', integer(2n ** 32n), TYPE.uint32, { fault: '4294967296 is no UInt32' }],
  ['Int64 below zero', integer(2n ** 64n - 4n), TYPE.int64, { value: -4 }],
  ['Int64 that a number holds', integer(2n ** 53n - 1n), TYPE.int64, { value: 2 ** 53 - 1 }],
  [
    'UInt64 that no number holds exactly',
    integer(2n ** 53n + 1n),
    TYPE.uint64,
    { value: 2 ** 53, doubt: 'uncertain' },
  ],
  ['an integer of no datatype', integer(5n), undefined, { fault: 'an integer whose datatype is not known' }],
  [
    'a Float, by its shortest decimal',
    { is: 'float', value: Math.fround(4.003) } as const,
    TYPE.float,
    { value: 4.003 },
  ],
  [
    'a Float that still counts litres',
    { is: 'float', value: 2 ** 24 - 1 } as const,
    TYPE.float,
    { value: 16_777_215 },
  ],
  [
    'a Float that no longer does',
    { is: 'float', value: 2 ** 24 } as const,
    TYPE.float,
    { value: 16_777_216, doubt: 'uncertain' },
  ],
  ['a Double of that size', { is: 'double', value: 2 ** 24 } as const, TYPE.double, { value: 16_777_216 }],
  [
    'a Double that is not a number',
    { is: 'double', value: Number.NaN } as const,
    TYPE.double,
    { value: Number.NaN },
  ],
  ['a DataSet', { is: 'structure' } as const, TYPE.dataSet, { fault: 'a DataSet is no point' }],
  [
    'a text said to be a number',
    { is: 'string', value: '5' } as const,
    TYPE.double,
    { fault: 'is a Double, but said as string' },
  ],
  ['a datatype of the future', integer(1n), 99, { fault: 'datatype 99 is not known' }],
] as const)('reads %s', (_what, said, datatype, wanted) => {
  expect(metricValue(said, datatype)).toEqual(wanted)
})

it('asks for a birth in the words of the specification', () => {
  const now = Date.UTC(2026, 9, 1)
  expect(rebirthCommand(now)).toEqual(
    sparkplugPayload({
      timestamp: now,
      metrics: [{ name: 'Node Control/Rebirth', timestamp: now, datatype: TYPE.boolean, boolean: true }],
    }),
  )
})
