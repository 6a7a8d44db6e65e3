/**
 * Records as bytes: a version, a checksum, then the readings in columns (`columns.ts`) and whatever else
 * there is as JSON. A commit of one or two readings is JSON throughout, and so are journals of old; those in
 * between had only readings of numbers in columns.
 */
import { crc32 } from 'node:zlib'
import { apart, type JournalRecord, type PartsInColumns, type Remark } from '../model/commit.ts'
import type { Value } from '../model/reading.ts'
import { columnGatherer, madeOf, type ReadingColumns } from '../model/reading-columns.ts'
import { NUMBER } from '../model/shape.ts'
import { type Columns, columnBytes, layDown, pickUp } from './columns.ts'

/** JSON, an array of records. */
const PLAIN = 1
/**
 * The same, where numbers that JSON does not know stand as `["-0"]`; a value is never an array, so nothing is
 * ambiguous.
 */
const ODD_NUMBERS = 2
/**
 * Readings of nothing but numbers in columns, then JSON with the names in them and all other records. Read,
 * no longer written.
 */
const NUMBERS_IN_COLUMNS = 3
/** All readings in columns, then JSON with the names in them and the remarks. */
const COLUMNS = 4

const HEADER_BYTES = 5
/** Of fewer readings the names alone are longer than their JSON. */
const FEWEST_IN_COLUMNS = 3
/** Doubles lie on multiples of eight. */
const COLUMNS_AT = 8

type Names = Pick<ReadingColumns, 'devices' | 'shapes' | 'texts'>

type BesideColumns = Names & {
  readonly remarks: readonly Remark[]
  /** Where they stand in the whole list. */
  readonly places: readonly number[]
}

type BesideNumbers = Pick<Names, 'devices'> & {
  readonly shapes: readonly (readonly string[])[]
  /** Records that did not fit, spelt as in ODD_NUMBERS, with their places in the whole list. */
  readonly others: readonly JournalRecord[]
  readonly places: readonly number[]
}

/** Room for one commit, used again for the next: they are encoded one after the other. */
const gathered = columnGatherer()

/** A buffer of its own, never a slice of a pool: it is transferred to another thread. */
export const encodeRecords = (records: readonly JournalRecord[]): Uint8Array<ArrayBuffer> =>
  encodeCommit(records).body

export type Encoded = {
  readonly body: Uint8Array<ArrayBuffer>
  /**
   * The records apart, out of the same bytes wherever they are by now, and of what was at hand when they were
   * encoded.
   */
  readonly parts: (body: Uint8Array<ArrayBuffer>) => PartsInColumns
}

export function encodeCommit(records: readonly JournalRecord[]): Encoded {
  gathered.clear()
  const remarks: Remark[] = []
  const places: number[] = []
  for (let place = 0; place < records.length; place++) {
    const record = records[place] as JournalRecord
    if (record.is === 'reading') {
      gathered.add(record)
      continue
    }
    remarks.push(record)
    places.push(place)
  }
  const { columns } = gathered
  if (columns.at.length < FEWEST_IN_COLUMNS) {
    const odd = records.some(hasOddNumber)
    const text = JSON.stringify(odd ? records.map(spellOut) : records)
    return { body: sealed(odd ? ODD_NUMBERS : PLAIN, text, HEADER_BYTES), parts: partsAtHand(records) }
  }
  const { devices, shapes, texts } = columns
  const beside: BesideColumns = { devices, shapes, texts, remarks, places }
  const body = sealed(COLUMNS, JSON.stringify(beside), COLUMNS_AT + columnBytes(columns), (body) => {
    layDown(columns, body, COLUMNS_AT)
  })
  return { body, parts: partsInColumns(beside) }
}

// Apart from the function above, so that neither holds what only the other needs.
const partsAtHand = (records: readonly JournalRecord[]) => () => apart(records)

/** With the names as they came in: whoever looks a device up by them finds it sooner than by a copy. */
const partsInColumns =
  ({ devices, shapes, texts, remarks }: BesideColumns): Encoded['parts'] =>
  ({ buffer }) => ({ columns: { ...pickUp(buffer, COLUMNS_AT), devices, shapes, texts }, remarks })

/** The text from `textAt` on, and before it what `fill` puts there. */
function sealed(
  version: number,
  text: string,
  textAt: number,
  fill: (body: ArrayBuffer) => void = () => {},
): Uint8Array<ArrayBuffer> {
  const body = Buffer.from(new ArrayBuffer(textAt + Buffer.byteLength(text)))
  fill(body.buffer)
  body.write(text, textAt)
  body.writeUInt8(version, 0)
  body.writeUInt32LE(crc32(body.subarray(HEADER_BYTES)), 1)
  return body
}

/** Throws RangeError for bytes that no longer say what was written. */
export function decodeRecords(bytes: Uint8Array): readonly JournalRecord[] {
  const stored = read(bytes)
  return 'records' in stored
    ? stored.records
    : inPlaces(asRecords(stored.columns), stored.remarks, stored.places)
}

/** The same records apart. Throws RangeError as above. */
export function decodeParts(bytes: Uint8Array): PartsInColumns {
  const stored = read(bytes)
  return 'records' in stored ? apart(stored.records) : stored
}

type Stored =
  | { readonly records: readonly JournalRecord[] }
  | (PartsInColumns & { readonly places: readonly number[] })

function read(bytes: Uint8Array): Stored {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (body.length < HEADER_BYTES) throw new RangeError(`A commit of ${body.length} bytes`)
  const version = body.readUInt8(0)
  if (version < PLAIN || version > COLUMNS) throw new RangeError(`A commit of version ${version}`)
  if (crc32(body.subarray(HEADER_BYTES)) !== body.readUInt32LE(1)) {
    throw new RangeError('A commit whose checksum does not fit')
  }
  if (version < NUMBERS_IN_COLUMNS) {
    const records = JSON.parse(body.toString('utf8', HEADER_BYTES)) as JournalRecord[]
    return { records: version === PLAIN ? records : records.map(readBack) }
  }
  const own = bytes.byteOffset === 0 && bytes.buffer instanceof ArrayBuffer ? bytes : Uint8Array.from(bytes)
  const laid = pickUp(own.buffer as ArrayBuffer, COLUMNS_AT)
  const text = Buffer.from(own.buffer, 0, own.byteLength).toString('utf8', COLUMNS_AT + columnBytes(laid))
  if (version === NUMBERS_IN_COLUMNS) return asWritten(laid, JSON.parse(text) as BesideNumbers)
  const { devices, shapes, texts, remarks, places } = JSON.parse(text) as BesideColumns
  return { columns: { ...laid, devices, shapes, texts }, remarks, places }
}

function asWritten(laid: Columns, { devices, shapes, others, places }: BesideNumbers): Stored {
  const columns = {
    ...laid,
    devices,
    shapes: shapes.map((points) => ({ points, kinds: points.map(() => NUMBER) })),
    texts: [],
  }
  const remarks = others.filter((record) => record.is !== 'reading')
  if (remarks.length === others.length) return { columns, remarks, places }
  return { records: inPlaces(asRecords(columns), others.map(readBack), places) }
}

const asRecords = (columns: ReadingColumns): JournalRecord[] =>
  madeOf(columns, (device, at, values, doubts) =>
    doubts ? { is: 'reading', device, at, values, doubts } : { is: 'reading', device, at, values },
  )

/** The others at their places in the whole list, the readings at those between. */
function inPlaces(
  readings: readonly JournalRecord[],
  others: readonly JournalRecord[],
  places: readonly number[],
): readonly JournalRecord[] {
  let [reading, other] = [0, 0]
  return Array.from({ length: readings.length + others.length }, (_, place) =>
    places[other] === place ? (others[other++] as JournalRecord) : (readings[reading++] as JournalRecord),
  )
}

const isOdd = (value: Value) =>
  typeof value === 'number' && (value === 0 ? Object.is(value, -0) : !Number.isFinite(value))

function hasOddNumber(record: JournalRecord): boolean {
  if (record.is !== 'reading') return false
  for (const point in record.values) if (isOdd(record.values[point] as Value)) return true
  return false
}

function spellOut(record: JournalRecord) {
  if (record.is !== 'reading') return record
  const spelt = Object.entries(record.values).map(([point, value]) => [
    point,
    isOdd(value) ? [Object.is(value, -0) ? '-0' : String(value)] : value,
  ])
  return { ...record, values: Object.fromEntries(spelt) }
}

function readBack(record: JournalRecord): JournalRecord {
  if (record.is !== 'reading') return record
  const values = Object.entries<Value | readonly [string]>(record.values).map(([point, value]) => [
    point,
    Array.isArray(value) ? Number(value[0]) : value,
  ])
  return { ...record, values: Object.fromEntries(values) }
}
