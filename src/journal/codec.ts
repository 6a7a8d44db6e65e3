/**
 * Records as bytes: a version, a checksum, then readings of nothing but numbers in columns (`columns.ts`) and whatever
 * else there is as JSON. Older journals are JSON throughout and are read on.
 */
import { crc32 } from 'node:zlib'
import { apart, type CommitParts, type JournalRecord } from '../model/commit.ts'
import type { Instant } from '../model/instant.ts'
import type { Reading, Value } from '../model/reading.ts'
import {
  type Columns,
  columnBytes,
  columnGatherer,
  layDown,
  type Names,
  pickUp,
  readingsIn,
} from './columns.ts'

/** JSON, an array of records. */
const PLAIN = 1
/** The same, where numbers that JSON does not know stand as `["-0"]`; a value is never an array, so nothing is ambiguous. */
const ODD_NUMBERS = 2
/** Columns, then JSON with the names in them and the records that did not fit. */
const COLUMNS = 3

const HEADER_BYTES = 5
/** Of fewer readings the names alone are longer than their JSON. */
const FEWEST_IN_COLUMNS = 3
/** Doubles lie on multiples of eight. */
const COLUMNS_AT = 8

type BesideColumns = Names & {
  /** Records that did not fit, spelt as in ODD_NUMBERS, with their places in the whole list. */
  readonly others: readonly JournalRecord[]
  readonly places: readonly number[]
}

const gather = columnGatherer()

/** A buffer of its own, never a slice of a pool: it is transferred to another thread. */
export const encodeRecords = (records: readonly JournalRecord[]): Uint8Array<ArrayBuffer> =>
  encodeCommit(records).body

export type Encoded = {
  readonly body: Uint8Array<ArrayBuffer>
  /** The records apart, out of the same bytes wherever they are by now, and of what was at hand when they were encoded. */
  readonly parts: (body: Uint8Array<ArrayBuffer>, receivedAt: Instant) => CommitParts
}

export function encodeCommit(records: readonly JournalRecord[]): Encoded {
  const { columns, names, others } = gather(records)
  if (columns.at.length < FEWEST_IN_COLUMNS) {
    const odd = records.some(hasOddNumber)
    const text = JSON.stringify(odd ? records.map(spellOut) : records)
    return { body: sealed(odd ? ODD_NUMBERS : PLAIN, text, HEADER_BYTES), parts: partsAtHand(records) }
  }
  const left = others.map((place) => records[place] as JournalRecord)
  const beside = { ...names, others: left.map(spellOut), places: others }
  const body = sealed(COLUMNS, JSON.stringify(beside), COLUMNS_AT + columnBytes(columns), (body) => {
    layDown(columns, body, COLUMNS_AT)
  })
  return { body, parts: left.some(({ is }) => is === 'reading') ? decodeParts : partsInColumns(names, left) }
}

// Apart from the function above, so that neither holds what only the other needs.
const partsAtHand =
  (records: readonly JournalRecord[]): Encoded['parts'] =>
  (_, receivedAt) =>
    apart(records, receivedAt)

/** With the names as they came in: whoever looks a device up by them finds it sooner than by a copy. */
const partsInColumns =
  (names: Names, remarks: readonly JournalRecord[]): Encoded['parts'] =>
  ({ buffer }, receivedAt) => ({
    readings: asReadings(pickUp(buffer, COLUMNS_AT), names, receivedAt),
    remarks: apart(remarks, receivedAt).remarks,
  })

const asReadings = (columns: Columns, names: Names, receivedAt: Instant): Reading[] =>
  readingsIn(columns, names, (device, at, values) => ({ device, at, receivedAt, values }))

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
export const decodeRecords = (bytes: Uint8Array): readonly JournalRecord[] => recordsOf(read(bytes))

/** The same records apart: what a consumer asks for, with no object more than it gets. Throws RangeError as above. */
export function decodeParts(bytes: Uint8Array, receivedAt: Instant): CommitParts {
  const stored = read(bytes)
  if (!('columns' in stored) || stored.others.some(({ is }) => is === 'reading')) {
    return apart(recordsOf(stored), receivedAt)
  }
  return {
    readings: asReadings(stored.columns, stored, receivedAt),
    remarks: apart(stored.others, receivedAt).remarks,
  }
}

type Stored = (BesideColumns & { readonly columns: Columns }) | { readonly others: readonly JournalRecord[] }

function read(bytes: Uint8Array): Stored {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (body.length < HEADER_BYTES) throw new RangeError(`A commit of ${body.length} bytes`)
  const version = body.readUInt8(0)
  if (version < PLAIN || version > COLUMNS) throw new RangeError(`A commit of version ${version}`)
  if (crc32(body.subarray(HEADER_BYTES)) !== body.readUInt32LE(1)) {
    throw new RangeError('A commit whose checksum does not fit')
  }
  if (version !== COLUMNS) {
    const records = JSON.parse(body.toString('utf8', HEADER_BYTES)) as JournalRecord[]
    return { others: version === PLAIN ? records : records.map(readBack) }
  }
  const own = bytes.byteOffset === 0 && bytes.buffer instanceof ArrayBuffer ? bytes : Uint8Array.from(bytes)
  const columns = pickUp(own.buffer as ArrayBuffer, COLUMNS_AT)
  const text = Buffer.from(own.buffer, 0, own.byteLength).toString('utf8', COLUMNS_AT + columnBytes(columns))
  const beside = JSON.parse(text) as BesideColumns
  return { ...beside, columns, others: beside.others.map(readBack) }
}

function recordsOf(stored: Stored): readonly JournalRecord[] {
  if (!('columns' in stored)) return stored.others
  const { columns, others, places } = stored
  const readings = readingsIn(columns, stored, (device, at, values) => ({
    is: 'reading' as const,
    device,
    at,
    values,
  }))
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
