/**
 * Answers that are a table: JSON for programs, in pages, or CSV for a spreadsheet, whole. A CSV is sent as it
 * is written, some lines a turn of the event loop: five thousand institutions by the night are three hundred
 * thousand lines, and devices wait for none of them.
 */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import * as z from 'zod'
import { LANGUAGES, type Language } from '../model/errors.ts'
import { WATER_CODE_WORDS, WATER_COLUMN_WORDS } from '../model/words-water.ts'
import { refuses } from './answers.ts'
import { BYTE_ORDER_MARK, type Cell, csvLine } from './csv.ts'
import { Unchanged } from './unchanged.ts'

/** How a table is wanted. */
export const TableQuery = {
  format: z.enum(['json', 'csv']).default('json').meta({
    description: 'JSON in pages, or CSV (UTF-8 with a byte order mark) whole, whatever `limit` says',
  }),
  words: z.enum(LANGUAGES).optional().meta({
    description:
      'Of a CSV: titles of the columns, qualities and states in words of that language; otherwise the names and codes of the JSON',
  }),
}

/** The answer as JSON, or as CSV. */
export const tableAnswers = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  200: {
    description,
    content: { 'application/json': { schema }, 'text/csv': { schema: z.string() } },
  },
  304: Unchanged,
  ...refuses(503),
})

export type CsvRow = Readonly<Record<string, Cell>>

export type CsvTable = {
  /** Of the file, without its extension. */
  readonly name: string
  readonly columns: readonly string[]
  readonly words: Language | undefined
  /** Rows as they come. */
  readonly parts: Iterable<readonly CsvRow[]> | AsyncIterable<readonly CsvRow[]>
}

/** About a millisecond of work. */
const LINES_A_TURN = 500

async function* linesOf({ columns, words, parts }: CsvTable): AsyncGenerator<string> {
  const titles = words ? columns.map((column) => WATER_COLUMN_WORDS[column]?.[words] ?? column) : columns
  yield BYTE_ORDER_MARK + csvLine(titles)
  const shown = (column: string, cell: Cell): Cell =>
    (words && WATER_CODE_WORDS[column]?.[String(cell)]?.[words]) ?? cell
  for await (const rows of parts) {
    for (let at = 0; at < rows.length; at += LINES_A_TURN) {
      await new Promise(setImmediate)
      const some = rows.slice(at, at + LINES_A_TURN)
      yield some.map((row) => csvLine(columns.map((column) => shown(column, row[column] ?? null)))).join('')
    }
  }
}

export function sendCsv(reply: FastifyReply, table: CsvTable): FastifyReply {
  reply.type('text/csv; charset=utf-8')
  reply.header('content-disposition', `attachment; filename="${table.name}.csv"`)
  return reply.send(Readable.from(linesOf(table)))
}

export const sendJson = <Shown>(reply: FastifyReply, shown: Shown): FastifyReply =>
  reply.type('application/json; charset=utf-8').send(shown)
