/**
 * Writes Sparkplug B payloads as an edge node does: the opposite of what the gateway reads, and no line
 * shared with it.
 */

export type WrittenMetric = {
  readonly name?: string
  readonly alias?: number | bigint
  readonly timestamp?: number | bigint
  readonly datatype?: number
  readonly isHistorical?: boolean
  readonly isTransient?: boolean
  readonly isNull?: boolean
  readonly quality?: number
  readonly int?: number | bigint
  readonly long?: number | bigint
  readonly float?: number
  readonly double?: number
  readonly boolean?: boolean
  readonly string?: string
  readonly bytes?: Uint8Array
}

export type WrittenPayload = {
  readonly timestamp?: number | bigint
  readonly seq?: number | bigint
  readonly metrics?: readonly WrittenMetric[]
}

/** Datatypes, as the specification numbers them. */
export const TYPE = {
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  uint32: 7,
  uint64: 8,
  float: 9,
  double: 10,
  boolean: 11,
  string: 12,
  dataSet: 16,
} as const

export function sparkplugPayload({ timestamp, seq, metrics = [] }: WrittenPayload): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...varintField(1, timestamp),
    ...metrics.flatMap((metric) => bytesField(2, writtenMetric(metric))),
    ...varintField(3, seq),
  ])
}

const writtenMetric = (metric: WrittenMetric): number[] => [
  ...textField(1, metric.name),
  ...varintField(2, metric.alias),
  ...varintField(3, metric.timestamp),
  ...varintField(4, metric.datatype),
  ...flag(5, metric.isHistorical),
  ...flag(6, metric.isTransient),
  ...flag(7, metric.isNull),
  ...(metric.quality === undefined ? [] : bytesField(9, writtenQuality(metric.quality))),
  ...varintField(10, metric.int),
  ...varintField(11, metric.long),
  ...(metric.float === undefined ? [] : [tag(12, 5), ...fixed(new Float32Array([metric.float]))]),
  ...(metric.double === undefined ? [] : [tag(13, 1), ...fixed(new Float64Array([metric.double]))]),
  ...flag(14, metric.boolean),
  ...textField(15, metric.string),
  ...(metric.bytes === undefined ? [] : bytesField(16, [...metric.bytes])),
]

/** `Quality` is an Int32 among other properties. */
const writtenQuality = (quality: number): number[] => [
  ...textField(1, 'Unit'),
  ...textField(1, 'Quality'),
  ...bytesField(2, [...varintField(1, TYPE.string), ...textField(8, 'm3')]),
  ...bytesField(2, [...varintField(1, TYPE.int32), ...varintField(3, quality)]),
]

const tag = (field: number, wire: number): number => field * 8 + wire

/** Negative numbers as two's complement of 64 bits. */
export function varint(value: number | bigint): number[] {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return bytes
}

const varintField = (field: number, value: number | bigint | undefined): number[] =>
  value === undefined ? [] : [...varint(tag(field, 0)), ...varint(value)]

const flag = (field: number, value: boolean | undefined): number[] =>
  value === undefined ? [] : varintField(field, value ? 1 : 0)

const bytesField = (field: number, bytes: readonly number[]): number[] => [
  ...varint(tag(field, 2)),
  ...varint(bytes.length),
  ...bytes,
]

const textField = (field: number, value: string | undefined): number[] =>
  value === undefined ? [] : bytesField(field, [...new TextEncoder().encode(value)])

const fixed = (values: Float32Array | Float64Array): number[] => [...new Uint8Array(values.buffer)]
