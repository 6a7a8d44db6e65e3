/**
 * CSV (RFC 4180) as a spreadsheet opens it: a byte order mark, so that Excel reads Chinese; text that a
 * spreadsheet would run as a formula made harmless; nothing where nothing is known.
 */
export type Cell = string | number | null

export const BYTE_ORDER_MARK = '\uFEFF'

/** Full-width signs too: some spreadsheets take them for the others. */
const RUNS_AS_FORMULA = /^[=+\-@＝＋－＠\t\r\n]/

export function csvCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const safe = RUNS_AS_FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`
