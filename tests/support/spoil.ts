/** A SQLite file as a disk leaves it that gave back something else than what was written. */
import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

export type Spoil = (page: Buffer) => void

/**
 * Spoils one of the pages that hold rows, in the order in which they were filled
 * (https://www.sqlite.org/fileformat.html#b_tree_pages).
 */
export function spoilPage(file: string, spoil: Spoil, which: 'middle' | 'last' = 'middle'): void {
  const bytes = readFileSync(file)
  const size = bytes.readUInt16BE(16)
  const pages = Array.from({ length: bytes.length / size }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  )
  const leaves = pages.filter((page) => page[0] === TABLE_LEAF)
  spoil(leaves.at(which === 'last' ? -1 : leaves.length >> 1) as Buffer)
  writeFileSync(file, bytes)
}

const TABLE_LEAF = 13

/** The first page of a table. */
export function spoilTable(file: string, table: string, spoil: Spoil): void {
  const rootOf = () => {
    using database = new DatabaseSync(file)
    return Number(database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.rootpage)
  }
  const root = rootOf()
  const bytes = readFileSync(file)
  const size = bytes.readUInt16BE(16)
  spoil(bytes.subarray((root - 1) * size, root * size))
  writeFileSync(file, bytes)
}

/** The page of the names of tables: behind the header of the file. */
export function spoilNames(file: string): void {
  const bytes = readFileSync(file)
  bytes.writeUInt8(0xff, 100)
  writeFileSync(file, bytes)
}

/** What the file says of itself in its first bytes. */
export function spoilHeader(file: string): void {
  const bytes = readFileSync(file)
  bytes.fill(0x5a, 0, 16)
  writeFileSync(file, bytes)
}

/** All of its first page, as a block that was never written. */
export function spoilFirstPage(file: string): void {
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0, 0, bytes.readUInt16BE(16)))
}

export const cutOff = (file: string): void => writeFileSync(file, '')

export const unknownKind: Spoil = (page) => page.fill(0xff, 0, 1)

export const emptied: Spoil = (page) => page.fill(0)

/** The number of its second row: the varint of it stands behind that of its length. */
export const leapAhead: Spoil = (page) => {
  const row = page.readUInt16BE(8 + 2)
  const numberAt = row + ((page[row] as number) > 0x7f ? 2 : 1)
  page[numberAt] = (page[numberAt] as number) | 0x40
}
