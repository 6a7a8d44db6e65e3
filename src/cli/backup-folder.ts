/**
 * What a backup looks like: the files of a data directory as they were named there, and a manifest with
 * their checksums, written last. A folder without a manifest is a backup that was not finished.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import * as z from 'zod'

export const MANIFEST = 'manifest.json'

/** Every database of the data directory; what others stand on comes last. */
export const isDatabase = (path: string): boolean => path.endsWith('.sqlite')

const StoredFile = z.strictObject({
  path: z.string().refine((path) => !path.startsWith('/') && !path.split('/').includes('..')),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

export const Manifest = z.strictObject({
  format: z.literal(1),
  /** Of the release that made it. */
  release: z.string(),
  /** Everything acknowledged before this instant is in it. */
  begunAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  journal: z.strictObject({ first: z.int(), last: z.int() }),
  /** Of the copied operations: with the seal of its last entry, an end that is cut off later shows. */
  audit: z.strictObject({ entries: z.int(), seal: z.string(), brokenAt: z.int().optional() }).optional(),
  /** Files of the journal with a spoilt page, copied as they are: what can be read of them is still read. */
  damaged: z.array(z.strictObject({ path: z.string(), fault: z.string() })).optional(),
  files: z.array(StoredFile),
})

export type StoredFile = z.output<typeof StoredFile>
export type Manifest = z.output<typeof Manifest>

/** Regular files below a folder, as paths relative to it. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort()
}

/** On disk when it resolves, with the mode that it had; one reading of it is both copied and summed. */
export async function copyFile(path: string, from: string, to: string): Promise<StoredFile> {
  const target = join(to, path)
  const { mode } = await stat(join(from, path))
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  const sum = createHash('sha256')
  let bytes = 0
  const summed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  const written = createWriteStream(target, { flags: 'wx', mode: mode & 0o777, flush: true })
  await pipeline(createReadStream(join(from, path)), summed, written)
  return { path, bytes, sha256: sum.digest('hex') }
}

export async function summed(path: string, folder: string): Promise<StoredFile> {
  const sum = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(join(folder, path))) {
    sum.update(chunk as Buffer)
    bytes += (chunk as Buffer).length
  }
  return { path, bytes, sha256: sum.digest('hex') }
}

/** A database that nobody has open; reading it leaves nothing beside it. */
export function openCopy(file: string): DatabaseSync {
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  return new DatabaseSync(url, { readOnly: true })
}

/** What is wrong with a copied database, or undefined. */
export function faultIn(file: string, check: 'quick_check' | 'integrity_check'): string | undefined {
  try {
    using database = openCopy(file)
    const said = Object.values(database.prepare(`PRAGMA ${check}(1)`).get() ?? {})[0]
    return said === 'ok' ? undefined : String(said)
  } catch (cause) {
    return (cause as Error).message
  }
}

/** The names of what lies in it survive a power cut. */
export async function syncFolders(folder: string, paths: readonly string[]): Promise<void> {
  const folders = new Set(paths.map((path) => dirname(join(folder, path))))
  for (const one of [...folders, folder]) {
    const handle = await open(one, 'r')
    await handle.sync().finally(() => handle.close())
  }
}
