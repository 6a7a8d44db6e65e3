/**
 * The payload of Sparkplug B: the message `org.eclipse.tahu.protobuf.Payload`, read as far as a point needs it.
 * Data sets, templates and files are known by their type and not opened.
 */
import { MOST_BYTES, type Refusal } from './payload.ts'
import { type Field, readFields } from './protobuf.ts'

/**
 * What stands in the `oneof value` of a metric; how many bits an integer has, and whether it has a sign, says
 * its datatype alone.
 */
export type Said =
  | { readonly is: 'integer'; readonly value: bigint }
  | { readonly is: 'float' | 'double'; readonly value: number }
  | { readonly is: 'boolean'; readonly value: boolean }
  | { readonly is: 'string'; readonly value: string }
  /** Bytes, a data set, a template or an extension. */
  | { readonly is: 'structure' }

export type Metric = {
  readonly name: string | undefined
  readonly alias: bigint | undefined
  /** When it was acquired, ms. */
  readonly timestamp: bigint | undefined
  readonly datatype: number | undefined
  readonly isHistorical: boolean
  readonly isTransient: boolean
  readonly isNull: boolean
  /** The property `Quality`: 0 bad, 192 good, 500 stale; absent is good. */
  readonly quality: bigint | undefined
  readonly said: Said | undefined
}

export type SparkplugPayload = {
  /** When it was published, ms. */
  readonly timestamp: bigint | undefined
  readonly seq: bigint | undefined
  readonly metrics: readonly Metric[]
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Metrics of one message; a birth certificate lists all that a device has. */
const MOST_METRICS = 10_000

/** Keys looked through for `Quality`. */
const MOST_PROPERTIES = 100

const text = new TextDecoder('utf-8', { fatal: true })

/**
 * Never throws. A field of another wire type than its own is passed over, as the format demands of what is
 * not known.
 */
export function readSparkplug(payload: Uint8Array): SparkplugPayload | Refusal {
  if (payload.length > MOST_BYTES) {
    return { code: 'payload-too-large', reason: `${payload.length} bytes; at most ${MOST_BYTES} are read` }
  }
  const metrics: Metric[] = []
  const read: Mutable<SparkplugPayload> = { timestamp: undefined, seq: undefined, metrics }
  let count = 0
  let inner: string | undefined
  const outer = readFields(payload, (number, field) => {
    if (number === 1) read.timestamp = integer(field) ?? read.timestamp
    else if (number === 3) read.seq = integer(field) ?? read.seq
    else if (number === 2 && field.wire === 'bytes' && ++count <= MOST_METRICS && inner === undefined) {
      const metric = readMetric(field.value)
      if (typeof metric === 'string') inner = `metric ${count}: ${metric}`
      else metrics.push(metric)
    }
  })
  const wrong = outer ?? inner
  if (wrong !== undefined) return { code: 'payload-shape', reason: `not a Sparkplug B payload: ${wrong}` }
  if (count > MOST_METRICS) {
    return { code: 'payload-shape', reason: `${count} metrics; at most ${MOST_METRICS} are read` }
  }
  return read
}

function readMetric(bytes: Uint8Array): Metric | string {
  const metric: Mutable<Metric> = {
    name: undefined,
    alias: undefined,
    timestamp: undefined,
    datatype: undefined,
    isHistorical: false,
    isTransient: false,
    isNull: false,
    quality: undefined,
    said: undefined,
  }
  let inner: string | undefined
  const outer = readFields(bytes, (number, field) => {
    switch (number) {
      case 1: {
        const name = string(field)
        if (name === undefined) inner ??= 'its name is not UTF-8'
        else metric.name = name
        return
      }
      case 2:
        metric.alias = integer(field)
        return
      case 3:
        metric.timestamp = integer(field)
        return
      case 4:
        metric.datatype = Number(integer(field) ?? 0n)
        return
      case 5:
        metric.isHistorical = truth(field)
        return
      case 6:
        metric.isTransient = truth(field)
        return
      case 7:
        metric.isNull = truth(field)
        return
      case 9:
        if (field.wire === 'bytes') inner ??= readQuality(field.value, metric)
        return
      default: {
        const said = readSaid(number, field)
        if (said === 'broken') inner ??= 'its text is not UTF-8'
        else if (said) metric.said = said
      }
    }
  })
  return outer ?? inner ?? metric
}

function readSaid(number: number, field: Field): Said | 'broken' | undefined {
  switch (number) {
    case 10:
    case 11:
      return field.wire === 'varint' ? { is: 'integer', value: field.value } : undefined
    case 12:
      return field.wire === 'fixed32' ? { is: 'float', value: field.value } : undefined
    case 13:
      return field.wire === 'fixed64' ? { is: 'double', value: field.value } : undefined
    case 14:
      return field.wire === 'varint' ? { is: 'boolean', value: field.value !== 0n } : undefined
    case 15: {
      const value = string(field)
      return value === undefined ? 'broken' : { is: 'string', value }
    }
    case 16:
    case 17:
    case 18:
    case 19:
      return { is: 'structure' }
    default:
      return undefined
  }
}

/** A PropertySet has its keys and its values in two lists of one order. */
function readQuality(bytes: Uint8Array, metric: Mutable<Metric>): string | undefined {
  let keys = 0
  let values = 0
  let place = -1
  const numbers: (bigint | undefined)[] = []
  const wrong = readFields(bytes, (number, field) => {
    if (field.wire !== 'bytes') return
    if (number === 1 && keys++ < MOST_PROPERTIES && string(field) === 'Quality') place = keys - 1
    else if (number === 2 && values++ < MOST_PROPERTIES) numbers.push(propertyNumber(field.value))
  })
  metric.quality = numbers[place]
  return wrong
}

function propertyNumber(bytes: Uint8Array): bigint | undefined {
  let value: bigint | undefined
  const wrong = readFields(bytes, (number, field) => {
    if (number === 3 || number === 4) value = integer(field)
  })
  return wrong === undefined ? value : undefined
}

const integer = (field: Field): bigint | undefined => (field.wire === 'varint' ? field.value : undefined)

const truth = (field: Field): boolean => field.wire === 'varint' && field.value !== 0n

function string(field: Field): string | undefined {
  if (field.wire !== 'bytes') return undefined
  try {
    return text.decode(field.value)
  } catch {
    return undefined
  }
}
