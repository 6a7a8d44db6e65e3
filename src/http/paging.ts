/** `limit` and `cursor` of every list, and the shape of a page. */
import * as z from 'zod'
import { keyOf, type Page, type PageQuery as Turn, pageOf as turned } from '../operations/pages.ts'
import { listOf } from './schemas.ts'

export const MAX_LIMIT = 1_000

/** Digits only: `1e2` or an empty text is not what anybody meant by a number of rows. */
const wholeNumber = (text: unknown): unknown =>
  typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : text

export const PageQuery = z.strictObject({
  limit: z
    .preprocess(wholeNumber, z.int().min(1).max(MAX_LIMIT))
    .default(100)
    .meta({ default: 100, description: `Rows wanted; 100 unless told, at most ${MAX_LIMIT}` }),
  cursor: z.string().min(1).max(512).optional().meta({ description: '`next` of the page before' }),
})

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: listOf(item),
    next: z.string().nullable().meta({ description: 'Cursor of the next page; null after the last' }),
  })

/** A page of what is short enough to be read whole, and keeps its order: its cursor is a place in it. */
export function pageOfWhole<Row>(whole: readonly Row[], { limit, cursor }: Turn): Page<Row> {
  const after = cursor === undefined ? 0 : Number(keyOf(cursor, ['number'])[0])
  const placed = whole.map((row, at) => ({ row, place: at + 1 }))
  return turned(
    placed.slice(after, after + limit + 1),
    limit,
    ({ row }) => row,
    ({ place }) => [place],
  )
}
