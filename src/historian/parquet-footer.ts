/**
 * What a Parquet file says of itself: page headers and the footer, in Thrift's compact protocol. Field
 * numbers are those of parquet-format's parquet.thrift; the names beside them are its names.
 */
import { type Bytes, bytes, makeRoom, putBytes, putVarint, putZigzag } from './parquet-encodings.ts'

export const INT32 = 1
export const INT64 = 2
export const BYTE_ARRAY = 6

export const PLAIN = 0
export const RLE = 3
export const DELTA_BINARY_PACKED = 5
export const DELTA_LENGTH_BYTE_ARRAY = 6
export const RLE_DICTIONARY = 8

const ZSTD = 6

export const MAGIC = new TextEncoder().encode('PAR1')

export type ColumnKind = {
  readonly name: string
  readonly type: typeof INT32 | typeof INT64 | typeof BYTE_ARRAY
  readonly optional: boolean
}

/** A column's part of a row group. Offsets and sizes in bytes of the file. */
export type ColumnPart = {
  readonly encodings: readonly number[]
  readonly values: number
  readonly nulls: number
  readonly dictionaryAt?: number
  readonly dataAt: number
  readonly uncompressed: number
  readonly compressed: number
  /** Least and greatest as Parquet writes a plain value, where they are known. */
  readonly bounds?: { readonly least: Uint8Array; readonly most: Uint8Array }
}

export type RowGroupPart = { readonly rows: number; readonly columns: readonly ColumnPart[] }

const BOOLEAN_TRUE = 1
const I32 = 5
const I64 = 6
const BINARY = 8
const LIST = 9
const STRUCT = 12

type Field = (into: Bytes) => void
/** Numbers rise; those of undefined fields are left out. */
type Fields = { readonly [number: number]: readonly [type: number, write: Field] | undefined }

const whole: (type: number) => (value: number) => readonly [number, Field] = (type) => (value) => [
  type,
  (into) => putZigzag(into, value),
]
const i32 = whole(I32)
const i64 = whole(I64)
const yes = [BOOLEAN_TRUE, () => undefined] as const
const binary = (value: Uint8Array) => [BINARY, binaryIn(value)] as const
const text = (value: string) => binary(new TextEncoder().encode(value))
const struct = (fields: Fields) => [STRUCT, structIn(fields)] as const
const list = (type: number, items: readonly Field[]) =>
  [
    LIST,
    (into: Bytes) => {
      makeRoom(into, 1)
      into.data[into.length++] = (Math.min(items.length, 15) << 4) | type
      if (items.length >= 15) putVarint(into, items.length)
      for (const item of items) item(into)
    },
  ] as const

const binaryIn =
  (value: Uint8Array): Field =>
  (into) => {
    putVarint(into, value.length)
    putBytes(into, value)
  }

function structIn(fields: Fields): Field {
  return (into) => {
    let last = 0
    for (const [key, field] of Object.entries(fields)) {
      if (!field) continue
      makeRoom(into, 1)
      into.data[into.length++] = ((Number(key) - last) << 4) | field[0] // no gap here is above 15
      last = Number(key)
      field[1](into)
    }
    makeRoom(into, 1)
    into.data[into.length++] = 0
  }
}

/** PageHeader of a dictionary. */
export function putDictionaryHeader(into: Bytes, values: number, uncompressed: number, compressed: number) {
  const dictionary = struct({ 1: i32(values), 2: i32(PLAIN) })
  structIn({ 1: i32(2), 2: i32(uncompressed), 3: i32(compressed), 7: dictionary })(into)
}

/** PageHeader of a data page, version 1: every reader knows it. */
export function putDataHeader(
  into: Bytes,
  values: number,
  encoding: number,
  uncompressed: number,
  compressed: number,
) {
  const data = struct({ 1: i32(values), 2: i32(encoding), 3: i32(RLE), 4: i32(RLE) })
  structIn({ 1: i32(0), 2: i32(uncompressed), 3: i32(compressed), 5: data })(into)
}

/** FileMetaData with all that follows it to the end of the file. */
export function footer(
  columns: readonly ColumnKind[],
  groups: readonly RowGroupPart[],
  createdBy: string,
): Uint8Array {
  const root = structIn({ 4: text('readings'), 5: i32(columns.length) })
  const file = structIn({
    1: i32(2), // version
    2: list(STRUCT, [root, ...columns.map(schemaElement)]),
    3: i64(groups.reduce((sum, { rows }) => sum + rows, 0)), // num_rows
    4: list(
      STRUCT,
      groups.map((group) => rowGroup(columns, group)),
    ),
    6: text(createdBy),
    7: list(
      STRUCT,
      columns.map(() => structIn({ 1: struct({}) })), // ColumnOrder: by type
    ),
  })
  const into = bytes(4_096)
  file(into)
  const { length } = into
  makeRoom(into, 8)
  new DataView(into.data.buffer).setUint32(length, length, true)
  into.length += 4
  putBytes(into, MAGIC)
  return into.data.subarray(0, into.length)
}

function schemaElement({ name, type, optional }: ColumnKind): Field {
  const isText = type === BYTE_ARRAY
  return structIn({
    1: i32(type),
    3: i32(optional ? 1 : 0), // repetition_type
    4: text(name),
    6: isText ? i32(0) : undefined, // converted_type UTF8
    10: isText ? struct({ 1: struct({}) }) : undefined, // logicalType STRING
  })
}

function rowGroup(kinds: readonly ColumnKind[], { rows, columns }: RowGroupPart): Field {
  const sum = (of: (part: ColumnPart) => number) => columns.reduce((total, part) => total + of(part), 0)
  return structIn({
    1: list(
      STRUCT,
      columns.map((part, n) => columnChunk(kinds[n] as ColumnKind, part)),
    ),
    2: i64(sum(({ uncompressed }) => uncompressed)),
    3: i64(rows),
    6: i64(sum(({ compressed }) => compressed)),
  })
}

function columnChunk({ name, type }: ColumnKind, part: ColumnPart): Field {
  const { bounds, nulls, dictionaryAt, dataAt } = part
  const statistics = struct({
    3: i64(nulls),
    5: bounds && binary(bounds.most),
    6: bounds && binary(bounds.least),
    7: bounds && yes, // both are exact
    8: bounds && yes,
  })
  const encodings = part.encodings.map(
    (encoding): Field =>
      (into) =>
        putZigzag(into, encoding),
  )
  const metaData = struct({
    1: i32(type),
    2: list(I32, encodings),
    3: list(BINARY, [binaryIn(new TextEncoder().encode(name))]),
    4: i32(ZSTD),
    5: i64(part.values),
    6: i64(part.uncompressed),
    7: i64(part.compressed),
    9: i64(dataAt),
    11: dictionaryAt === undefined ? undefined : i64(dictionaryAt),
    12: statistics,
  })
  return structIn({ 2: i64(0), 3: metaData }) // file_offset is no longer used and 0 by the format
}
