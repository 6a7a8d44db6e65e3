/**
 * Which files a journal is made of. It is one, until a page of it is spoilt: nothing more is written into
 * that file then, and what comes goes into a new one beside it, named by the first number that it may hold
 * (docs/decisions/0039).
 */
import { readdirSync } from 'node:fs'
import { join, parse } from 'node:path'
import type { Offset } from '../model/commit.ts'

export type JournalFile = {
  readonly path: string
  /** The lowest number that it may hold. */
  readonly first: Offset
}

/** Those that are there, oldest first; the last one is written to. `file` is what the first of all is called. */
export function journalFiles(file: string): JournalFile[] {
  const { dir, base } = parse(file)
  return readdirSync(dir)
    .flatMap((name) => {
      if (name === base) return [{ path: file, first: 1 }]
      const first = numberIn(name, file)
      return first === undefined ? [] : [{ path: join(dir, name), first }]
    })
    .sort((a, b) => a.first - b.first || Number(b.path === file) - Number(a.path === file))
}

export function laterFile(file: string, first: Offset): JournalFile {
  const { dir, name, ext } = parse(file)
  return { path: join(dir, `${name}-${first}${ext}`), first }
}

function numberIn(name: string, file: string): Offset | undefined {
  const { name: stem, ext } = parse(file)
  if (!name.startsWith(`${stem}-`) || !name.endsWith(ext)) return undefined
  const number = name.slice(stem.length + 1, -ext.length)
  return /^[1-9]\d{0,15}$/.test(number) ? Number(number) : undefined
}
