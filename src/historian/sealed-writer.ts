/**
 * Writes a sealed file: rows come in their order, and every 32,768 of them become a row group with its
 * bounds. The project has its own writer for this one table, because handing rows to a general engine cost
 * ten times what encoding them does.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { constants, crc32, zstdCompressSync } from 'node:zlib'
import {
  type Bytes,
  bytes,
  DELTA_LIMIT,
  putBytes,
  putDeltas,
  putLevels,
  putPlaces,
  putUint32,
} from './parquet-encodings.ts'
import {
  BYTE_ARRAY,
  type ColumnKind,
  type ColumnPart,
  DELTA_BINARY_PACKED,
  DELTA_LENGTH_BYTE_ARRAY,
  footer,
  INT32,
  INT64,
  MAGIC,
  PLAIN,
  putDataHeader,
  putDictionaryHeader,
  RLE,
  RLE_DICTIONARY,
  type RowGroupPart,
} from './parquet-footer.ts'
import type { Written } from './parquet-protocol.ts'

/** Rows of one row group: small enough that one device touches few of them, large enough to compress. */
const ROW_GROUP = 32_768
/** Texts of one row group: pages stay in memory while they are made and read. */
const MAX_TEXT_BYTES = 16 << 20

const COLUMNS: readonly ColumnKind[] = [
  { name: 'device', type: BYTE_ARRAY, optional: false },
  { name: 'measured_at', type: INT64, optional: false },
  { name: 'received_at', type: INT64, optional: false },
  { name: 'journal_offset', type: INT64, optional: false },
  { name: 'ord', type: INT32, optional: false },
  { name: 'said', type: BYTE_ARRAY, optional: false },
  { name: 'doubts', type: BYTE_ARRAY, optional: true },
]

const CREATED_BY = 'gatehouse'
/** The least there is: a merge, which comes once for many files, is where a file becomes small. */
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

export interface SealedWriter {
  /** What the next row says and doubts, as JSON in UTF-8: written here before `endRow`. No doubts, nothing written. */
  readonly said: Bytes
  readonly doubts: Bytes
  /** Rows that follow belong to this device; devices come in the order of their bytes. */
  device(name: Uint8Array): void
  /** Rows of a device come by instant and place in the journal. */
  endRow(at: number, receivedAt: number, offset: number, ord: number): void
  /** The whole file is on disk when it returns. */
  finish(): Written
  /** Closes the file, finished or not. */
  [Symbol.dispose](): void
}

/**
 * @param path of a file that is not there yet
 * @param calledOff 1 once the file is wanted no more; looked at before each page
 */
export function sealedWriter(path: string, calledOff?: Int32Array): SealedWriter {
  const file = openSync(path, 'wx')
  const groups: RowGroupPart[] = []
  const [ats, receivedAts, offsets, ords, saidLengths, doubtLengths] = Array.from(
    { length: 6 },
    () => new Float64Array(ROW_GROUP),
  ) as Six<Float64Array>
  const devices = new Uint32Array(ROW_GROUP)
  const doubted = new Uint8Array(ROW_GROUP)
  const said = bytes(1 << 21)
  const doubts = bytes(1 << 10)
  let rows = 0
  let saidEnd = 0
  let doubtsEnd = 0
  let doubtedRows = 0
  /** Devices of the group under way. */
  let names: Uint8Array[] = []
  let current: Uint8Array = new Uint8Array()

  const page = bytes(1 << 20)
  const header = bytes(128)
  let position = 0
  let checksum = 0
  let figures = {
    readings: 0,
    earliest: Number.POSITIVE_INFINITY,
    latest: Number.NEGATIVE_INFINITY,
    receivedAt: Number.NEGATIVE_INFINITY,
  }

  function append(part: Uint8Array): void {
    for (let done = 0; done < part.length; ) done += writeSync(file, part, done)
    checksum = crc32(part, checksum)
    position += part.length
  }

  /** What `page` holds, compressed, behind the header that `head` writes. */
  function appendPage(head: (uncompressed: number, compressed: number) => void) {
    if (calledOff && Atomics.load(calledOff, 0) === 1) throw new Error('called off')
    const compressed = zstdCompressSync(page.data.subarray(0, page.length), FAST)
    header.length = 0
    head(page.length, compressed.length)
    append(header.data.subarray(0, header.length))
    append(compressed)
    const sizes = { uncompressed: header.length + page.length, compressed: header.length + compressed.length }
    page.length = 0
    return sizes
  }

  const appendData = (encoding: number) =>
    appendPage((uncompressed, compressed) => {
      putDataHeader(header, rows, encoding, uncompressed, compressed)
    })

  function deviceColumn(): ColumnPart {
    const dictionaryAt = position
    for (const each of names) {
      putUint32(page, each.length)
      putBytes(page, each)
    }
    const dictionary = appendPage((uncompressed, compressed) => {
      putDictionaryHeader(header, names.length, uncompressed, compressed)
    })
    const dataAt = position
    putPlaces(page, devices, rows, names.length)
    const data = appendData(RLE_DICTIONARY)
    return {
      encodings: [PLAIN, RLE_DICTIONARY],
      values: rows,
      nulls: 0,
      dictionaryAt,
      dataAt,
      uncompressed: dictionary.uncompressed + data.uncompressed,
      compressed: dictionary.compressed + data.compressed,
      bounds: { least: names[0] as Uint8Array, most: names.at(-1) as Uint8Array },
    }
  }

  function numberColumn(values: Float64Array, type: typeof INT32 | typeof INT64): ColumnPart {
    const dataAt = position
    const [least, most] = boundsOf(values, rows)
    const encoding = -least < DELTA_LIMIT && most < DELTA_LIMIT ? DELTA_BINARY_PACKED : PLAIN
    if (encoding === DELTA_BINARY_PACKED) putDeltas(page, values, rows)
    else for (let row = 0; row < rows; row++) putBytes(page, plain(values[row] as number, type))
    const sizes = appendData(encoding)
    return {
      encodings: [encoding],
      values: rows,
      nulls: 0,
      dataAt,
      ...sizes,
      bounds: { least: plain(least, type), most: plain(most, type) },
    }
  }

  function textColumn({ data, length }: Bytes, lengths: Float64Array, count: number): ColumnPart {
    const dataAt = position
    if (lengths === doubtLengths) putLevels(page, doubted, rows)
    putDeltas(page, lengths, count)
    putBytes(page, data, 0, length)
    const sizes = appendData(DELTA_LENGTH_BYTE_ARRAY)
    return {
      encodings: [RLE, DELTA_LENGTH_BYTE_ARRAY],
      values: rows,
      nulls: rows - count,
      dataAt,
      ...sizes,
    }
  }

  function writeGroup(): void {
    if (rows === 0) return
    const columns = [
      deviceColumn(),
      numberColumn(ats, INT64),
      numberColumn(receivedAts, INT64),
      numberColumn(offsets, INT64),
      numberColumn(ords, INT32),
      textColumn(said, saidLengths, rows),
      textColumn(doubts, doubtLengths, doubtedRows),
    ]
    groups.push({ rows, columns })
    const [earliest, latest] = boundsOf(ats, rows)
    figures = {
      readings: figures.readings + rows,
      earliest: Math.min(figures.earliest, earliest),
      latest: Math.max(figures.latest, latest),
      receivedAt: Math.max(figures.receivedAt, boundsOf(receivedAts, rows)[1]),
    }
    rows = 0
    doubtedRows = 0
    names = []
    for (const held of [said, doubts]) held.length = 0
    saidEnd = 0
    doubtsEnd = 0
  }

  append(MAGIC)

  return {
    said,
    doubts,
    device(name) {
      current = name
    },
    endRow(at, receivedAt, offset, ord) {
      if (names.at(-1) !== current) names.push(current)
      devices[rows] = names.length - 1
      ats[rows] = at
      receivedAts[rows] = receivedAt
      offsets[rows] = offset
      ords[rows] = ord
      saidLengths[rows] = said.length - saidEnd
      saidEnd = said.length
      const isDoubted = doubts.length > doubtsEnd
      doubted[rows] = isDoubted ? 1 : 0
      if (isDoubted) {
        doubtLengths[doubtedRows++] = doubts.length - doubtsEnd
        doubtsEnd = doubts.length
      }
      rows++
      if (rows === ROW_GROUP || said.length > MAX_TEXT_BYTES) writeGroup()
    },
    finish() {
      writeGroup()
      append(footer(COLUMNS, groups, CREATED_BY))
      fsyncSync(file)
      return { ...figures, checksum: checksum.toString(16).padStart(8, '0') }
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}

type Six<T> = [T, T, T, T, T, T]

function boundsOf(values: Float64Array, count: number): readonly [least: number, most: number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < count; i++) {
    const value = values[i] as number
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}

/** A number as PLAIN has it. */
function plain(value: number, type: typeof INT32 | typeof INT64): Uint8Array {
  const view = new DataView(new ArrayBuffer(type === INT32 ? 4 : 8))
  if (type === INT32) view.setInt32(0, value, true)
  else view.setBigInt64(0, BigInt(value), true)
  return new Uint8Array(view.buffer)
}
