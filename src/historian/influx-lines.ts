/**
 * Readings as line protocol, and rows of InfluxQL back as readings. Numbers are always floats and
 * texts and switches have fields of their own, so no field ever changes its type. Nothing that
 * differs between two deliveries of a sample is in its key, so writing it again overwrites it.
 */
import { createHash } from 'node:crypto'
import type { Place, RepeatsBy } from '../model/device.ts'
import type { DeviceId, Reading, Value } from '../model/reading.ts'
import { numberText } from './json-bytes.ts'
import { contentOf, type Placed } from './repeats.ts'

/** In the order in which a server wants them. */
const TAGS = ['building', 'device', 'institution', 'zone'] as const
const RESERVED: ReadonlySet<string> = new Set(['time', ...TAGS])
const TEXT = '.text'
const SWITCH = '.switch'
const DOUBT = '.doubt'
const RECEIVED_AT = 'received.at'
const OFFSET = 'journal.offset'
const ORD = 'journal.ord'

const plainNames = new Map<string, string>()

/**
 * Letters, digits, `_` and `-` stand for themselves, all else as `%` and UTF-8 in hexadecimal; so a
 * name holds no sign of the protocol, and the dot is left for what we add.
 */
export function fieldName(point: string): string {
  const known = plainNames.get(point)
  if (known !== undefined) return known
  const plain = RESERVED.has(point)
    ? hex(point[0] as string) + point.slice(1)
    : point.replace(/[^\p{L}\p{N}_-]/gu, hex)
  if (plainNames.size < 10_000) plainNames.set(point, plain)
  return plain
}

const hex = (sign: string) =>
  [...Buffer.from(sign)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

const pointOf = (field: string) => decodeURIComponent(field)

/**
 * Joined out of its parts at once: what is concatenated V8 keeps in its pieces, six times as large, and the
 * lines of a write live as long as the server takes for it. Throws RangeError for a number that the protocol
 * has no word for.
 */
export function lineOf(
  { reading, offset, ord }: Placed,
  measurement: string,
  by: RepeatsBy,
  place?: Place,
): string {
  const { device, at, receivedAt, values, doubts } = reading
  const fields = [`${RECEIVED_AT}=${numberText(receivedAt)}`]
  for (const name in values) fields.push(valueField(name, values[name] as Value))
  for (const name in doubts) fields.push(`${fieldName(name)}${DOUBT}="${doubts[name]}"`)
  if (by === 'sample') fields.push(`${OFFSET}=${numberText(offset)}`, `${ORD}=${numberText(ord)}`)
  const parts = [measurement]
  for (const tag of TAGS) {
    const value = tag === 'device' ? device : place?.[tag]
    if (value) parts.push(',', tag, '=', fieldName(value))
  }
  // in one order, whatever the reading's: lines of the same fields are of one kind
  parts.push(' ', fields.sort().join(','), ' ', nanoseconds(at, by === 'sample' ? bump(reading) : 0))
  return parts.join('')
}

function valueField(name: string, value: Value): string {
  const field = fieldName(name)
  if (typeof value === 'string') return `${field}${TEXT}="${value.replace(/["\\]/g, '\\$&')}"`
  if (typeof value === 'boolean') return `${field}${SWITCH}=${value ? 'T' : 'F'}`
  if (!Number.isFinite(value)) throw new RangeError(`${name} is ${value}`)
  return `${field}=${numberText(value)}`
}

/** Tells events of one device in one millisecond apart, the same for the same content. */
const bump = (reading: Reading) =>
  createHash('sha1').update(contentOf(reading)).digest().readUInt32LE() % 1_000_000

const nanoseconds = (at: number, more: number): string =>
  at > 0
    ? numberText(at) + (more === 0 ? '000000' : String(more).padStart(6, '0'))
    : String(BigInt(at) * 1_000_000n + BigInt(more))

export type Series = {
  readonly columns: readonly string[]
  readonly values: readonly (readonly unknown[])[]
  /** The server gives no more rows in one answer (`max-row-limit`), though there are more. */
  readonly partial?: boolean
}

/** Readings of one device, oldest first; events of one millisecond in journal order. */
export function readingsFrom(device: DeviceId, { columns, values: rows }: Series): Reading[] {
  const named = columns.flatMap((column, index) => {
    const field = RESERVED.has(column) ? undefined : fieldFrom(column)
    return field ? [{ ...field, index }] : []
  })
  const column = (name: string) => columns.indexOf(name)
  const [time, received, offset, ord] = ['time', RECEIVED_AT, OFFSET, ORD].map(column) as [
    number,
    number,
    number,
    number,
  ]
  const sorted = rows.map((row): Placed => {
    const values: [string, Value][] = []
    const doubts: [string, 'uncertain' | 'bad'][] = []
    for (const { index, point, isDoubt } of named) {
      const cell = row[index]
      if (cell === null || cell === undefined) continue
      if (isDoubt) doubts.push([point, cell as 'uncertain' | 'bad'])
      else values.push([point, cell as Value])
    }
    const [at, receivedAt] = [row[time] as number, row[received] as number]
    const reading = { device, at, receivedAt, values: Object.fromEntries(values) }
    return {
      reading: doubts.length > 0 ? { ...reading, doubts: Object.fromEntries(doubts) } : reading,
      offset: (row[offset] as number | null | undefined) ?? 0,
      ord: (row[ord] as number | null | undefined) ?? 0,
    }
  })
  sorted.sort((a, b) => a.reading.at - b.reading.at || a.offset - b.offset || a.ord - b.ord)
  return sorted.map(({ reading }) => reading)
}

function fieldFrom(column: string): { readonly point: string; readonly isDoubt: boolean } | undefined {
  if ([RECEIVED_AT, OFFSET, ORD].includes(column)) return undefined
  if (column.endsWith(DOUBT)) return { point: pointOf(column.slice(0, -DOUBT.length)), isDoubt: true }
  const kind = [TEXT, SWITCH].find((ending) => column.endsWith(ending)) ?? ''
  return { point: pointOf(column.slice(0, column.length - kind.length)), isDoubt: false }
}
