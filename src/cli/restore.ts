/**
 * Puts a backup into an empty data directory. Everything is copied beside, summed and checked first, so that of a
 * damaged backup nothing gets a place; where it is killed while files get theirs, no gateway starts on that half.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { assertWhole, LOCK, UNFINISHED_RESTORE } from '../journal/data-folder.ts'
import { lockForRestore } from '../journal/data-lock.ts'
import { GatehouseError } from '../model/errors.ts'
import { copyFile, faultIn, isDatabase, MANIFEST, Manifest, syncFolders } from './backup-folder.ts'
import type { Command } from './command.ts'
import { configOf, parse } from './options.ts'

export const restore: Command = {
  name: 'restore',
  usage: 'restore DIR [--to DATA_DIR] [--config FILE]',
  summary: 'Put a backup into an empty data directory; the gateway there must not run.',
  async run(args, terminal) {
    const { values, positionals } = parse(args, ['to'], ['DIR'])
    const [folder = ''] = positionals
    const dataDir = values.to === undefined ? configOf(values, terminal).data.dir : resolve(values.to)
    const { files, begunAt } = await restoreBackup(resolve(folder), dataDir)
    terminal.out(`${files.length} files in ${dataDir}: everything acknowledged before ${begunAt}`)
    return 0
  },
}

/**
 * Throws GatehouseError `backup-damaged`, `folder-not-empty`, `restore-unfinished`, `data-locked` or
 * `data-unwritable`.
 */
export async function restoreBackup(folder: string, dataDir: string): Promise<Manifest> {
  const manifest = await readManifest(folder)
  const missing = missingFolders(dataDir)
  using _lock = lockForRestore(dataDir)
  const stage = join(dataDir, UNFINISHED_RESTORE)
  const there = (await readdir(dataDir)).filter((name) => !name.startsWith(LOCK))
  if (there.some((name) => name !== UNFINISHED_RESTORE)) {
    assertWhole(dataDir)
    throw new GatehouseError(
      'folder-not-empty',
      `${dataDir} is not empty: move away what is in it, or restore to another directory (--to)`,
    )
  }
  await rm(stage, { recursive: true, force: true })
  await mkdir(stage, { mode: 0o700 })
  try {
    await copyChecked(manifest, folder, stage)
  } catch (cause) {
    await rm(stage, { recursive: true, force: true })
    await removeAgain(missing)
    throw cause
  }
  for (const { path } of manifest.files) {
    await mkdir(dirname(join(dataDir, path)), { recursive: true, mode: 0o700 })
    await rename(join(stage, path), join(dataDir, path))
  }
  await syncFolders(
    dataDir,
    manifest.files.map(({ path }) => path),
  )
  await rm(stage, { recursive: true })
  await syncFolders(dataDir, [])
  return manifest
}

/** The folder and those above it that are not there, innermost first. */
function missingFolders(path: string): string[] {
  return existsSync(path) ? [] : [path, ...missingFolders(dirname(path))]
}

/** Folders that were made for this restore alone, with its lock; one that somebody else has put something in stays. */
async function removeAgain(made: readonly string[]): Promise<void> {
  const [dataDir] = made
  if (dataDir === undefined) return
  const left = await readdir(dataDir)
  if (!left.every((name) => name.startsWith(LOCK))) return
  for (const name of left) await rm(join(dataDir, name), { force: true })
  for (const folder of made) await rmdir(folder).catch(() => {})
}

async function copyChecked(
  { files, damaged: known = [] }: Manifest,
  folder: string,
  stage: string,
): Promise<void> {
  for (const { path, sha256 } of files) {
    const copied = await copyFile(path, folder, stage).catch((cause: Error) => {
      throw damaged(folder, `${path}: ${cause.message}`, cause)
    })
    if (copied.sha256 !== sha256) throw damaged(folder, `${path} is not what was written`)
    const isKnown = known.some((one) => one.path === path)
    const fault = isDatabase(path) && !isKnown ? faultIn(join(stage, path), 'integrity_check') : undefined
    if (fault !== undefined) throw damaged(folder, `${path}: ${fault}`)
  }
  await syncFolders(stage, [])
}

async function readManifest(folder: string): Promise<Manifest> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder) throw damaged(folder, 'there is no such folder')
  try {
    return Manifest.parse(JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')))
  } catch (cause) {
    throw damaged(folder, `its ${MANIFEST} is missing or cannot be read, so it was not finished`, cause)
  }
}

const damaged = (folder: string, because: string, cause?: unknown) =>
  new GatehouseError('backup-damaged', `The backup ${folder} cannot be restored: ${because}`, { cause })
