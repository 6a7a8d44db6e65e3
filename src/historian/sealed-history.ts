/**
 * The sealed part of the embedded history: which files there are, what they answer, and what becomes of a
 * damaged one.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Offset } from '../model/commit.ts'
import type { Interval } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { DeviceId } from '../model/reading.ts'
import type { HotRows } from './hot-rows.ts'
import { DamagedFile, type ParquetEngine } from './parquet-engine.ts'
import type { FileFigures, SealedRow } from './parquet-protocol.ts'
import {
  holesIn,
  listSealed,
  nameSealed,
  nextMerge,
  type OffsetRange,
  quarantine,
  type SealedFile,
  TEMPORARY,
} from './sealed-files.ts'
import type { SealingThread } from './sealing-thread.ts'

/** Sealing a million readings takes seconds; an engine that takes minutes is beyond help. */
const SEAL_TIME_LIMIT_MS = 300_000
const MERGE_TIME_LIMIT_MS = 1_800_000
/**
 * Of a look at one file at the start, the start of the engine with it: a machine that does much else at that
 * moment is no reason not to start.
 */
const OPEN_TIME_LIMIT_MS = 120_000

export interface SealedHistory {
  /** The highest journal offset that a sealed file holds. */
  readonly to: Offset
  readonly counts: { readonly files: number; readonly readings: number; readonly quarantined: number }
  /**
   * Stretches that no file held when it was opened, because one is damaged or gone, now or before a stop:
   * files follow each other without a hole otherwise. Oldest first; one behind `to` is fed again by whoever
   * follows the journal.
   */
  readonly missing: readonly OffsetRange[]
  /**
   * The file is listed, and `to` moved, in the turn in which this resolves; an older stretch takes its place
   * among the others.
   */
  seal(rows: HotRows, range: OffsetRange): Promise<void>
  /** Merges as long as there are files to merge; a failure is logged and left to the next time. */
  mergeAll(): Promise<void>
  /** One device's rows of the files listed now, for readers that come back for more. */
  reader(): SealedReader
}

export interface SealedReader extends Disposable {
  /** By measured instant and journal order; at most `limit`. */
  rows(device: DeviceId, interval: Interval, limit: number): Promise<readonly SealedRow[]>
}

export async function sealedHistory(given: {
  readonly folder: string
  readonly engine: ParquetEngine
  /** For merges alone: it gives way to questions and to the gateway. */
  readonly merger: ParquetEngine
  readonly thread: SealingThread
  readonly queryTimeLimitMs: number
  readonly log: Log
  /** A file that was open had to be set aside; it held this stretch. */
  readonly damaged: (range: OffsetRange) => void
}): Promise<SealedHistory> {
  const { folder, engine, merger, thread, queryTimeLimitMs, log, damaged } = given
  let files: readonly SealedFile[] = []
  let quarantined = 0
  let temporaries = 0
  /** Readers under way, and what to do once those that began before have ended. */
  const readers = new Set<PromiseWithResolvers<void>>()

  /** Where it cannot be moved it is left, and found again at the next start: what it held is made good all the same. */
  async function setAside({ file, message: because }: DamagedFile): Promise<void> {
    try {
      await quarantine(folder, file)
      quarantined++
      log.error({ file, because }, 'A file of the history is damaged; it was moved to quarantine')
    } catch (cause) {
      log.error(
        { file, because, err: cause },
        'A file of the history is damaged; it could not be moved to quarantine',
      )
    }
  }

  /** Of a file that is listed, once, however many readers have found it. */
  async function drop(cause: DamagedFile): Promise<void> {
    const lost = files.find(({ name }) => name === cause.file)
    if (!lost) return
    files = files.filter((file) => file !== lost)
    await setAside(cause)
    damaged({ from: lost.from, to: lost.to })
  }

  /**
   * Undefined where it is damaged. One that takes the engine with it as it is read is judged by its checksum,
   * before it is read.
   */
  async function inspected(file: string, whole: boolean): Promise<FileFigures | undefined> {
    try {
      return await engine.ask({ is: 'inspect', file, whole }, OPEN_TIME_LIMIT_MS)
    } catch (cause) {
      if (!(cause instanceof DamagedFile)) {
        if (whole) throw cause
        return inspected(file, true)
      }
      await setAside(cause)
      return undefined
    }
  }

  const found = await listSealed(folder)
  for (const named of found) {
    // The newest is read whole: the journal still has what it holds, were it damaged.
    const figures = await inspected(named.name, named === found.at(-1))
    if (figures) files = [...files, { ...named, ...figures }]
  }
  const missing = holesIn(files, found.at(-1)?.to ?? 0)

  async function remove(merged: readonly SealedFile[]): Promise<void> {
    await Promise.all([...readers].map(({ promise }) => promise))
    for (const { name } of merged) await rm(join(folder, name), { force: true })
  }

  let to = files.at(-1)?.to ?? 0
  const temporary = () => `${TEMPORARY}/${++temporaries}.parquet`

  async function merge(): Promise<void> {
    for (let parts = nextMerge(files); parts.length > 1; parts = nextMerge(files)) {
      const names = parts.map(({ name }) => name)
      const [first, last] = [parts[0] as SealedFile, parts.at(-1) as SealedFile]
      const path = temporary()
      try {
        const written = await merger.ask({ is: 'merge', files: names, to: path }, MERGE_TIME_LIMIT_MS)
        const merged = await nameSealed(folder, path, { from: first.from, to: last.to }, written)
        files = files.flatMap((file) => (file === first ? [merged] : names.includes(file.name) ? [] : [file]))
        await remove(parts)
      } catch (cause) {
        await rm(join(folder, path), { force: true }) // the disk may be full of it
        if (!(cause instanceof DamagedFile)) {
          return log.warn({ cause: (cause as Error).message }, 'Files of the history could not be merged')
        }
        await drop(cause)
      }
    }
  }

  return {
    get to() {
      return to
    },
    missing,
    get counts() {
      return {
        files: files.length,
        readings: files.reduce((sum, { readings }) => sum + readings, 0),
        quarantined,
      }
    },

    async seal(rows, range) {
      const path = temporary()
      try {
        const { checksum, ...figures } = await thread.seal(rows, path, SEAL_TIME_LIMIT_MS)
        // The journal lets go of what is sealed: the engine that will be asked for it has to find it in the file first.
        const found = await engine.ask({ is: 'inspect', file: path, whole: false }, SEAL_TIME_LIMIT_MS)
        if (!isDeepStrictEqual(found, figures)) {
          throw new Error(`A file reads as ${JSON.stringify(found)} and not as ${JSON.stringify(figures)}`)
        }
        const file = await nameSealed(folder, path, range, { checksum, ...figures })
        files = [...files, file].sort((a, b) => a.from - b.from)
        to = Math.max(to, range.to)
      } catch (cause) {
        await rm(join(folder, path), { force: true })
        throw cause
      }
    },

    async mergeAll() {
      await merge()
      await merger.rest()
    },

    reader() {
      const reading = Promise.withResolvers<void>()
      readers.add(reading)
      let own = files
      return {
        async rows(device, { from, to: before }, limit) {
          for (;;) {
            const names = own
              .filter((file) => file.earliest < before && file.latest >= from)
              .map(({ name }) => name)
            if (names.length === 0) return []
            try {
              return await engine.ask(
                { is: 'rows', files: names, device, from, to: before, limit },
                queryTimeLimitMs,
              )
            } catch (cause) {
              if (!(cause instanceof DamagedFile)) throw cause
              own = own.filter(({ name }) => name !== cause.file)
              await drop(cause)
            }
          }
        },
        [Symbol.dispose]() {
          readers.delete(reading)
          reading.resolve()
        },
      }
    },
  }
}
