/** Pages of a list, newest first: a cursor names the last row seen, so rows that arrive meanwhile shift nothing. */
import { GatehouseError } from '../model/errors.ts'
import { said } from '../model/refusal.ts'

export type Page<Row> = { readonly items: readonly Row[]; readonly next: string | null }

export type PageQuery = {
  /** Opaque; from the page before. */
  readonly cursor?: string | undefined
  /** 1 to 1,000. */
  readonly limit: number
}

type Key = readonly (number | string)[]

export const cursorOf = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** The last instant that there is (ECMA-262, Time Values): ids, counts and instants of a page lie between 0 and it. */
const GREATEST = 8.64e15

const isOf = (part: unknown, kind: 'number' | 'string' | undefined): boolean =>
  kind === 'number'
    ? Number.isInteger(part) && Number(part) >= 0 && Number(part) <= GREATEST
    : typeof part === kind

/** Its numbers are whole and not negative. Throws `invalid-input` for what no page has given out. */
export function keyOf(cursor: string, shape: readonly ('number' | 'string')[]): Key {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(key) && key.length === shape.length && key.every((part, i) => isOf(part, shape[i]))) {
      return key
    }
  } catch {}
  throw new GatehouseError('invalid-input', said('cursor-unknown'))
}

/** `rows` were asked for with one more than `limit`; that one tells whether there is a next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  key: (row: Row) => Key,
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(item), next: rows.length > limit && last ? cursorOf(key(last)) : null }
}
