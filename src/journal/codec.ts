/**
 * Records as bytes: a version, a checksum, then JSON in UTF-8, because the engine's own JSON is the
 * fastest codec at hand. What JSON cannot hold (-0, NaN, ±∞) is rare and takes the slow version.
 */
import { crc32 } from 'node:zlib'
import type { JournalRecord } from '../model/commit.ts'
import type { Value } from '../model/reading.ts'

const PLAIN = 1
/** Numbers that JSON does not know stand as `["-0"]`; a value is never an array, so nothing is ambiguous. */
const ODD_NUMBERS = 2
const HEADER_BYTES = 5

/** A buffer of its own, never a slice of a pool: it is transferred to another thread. */
export function encodeRecords(records: readonly JournalRecord[]): Uint8Array<ArrayBuffer> {
  const odd = records.some(hasOddNumber)
  const json = JSON.stringify(odd ? records.map(spellOut) : records)
  const size = Buffer.byteLength(json)
  const body = Buffer.from(new ArrayBuffer(HEADER_BYTES + size))
  body.write(json, HEADER_BYTES)
  body.writeUInt8(odd ? ODD_NUMBERS : PLAIN, 0)
  body.writeUInt32LE(crc32(body.subarray(HEADER_BYTES)), 1)
  return body
}

/** Throws RangeError for bytes that no longer say what was written. */
export function decodeRecords(bytes: Uint8Array): readonly JournalRecord[] {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (body.length < HEADER_BYTES) throw new RangeError(`A commit of ${body.length} bytes`)
  const version = body.readUInt8(0)
  if (version !== PLAIN && version !== ODD_NUMBERS) throw new RangeError(`A commit of version ${version}`)
  const text = body.subarray(HEADER_BYTES)
  if (crc32(text) !== body.readUInt32LE(1)) throw new RangeError('A commit whose checksum does not fit')
  const records = JSON.parse(text.toString('utf8')) as JournalRecord[]
  return version === PLAIN ? records : records.map(readBack)
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
