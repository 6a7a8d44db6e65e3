/**
 * Embedded history: hot rows in memory, sealed into immutable Parquet files by journal offset.
 * The journal is its write-ahead log: what is not sealed when the gateway dies is fed again from
 * `durable`, so nothing here needs to be written before it is acknowledged.
 */
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as z from 'zod'
import { type Commit, columnsOf, type Offset } from '../model/commit.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { pause } from '../model/pause.ts'
import { orCalledOff, throwIfCalledOff } from './called-off.ts'
import type { Historian } from './historian.ts'
import { type ChunkPool, chunkPool } from './hot-chunk.ts'
import { type HotRows, hotRows } from './hot-rows.ts'
import { parquetEngine } from './parquet-engine.ts'
import { readMerged } from './read-merged.ts'
import { lostOf, type Reread, refeed } from './refeed.ts'
import type { RepeatsByDevice } from './repeats.ts'
import type { OffsetRange } from './sealed-files.ts'
import { sealedHistory } from './sealed-history.ts'
import { sealingThread } from './sealing-thread.ts'

export const ParquetOptions = z
  .strictObject({
    sealReadings: z.int().min(1_000).max(10_000_000).default(1_000_000).meta({
      description: 'Readings held in memory at most before they are sealed into a Parquet file.',
    }),
    sealAfterMs: z.int().min(1_000).default(3_600_000).meta({
      description: 'Milliseconds after which readings in memory are sealed, however few they are.',
    }),
    queryTimeLimitMs: z.int().min(100).default(30_000).meta({
      description: 'Milliseconds after which a query is given up and its engine is started anew.',
    }),
    memoryLimitMb: z.int().min(128).default(512).meta({
      description: 'Megabytes that the query engine may use in its own process.',
    }),
    threads: z.int().min(1).max(64).default(2).meta({ description: 'Threads of the query engine.' }),
  })
  .meta({ description: 'Embedded history: Parquet files in the data directory.' })

export type ParquetOptions = z.output<typeof ParquetOptions>

export type ParquetHistorianArguments = {
  /** Its own folder; made where there is none. */
  readonly folder: string
  readonly options: ParquetOptions
  readonly repeatsBy: RepeatsByDevice
  /** The journal, from which a damaged file is made good; without it, what it held is lost. */
  readonly reread?: Reread
  readonly clock: Clock
  readonly log: Log
}

export interface ParquetHistorian extends Historian {
  /** Seals what is in memory now; for a backup, and for tests. */
  seal(): Promise<void>
  readonly counts: {
    readonly hotReadings: number
    readonly sealedReadings: number
    readonly sealedFiles: number
    readonly quarantinedFiles: number
    /** Stretches of the journal of which readings were lost with a damaged file. */
    readonly lostStretches: number
    readonly engineRestarts: number
    readonly failedSeals: number
  }
}

/** A stretch of the journal in memory. `to` grows until the stretch is closed for sealing. */
type Stretch = {
  readonly rows: HotRows
  readonly from: Offset
  to: Offset
  firstReceivedAt: Instant | undefined
}

/** Of one or two points; readings of more take more chunks, which then are made anew. */
const READINGS_A_CHUNK = 16_384
/** Readings of numbers need none; of events with long texts fewer are held than `sealReadings` says. */
const MOST_TEXT_BYTES = 128 << 20
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000

export async function parquetHistorian(given: ParquetHistorianArguments): Promise<ParquetHistorian> {
  const { options, repeatsBy, clock, log } = given
  const folder = resolve(given.folder)
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw new GatehouseError('data-unwritable', `The history cannot be kept in ${folder}: ${cause.message}`, {
      cause,
    })
  })
  const { memoryLimitMb, threads } = options
  const engine = parquetEngine({ folder, memoryLimitMb, threads }, log)
  const merger = parquetEngine({ folder, memoryLimitMb, threads: 1, isGentle: true }, log)
  const thread = sealingThread(folder)
  const stopping = new AbortController()
  let mending: Promise<void> | undefined
  let lostStretches = 0
  const sealed = await sealedHistory({
    folder,
    engine,
    merger,
    thread,
    queryTimeLimitMs: options.queryTimeLimitMs,
    log,
    damaged(range) {
      damaged.push(range)
      mend()
    },
  })
  const damaged: OffsetRange[] = [...sealed.missing]
  const newestAtOpening = sealed.to

  let taken: Offset = sealed.to
  const pool = chunkPool(Math.ceil(options.sealReadings / READINGS_A_CHUNK))
  let hot = stretchAfter(taken, pool)
  /** Closed and not yet sealed, oldest first. */
  const closed: Stretch[] = []
  let sealing: Promise<void> | undefined
  let merging: Promise<void> | undefined
  let failedSeals = 0
  let trouble: string | undefined

  function mend(): void {
    mending ??= mendAll().finally(() => {
      mending = undefined
    })
  }

  async function mendAll(): Promise<void> {
    const { reread = async () => [] } = given
    const { signal } = stopping
    let retryMs = FIRST_RETRY_MS
    for (let range = damaged.shift(); range && !signal.aborted; range = damaged.shift()) {
      const isFedAnyway = sealed.missing.includes(range) && range.from > newestAtOpening
      let rest = range
      const parts = {
        reread,
        seal: sealed.seal,
        pool,
        mostReadings: options.sealReadings,
        signal,
        log,
        lost: () => lostStretches++,
        doneTo(upTo: Offset) {
          rest = { from: upTo + 1, to: rest.to }
        },
      }
      try {
        await (isFedAnyway ? lostOf : refeed)(range, parts)
        retryMs = FIRST_RETRY_MS
      } catch (cause) {
        if (signal.aborted) return
        const { message } = cause as Error
        log.error(
          { ...rest, cause: message, retryMs },
          'What a damaged file held could not be read again yet',
        )
        damaged.unshift(rest) // the journal still has it, perhaps not for long
        await pause(clock, retryMs, signal)
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
      }
    }
  }

  function close(): void {
    if (hot.rows.count === 0) return
    closed.push(hot)
    hot = stretchAfter(taken, pool)
    sealing ??= sealClosed().finally(() => {
      sealing = undefined
    })
  }

  async function sealClosed(): Promise<void> {
    let retryMs = FIRST_RETRY_MS
    while (closed[0] && !stopping.signal.aborted) {
      try {
        await sealed.seal(closed[0].rows, closed[0])
        closed.shift()?.rows.release() // in the same turn as the file is listed: no reader sees both or neither
        retryMs = FIRST_RETRY_MS
        trouble = undefined
      } catch (cause) {
        failedSeals++
        trouble = (cause as Error).message
        log.error(
          { cause: trouble, retryMs },
          'Readings could not be sealed; they stay in memory and in the journal',
        )
        await pause(clock, retryMs, stopping.signal)
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
        continue
      }
      // Beside the sealing, never before it: readings in memory do not wait for a merge.
      merging ??= sealed.mergeAll().finally(() => {
        merging = undefined
      })
    }
  }

  mend()

  return {
    name: 'embedded',
    get durable() {
      return closed.length === 0 && hot.rows.count === 0 ? taken : sealed.to
    },
    get trouble() {
      return trouble
    },
    get counts() {
      const { readings: sealedReadings, files: sealedFiles, quarantined: quarantinedFiles } = sealed.counts
      const hotReadings = closed.reduce((sum, { rows }) => sum + rows.count, hot.rows.count)
      return {
        hotReadings,
        sealedReadings,
        sealedFiles,
        quarantinedFiles,
        lostStretches,
        engineRestarts: engine.restarts,
        failedSeals,
      }
    },
    async write(commits: readonly Commit[], signal?: AbortSignal) {
      for (const commit of commits) {
        throwIfCalledOff(signal)
        if (commit.offset <= taken) continue
        // One stretch being filled, one being sealed: memory stays bounded, and the journal waits.
        while (closed.length > 1 && sealing && !stopping.signal.aborted) {
          await orCalledOff(sealing, signal)
          throwIfCalledOff(signal)
        }
        hot.rows.add(columnsOf(commit), commit)
        taken = commit.offset
        hot.to = taken
        if (hot.rows.count > 0) hot.firstReceivedAt ??= commit.receivedAt
        const age = commit.receivedAt - (hot.firstReceivedAt ?? commit.receivedAt)
        const isFull = hot.rows.count >= options.sealReadings || hot.rows.textBytes >= MOST_TEXT_BYTES
        if (isFull || age >= options.sealAfterMs) close()
      }
    },
    readings: (query) =>
      readMerged(
        query,
        repeatsBy(query.device),
        () => [...closed, hot].flatMap(({ rows }) => rows.of(query.device, query)),
        sealed,
      ),
    async seal() {
      close()
      await sealing
      await merging
      await mending
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await thread[Symbol.asyncDispose]()
      await merger[Symbol.asyncDispose]()
      await engine[Symbol.asyncDispose]()
      await sealing
      await merging
      await mending
    },
  }
}

const stretchAfter = (offset: Offset, pool: ChunkPool): Stretch => ({
  rows: hotRows(pool),
  from: offset + 1,
  to: offset,
  firstReceivedAt: undefined,
})
