/**
 * The history consumer: writes the journal's commits to a historian, in order, one batch at a time.
 * A historian that is away is waited for; the journal keeps what it has not taken.
 */
import type { Historian } from '../historian/historian.ts'
import type { Journal } from '../journal/journal.ts'
import { columnsOf, type Offset } from '../model/commit.ts'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { Consumer } from './consumer.ts'
import { progressFrom } from './progress.ts'
import { untilWritten } from './retry.ts'

/** The journal is told only now and then how far the historian is durable; it matters for removal alone. */
const ADVANCE_EACH_MS = 10_000

export interface History extends Consumer {
  readonly counts: {
    readonly readings: number
    readonly failedWrites: number
    /** Commits that the journal holds and the historian has not taken. */
    readonly behind: number
  }
  /** Why nothing gets through, while it is tried again or for good. */
  readonly failing: string | undefined
}

export type HistoryParts = {
  readonly journal: Pick<Journal, 'head' | 'follow' | 'advance'>
  readonly historian: Historian
  /**
   * Nothing is read before: what the journal holds for a history in memory would stand in the way of a start.
   * Absent: at once.
   */
  readonly begin?: Promise<void>
  readonly clock: Clock
  readonly log: Log
}

export function startHistory({ journal, historian, begin, clock, log }: HistoryParts): History {
  const name = 'history'
  const progress = progressFrom(historian.durable)
  const stopping = new AbortController()
  let readings = 0
  let failedWrites = 0
  let failing: string | undefined
  let advanced: Offset = 0
  let advancedAtMs = clock.monotonicMs()

  async function advance(): Promise<void> {
    const { durable } = historian
    advancedAtMs = clock.monotonicMs()
    if (durable > advanced) await journal.advance(name, durable).catch(() => {}) // a hint for removal
    advanced = durable
  }

  async function run(): Promise<void> {
    try {
      if (begin)
        await Promise.race([begin, new Promise((ended) => stopping.signal.addEventListener('abort', ended))])
      for await (const batch of journal.follow(historian.durable, stopping.signal)) {
        await untilWritten(() => historian.write(batch, stopping.signal), {
          clock,
          signal: stopping.signal,
          isFinal: () => false, // someone may mend even what no retry heals: the batch is kept and tried again
          failed(cause, waitMs) {
            failedWrites++
            failing = cause instanceof Error ? cause.message : String(cause)
            log.warn(
              { historian: historian.name, cause, waitMs },
              'The history does not take what is written',
            )
          },
        })
        failing = undefined
        for (const commit of batch) readings += columnsOf(commit).at.length
        progress.moveTo(batch.at(-1)?.offset ?? progress.offset)
        if (clock.monotonicMs() - advancedAtMs >= ADVANCE_EACH_MS) await advance()
      }
    } catch (cause) {
      if (stopping.signal.aborted) return
      log.error({ cause }, 'The history consumer has stopped')
      failing = cause instanceof Error ? cause.message : String(cause)
      progress.stop(cause instanceof Error ? cause : new Error(failing))
    }
  }
  const running = run()

  return {
    name,
    get offset() {
      return progress.offset
    },
    get counts() {
      return { readings, failedWrites, behind: Math.max(0, journal.head.offset - progress.offset) }
    },
    get failing() {
      return failing ?? historian.trouble
    },
    reached: (offset) => progress.reached(offset),
    async [Symbol.asyncDispose]() {
      stopping.abort()
      progress.stop(new Error('The history consumer is closed'))
      await running
      await advance()
    },
  }
}
