/**
 * The journal on disk: SQLite in WAL mode with synchronous=FULL, so that what is resolved has been
 * through fsync. A tail torn by a power cut fails its checksum in the WAL and was never acknowledged.
 */
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Commit, commitOf, type Offset, type PartsInColumns } from '../model/commit.ts'
import { GatehouseError } from '../model/errors.ts'
import { SILENT_LOG } from '../model/log.ts'
import { decodeParts, decodeRecords, type Encoded, encodeCommit } from './codec.ts'
import type { StoredCommit } from './commit-file.ts'
import type { News, Opened } from './commit-files.ts'
import type { Journal } from './journal.ts'
import { journalOver, type LineParts } from './line.ts'
import type { Answer, Request, Told } from './sqlite-worker.ts'
import type { CommitStore } from './store.ts'

/** SQLITE_FULL: the disk had no room; the transaction is rolled back and may be tried again. */
const SQLITE_FULL = 13
/** It holds one commit at a time; the main thread's young generation is for what is under way there. */
const LIMITS = { maxYoungGenerationSizeMb: 16 }
/** Of one answer to a read, so that a reader far behind never holds more. */
const READ_BYTES = 2 ** 18

export type SqliteJournalParts = LineParts & {
  /** Made if it is not there; nothing else writes in it. */
  readonly file: string
  /** Used share of the disk that holds the file, 0 to 1. */
  readonly diskUsed?: (folder: string) => Promise<number>
}

/** Rejects with GatehouseError `data-unwritable` or `journal-failed`. */
export async function sqliteJournal({
  file,
  diskUsed = usedShare,
  ...line
}: SqliteJournalParts): Promise<Journal> {
  const log = line.log ?? SILENT_LOG
  let spoiltFiles = 0
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
    workerData: { file },
    resourceLimits: LIMITS,
  })
  const thread = callsTo(worker, ({ is, spoiltFiles: now, ...what }) => {
    spoiltFiles = now
    if (is === 'spoilt') log.error(what, 'A page of the journal is spoilt; a new file was begun')
    else log.info(what, 'A spoilt file of the journal was removed: all of it was old')
  })
  const opened = (await thread.call({ is: 'open' }).catch(async (cause) => {
    await thread.end()
    throw new GatehouseError('data-unwritable', `Cannot open the journal ${file}: ${cause.message}`, {
      cause,
    })
  })) as Opened
  spoiltFiles = opened.spoiltFiles
  log.info(
    { offset: opened.head.offset, spoiltFiles, commitMs: Number(opened.fsyncMs.toFixed(2)) },
    'The journal is open',
  )
  const store = storeOver(thread, opened, {
    diskUsed: () => diskUsed(dirname(file)),
    spoiltFiles: () => spoiltFiles,
  })
  return journalOver(store, line)
}

type Beside = Pick<CommitStore, 'diskUsed'> & { readonly spoiltFiles: () => number }

function storeOver(thread: Calls, { head, places }: Opened, { diskUsed, spoiltFiles }: Beside): CommitStore {
  /** By number: each reader that is behind comes to them. */
  const damaged = new Set<Offset>()
  const readBack = (stored: StoredCommit): Commit => {
    const { offset, receivedAt } = stored
    try {
      const parts = decodeParts(stored.body)
      return stillEncoded(stored, () => parts)
    } catch (cause) {
      damaged.add(offset) // what follows it must still reach everyone, so it stands as a gap and not as an error
      const reason = `commit ${offset} of the journal is damaged: ${(cause as Error).message}`
      return {
        offset,
        receivedAt,
        records: [{ is: 'gap', source: 'gateway', from: receivedAt, to: receivedAt, reason }],
      }
    }
  }
  return {
    head,
    positions: new Map(places),
    get damaged() {
      return damaged.size
    },
    get spoiltFiles() {
      return spoiltFiles()
    },
    write(commit, positions) {
      const { offset = 0, receivedAt = 0 } = commit ?? {}
      const { body, parts } = commit ? encodeCommit(commit.records) : {}
      const stored = body && { offset, receivedAt, body }
      return thread
        .call({ is: 'write', commit: stored, positions: [...positions] }, body ? [body.buffer] : [])
        .then((back) => {
          const written = back as Uint8Array<ArrayBuffer> | undefined
          if (!written || !parts) return { bytes: 0 }
          return {
            bytes: written.byteLength,
            kept: stillEncoded({ offset, receivedAt, body: written }, parts),
          }
        })
    },
    async read(after, limit) {
      const stored = await thread.call({ is: 'read', after, limit, maxBytes: READ_BYTES })
      return (stored as StoredCommit[]).map(readBack)
    },
    remove: async (removal) => (await thread.call({ is: 'remove', ...removal })) as number,
    diskUsed,
    async close() {
      await thread.call({ is: 'close' }).finally(() => thread.end())
    },
  }
}

/**
 * Its records are made when somebody asks for them. Between the sender and the consumers a commit is bytes, which no
 * collector copies; as objects a few hundred thousand readings a second grow old there.
 */
function stillEncoded({ offset, receivedAt, body }: StoredCommit, partsIn: Encoded['parts']): Commit {
  let parts: PartsInColumns | undefined
  const made = () => {
    parts ??= partsIn(body)
    return parts
  }
  const commit: Commit = {
    offset,
    receivedAt,
    get records() {
      return decodeRecords(body)
    },
  }
  return commitOf(commit, {
    get columns() {
      return made().columns
    },
    get remarks() {
      return made().remarks
    },
  })
}

type Calls = {
  call(request: Request, transfer?: ArrayBuffer[]): Promise<unknown>
  end(): Promise<unknown>
}

function callsTo(worker: Worker, onNews: (news: News) => void): Calls {
  const open = new Map<number, PromiseWithResolvers<unknown>>()
  let lastId = 0
  let dead: Error | undefined
  const die = (cause: Error) => {
    dead ??= new GatehouseError('journal-failed', `The journal's thread has ended: ${cause.message}`, {
      cause,
    })
    for (const { reject } of open.values()) reject(dead)
    open.clear()
  }
  worker.on('message', (answer: Answer | Told) => {
    if ('news' in answer) return onNews(answer.news)
    const waiting = open.get(answer.id)
    open.delete(answer.id)
    if (!('failed' in answer)) return waiting?.resolve(answer.result)
    const code =
      answer.errcode !== undefined && (answer.errcode & 0xff) === SQLITE_FULL
        ? 'journal-full'
        : 'journal-failed'
    waiting?.reject(new GatehouseError(code, `The journal cannot be written: ${answer.failed}`))
  })
  worker.on('error', die)
  worker.on('messageerror', die)
  worker.on('exit', (code) => die(new Error(`exit code ${code}`)))
  return {
    call(request, transfer = []) {
      if (dead) return Promise.reject(dead)
      const waiting = Promise.withResolvers<unknown>()
      open.set(++lastId, waiting)
      worker.postMessage({ id: lastId, request }, transfer)
      return waiting.promise
    },
    end: () => worker.terminate(),
  }
}

/** As `df` reckons it: space kept back for root counts as neither used nor free. */
async function usedShare(folder: string): Promise<number> {
  const { blocks, bfree, bavail } = await statfs(folder)
  const used = blocks - bfree
  return used + bavail === 0 ? 0 : used / (used + bavail)
}
