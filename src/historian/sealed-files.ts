/**
 * The sealed files of the embedded history. The folder is the manifest: a name says which journal
 * offsets a file holds and what its content's checksum is, so sealing the same stretch again, or
 * dying between a merge and the removal of what it merged, changes nothing.
 */
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Offset } from '../model/commit.ts'
import type { FileFigures, Written } from './parquet-protocol.ts'

/** Offsets `from` to `to`, both of which belong to it. */
export type OffsetRange = { readonly from: Offset; readonly to: Offset }

export type NamedFile = OffsetRange & { readonly name: string }

export type SealedFile = NamedFile & FileFigures

const NAME = /^(\d{16})-(\d{16})-([0-9a-f]{8})\.parquet$/

export const TEMPORARY = 'temporary'
const QUARANTINE = 'quarantine'

export const checksumIn = (name: string): string | undefined => NAME.exec(name)?.[3]

const nameOf = ({ from, to }: OffsetRange, checksum: string) =>
  `${String(from).padStart(16, '0')}-${String(to).padStart(16, '0')}-${checksum}.parquet`

function parsed(name: string): NamedFile | undefined {
  const [, from, to] = NAME.exec(name) ?? []
  return from && to ? { name, from: Number(from), to: Number(to) } : undefined
}

/** What is sealed, for a reader beside the gateway that owns the folder: nothing is removed. */
export function sealedIn(folder: string): NamedFile[] {
  return whole(existsSync(folder) ? readdirSync(folder) : []).kept
}

/** Files of whole stretches by journal order, and those that another one holds too. */
function whole(names: readonly string[]): { readonly kept: NamedFile[]; readonly held: NamedFile[] } {
  const found = names.flatMap((name) => parsed(name) ?? [])
  found.sort((a, b) => a.from - b.from || b.to - a.to || a.name.localeCompare(b.name))
  const kept: NamedFile[] = []
  const held: NamedFile[] = []
  for (const file of found) {
    const last = kept.at(-1)
    if (last && file.to <= last.to) held.push(file)
    else kept.push(file)
  }
  return { kept, held }
}

/** Whole files by journal order; leftovers of an interrupted seal or merge are removed. */
export async function listSealed(folder: string): Promise<NamedFile[]> {
  await rm(join(folder, TEMPORARY), { recursive: true, force: true })
  for (const below of [TEMPORARY, QUARANTINE]) await mkdir(join(folder, below), { recursive: true })
  const { kept, held } = whole(await readdir(folder))
  for (const file of held) await rm(join(folder, file.name))
  return kept
}

/** Stretches from the journal's first commit to `upTo` that no file holds; the files lie in order. */
export function holesIn(files: readonly OffsetRange[], upTo: Offset): OffsetRange[] {
  const holes: OffsetRange[] = []
  let next = 1
  for (const { from, to } of [...files, { from: upTo + 1, to: upTo }]) {
    if (from > next) holes.push({ from: next, to: from - 1 })
    next = Math.max(next, to + 1)
  }
  return holes
}

/** Gives the temporary file its name. On disk, name and all, when it resolves. */
export async function nameSealed(
  folder: string,
  temporary: string,
  { from, to }: OffsetRange,
  { checksum, ...figures }: Written,
): Promise<SealedFile> {
  const name = nameOf({ from, to }, checksum)
  await rename(join(folder, temporary), join(folder, name))
  await syncFolder(folder)
  return { name, from, to, ...figures }
}

/** Moves a damaged file out of the way; it stays for whoever wants to look at it. */
export async function quarantine(folder: string, name: string): Promise<void> {
  await rename(join(folder, name), join(folder, QUARANTINE, name)).catch((cause) => {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
  })
  await syncFolder(folder)
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const DAY_MS = 86_400_000
/** Neighbours of like size that become one. */
const FAN_IN = 8
/** A merged file stays below it, so that a merge fits into the engine's memory and time. */
const MAX_MERGED_READINGS = 16_000_000

/**
 * Files to merge next: those of a day (UTC, by commit time) that is over, else eight neighbours of
 * like size. So a query over a month opens some ten files where there would be 720.
 */
export function nextMerge(
  sealed: readonly SealedFile[],
  maxReadings = MAX_MERGED_READINGS,
): readonly SealedFile[] {
  const newest = sealed.at(-1)
  if (!newest) return []
  const dayOf = ({ receivedAt }: FileFigures) => Math.floor(receivedAt / DAY_MS)
  const sizeOf = ({ readings }: FileFigures) => Math.floor(Math.log(Math.max(readings, 1)) / Math.log(FAN_IN))
  const ofOneDay = runs(sealed, (file) => dayOf(file), maxReadings)
  const overAndApart = ofOneDay.find((run) => run.length > 1 && dayOf(run[0] as SealedFile) < dayOf(newest))
  if (overAndApart) return overAndApart
  const alike = runs(sealed, (file) => sizeOf(file), maxReadings).find((run) => run.length >= FAN_IN)
  return alike?.slice(0, FAN_IN) ?? []
}

/** Neighbours without a hole between them, of one kind, that together stay below the limit. */
function runs(
  sealed: readonly SealedFile[],
  kindOf: (file: SealedFile) => number,
  maxReadings: number,
): SealedFile[][] {
  const found: SealedFile[][] = []
  let readings = 0
  for (const file of sealed) {
    const run = found.at(-1)
    const last = run?.at(-1)
    const fits = readings + file.readings <= maxReadings
    if (run && last && fits && last.to + 1 === file.from && kindOf(last) === kindOf(file)) run.push(file)
    else {
      found.push([file])
      readings = 0
    }
    readings += file.readings
  }
  return found
}
