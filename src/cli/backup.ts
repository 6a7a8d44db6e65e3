/**
 * A copy of the data directory that a gateway can be started on, made while the gateway runs. Whoever reads
 * the journal is copied before it, so that nobody's place lies beyond what the copy of the journal holds; what a
 * reader has missed by then, it finds there.
 */

import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { backup as copyDatabase, DatabaseSync } from 'node:sqlite'
import manifest from '../../package.json' with { type: 'json' }
import { systemClock } from '../connect/system-clock.ts'
import { isCorrupt, isEmptied } from '../journal/commit-file.ts'
import { type JournalFile, journalFiles } from '../journal/journal-files.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Clock } from '../model/instant.ts'
import { checkAudit } from '../operations/audit-chain.ts'
import {
  copyFile,
  faultIn,
  filesBelow,
  isDatabase,
  MANIFEST,
  type Manifest,
  openCopy,
  type StoredFile,
  summed,
  syncFolders,
} from './backup-folder.ts'
import type { Command } from './command.ts'
import { configOf, parse } from './options.ts'

const JOURNAL = 'journal.sqlite'
const OPERATIONS = 'operations.sqlite'
/**
 * Rule states never stand beyond the effects that led to them: they are copied before the alarms, as the
 * alarms are before the journal.
 */
const STATES = 'states.sqlite'

/** Of one process, of one moment, or set aside as damaged: none of it belongs to a backup. */
const LEFT_OUT =
  /^(?:gateway\.lock.*|ports\.json|rebase\.request|rules\.(?:request|answer)|.+\.sqlite\.new|.+-(?:wal|shm|journal)|history\/(?:temporary|quarantine)\/.*|opcua\/mutex.*)$/

/** How often it begins again, where files are merged or old commits removed faster than it copies. */
const ATTEMPTS = 5

/** In one step: readers of a WAL see one state of it throughout, and nobody who writes waits for them. */
const ALL_PAGES = 2 ** 31 - 1

export const backup: Command = {
  name: 'backup',
  usage: 'backup DIR [--config FILE]',
  summary: 'Copy the data of the gateway, running or not, to an empty folder.',
  async run(args, terminal) {
    const { values, positionals } = parse(args, [], ['DIR'])
    const [folder = ''] = positionals
    const { data } = configOf(values, terminal)
    const { files, begunAt, audit, damaged = [] } = await makeBackup(data.dir, resolve(folder), systemClock)
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    terminal.out(
      `${files.length} files, ${bytes} bytes in ${resolve(folder)}: everything acknowledged before ${begunAt}`,
    )
    for (const { path, fault } of damaged) {
      terminal.err(
        `Warning: ${path} is damaged (${fault}): all of it was copied, what can be read of it will be`,
      )
    }
    if (audit?.brokenAt !== undefined) {
      terminal.err(`Warning: the audit is broken at entry ${audit.brokenAt}: see gatehouse audit verify`)
    }
    return 0
  },
}

/** Throws GatehouseError `folder-not-empty` or `backup-failed`. */
export async function makeBackup(dataDir: string, folder: string, clock: Clock): Promise<Manifest> {
  const failed = (sentence: string, cause?: unknown) =>
    new GatehouseError('backup-failed', sentence, { cause })
  if (!existsSync(dataDir) || journalFiles(join(dataDir, JOURNAL)).length === 0)
    throw failed(`There is no journal in ${dataDir}`)
  if (!relative(dataDir, folder).startsWith('..')) throw failed(`${folder} lies in the data directory itself`)
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: Error) => {
    throw failed(`${folder} cannot be made: ${cause.message}`, cause)
  })
  if ((await readdir(folder)).length > 0)
    throw new GatehouseError('folder-not-empty', `${folder} is not empty: name a new folder for each backup`)
  const begunAt = new Date(clock.now()).toISOString()
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const copied = await copyAll(dataDir, folder).catch((cause) => {
        if (!isGone(cause) || attempt === ATTEMPTS) throw cause
        return undefined // a spoilt file of the journal, removed between being found and being opened
      })
      if (copied) {
        const endedAt = new Date(clock.now()).toISOString()
        const made: Manifest = { format: 1, release: manifest.version, begunAt, endedAt, ...copied }
        await syncFolders(
          folder,
          made.files.map(({ path }) => path),
        )
        await writeFile(join(folder, MANIFEST), `${JSON.stringify(made, null, 2)}\n`, {
          flush: true,
          mode: 0o600,
        })
        await syncFolders(folder, [])
        return made
      }
      for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true })
    }
  } catch (cause) {
    throw failed(`${folder} could not be written: ${(cause as Error).message}`, cause)
  }
  throw failed(
    'Old commits are removed faster than they can be copied; raise journal.maxBytes or journal.keepHours',
  )
}

/** Undefined where the journal has meanwhile lost commits that a reader, as it was copied, still needs. */
async function copyAll(
  dataDir: string,
  folder: string,
): Promise<Pick<Manifest, 'journal' | 'audit' | 'files' | 'damaged'> | undefined> {
  const before = extentOf(dataDir)
  const files = new Map<string, StoredFile>()
  const databases: string[] = []
  let vanished: boolean
  do {
    vanished = false
    for (const path of await filesBelow(dataDir)) {
      if (LEFT_OUT.test(path) || files.has(path) || databases.includes(path)) continue
      if (isDatabase(path)) databases.push(path)
      else {
        const copied = await copyIfThere(path, dataDir, folder)
        if (copied) files.set(path, copied)
        else vanished = true // merged into another file, or moved: that one is found in the next round
      }
    }
  } while (vanished)
  const ofJournal = journalFiles(join(dataDir, JOURNAL)).map(({ path }) => basename(path))
  // A spoilt file of the journal that was all old went meanwhile, or another was begun.
  if (ofJournal.some((path) => !databases.includes(path))) return undefined
  const turnOf = (path: string) => (path === STATES ? 0 : ofJournal.includes(path) ? 2 : 1)
  const damaged: { path: string; fault: string }[] = []
  for (const path of databases.sort((a, b) => turnOf(a) - turnOf(b))) {
    await copyPages(path, dataDir, folder)
    const fault = isEmptied(join(folder, path)) ? 'it is empty' : faultIn(join(folder, path), 'quick_check')
    // A commit that cannot be read stands as a gap for whoever reads it, there as here.
    if (fault !== undefined && ofJournal.includes(path)) damaged.push({ path, fault })
    else if (fault !== undefined) throw new Error(`${path} is damaged: ${fault}`)
    files.set(path, await summed(path, folder))
  }
  const copied = extentOf(folder, true)
  // What every reader had passed before anything was copied is in the copies of the readers.
  if (copied.first !== before.first && copied.first > before.passed + 1) return undefined
  const journal = { first: copied.first, last: copied.last }
  const audit = databases.includes(OPERATIONS) && auditIn(join(folder, OPERATIONS))
  return {
    journal,
    ...(audit && { audit }),
    ...(damaged.length > 0 && { damaged }),
    files: [...files.values()],
  }
}

/** SQLITE_CANTOPEN */
const CANNOT_OPEN = 14
const isGone = (cause: unknown) =>
  ((cause as { readonly errcode?: number }).errcode ?? 0) % 256 === CANNOT_OPEN

async function copyPages(path: string, from: string, to: string): Promise<void> {
  try {
    if (isEmptied(join(from, path))) return void (await copyFile(path, from, to))
    using source = new DatabaseSync(join(from, path), { readOnly: true, timeout: 5_000 })
    await copyDatabase(source, join(to, path), { rate: ALL_PAGES })
  } catch (cause) {
    if (!isCorrupt(cause)) throw cause
    await rm(join(to, path), { force: true }) // not even its beginning can be read: it is copied as it is
    await copyFile(path, from, to)
  }
}

async function copyIfThere(path: string, from: string, to: string): Promise<StoredFile | undefined> {
  try {
    return await copyFile(path, from, to)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    await rm(join(to, path), { force: true })
    return undefined
  }
}

function auditIn(operations: string): Manifest['audit'] {
  using database = openCopy(operations)
  const checked = checkAudit(database)
  if (!checked) return undefined
  const { entries, seal, brokenAt } = checked
  return { entries, seal, ...(brokenAt && { brokenAt: brokenAt.id }) }
}

/** Which commits the journal holds, and up to where every reader has passed them. */
function extentOf(folder: string, isCopy = false) {
  const files = journalFiles(join(folder, JOURNAL))
  const asked = (place: number, sql: string): unknown => {
    try {
      const { path } = files.at(place) as JournalFile
      if (isEmptied(path)) return undefined
      using database = isCopy ? openCopy(path) : new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
      return Object.values(database.prepare(sql).get() ?? {})[0]
    } catch (cause) {
      if (!isCorrupt(cause)) throw cause
      return undefined
    }
  }
  const numberOf = (value: unknown, other = 0) => (typeof value === 'number' ? value : other)
  return {
    first: numberOf(asked(0, 'SELECT min(offset) FROM commits'), files[0]?.first),
    last: numberOf(asked(-1, 'SELECT max(offset) FROM commits'), (files.at(-1)?.first ?? 1) - 1),
    passed: numberOf(asked(-1, 'SELECT min(offset) FROM positions')),
  }
}
