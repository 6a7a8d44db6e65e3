/**
 * Long lists come in pages. A cursor says after which row to go on, not how many to skip, so
 * rows that arrive meanwhile neither repeat nor hide others. What is inside it is our own affair.
 */
import * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'

export const MAX_LIMIT = 1_000

export const PageQuery = z.object({
  limit: z
    .string()
    .regex(/^\d{1,6}$/, `a whole number from 1 to ${MAX_LIMIT}`)
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_LIMIT))
    .optional()
    .meta({ description: `Rows wanted; 100 unless told, at most ${MAX_LIMIT}` }),
  cursor: z.string().min(1).max(512).optional().meta({ description: '`next` of the page before' }),
})

export const DEFAULT_LIMIT = 100

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'Cursor of the next page; null after the last' }),
  })

/** Keeps the key of the last row. */
export const cursorOf = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** Throws `invalid-input` for a cursor that no page gave out. */
export function keyOf<Key>(cursor: string | undefined, shape: z.ZodType<Key>): Key | undefined {
  if (cursor === undefined) return undefined
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch (cause) {
    throw new GatehouseError('invalid-input', 'The cursor is not one that a page gave out.', {
      cause,
      details: { errors: [{ path: 'cursor', message: 'not a cursor' }] },
    })
  }
}

/** The first `limit` of `limit + 1` rows asked for, and where to go on if there was one more. */
export function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyFor: (row: Row) => unknown,
  show: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(show),
    next: rows.length > limit && last !== undefined ? cursorOf(keyFor(last)) : null,
  }
}
