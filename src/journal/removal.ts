/** Commits that every consumer has passed go once they are old, or once there is too much of them. */
import type { Offset } from '../model/commit.ts'
import type { Log } from '../model/log.ts'
import type { JournalHead } from './journal.ts'
import type { JournalOptions } from './options.ts'
import type { CommitStore } from './store.ts'

const EACH_MS = 60_000

export type RemovalParts = {
  readonly store: Pick<CommitStore, 'remove'>
  readonly options: JournalOptions
  readonly head: () => JournalHead
  /** Every consumer has passed the commits up to here. */
  readonly passed: () => Offset
  readonly log: Log
}

export type Removing = {
  /** Commits removed so far. */
  readonly removed: number
  /** Begins once a minute, unless the last time still goes on. */
  begin(nowMs: number): void
  /** Resolves when nothing is under way, and nothing begins again. */
  end(): Promise<void>
}

export function removalFrom(startMs: number, { store, options, head, passed, log }: RemovalParts): Removing {
  let begunAtMs = startMs
  let underWay: Promise<void> | undefined
  let isEnding = false
  let removed = 0

  /** In small pieces, so that commits get in between; until nothing old is left. */
  async function removeOld(): Promise<void> {
    let piece: number
    do {
      const before = head().receivedAt - options.keepHours * 3_600_000
      piece = await store.remove({ upTo: passed(), before, maxBytes: options.maxBytes })
      removed += piece
    } while (piece > 0 && !isEnding)
  }

  return {
    get removed() {
      return removed
    },
    begin(nowMs) {
      if (underWay || isEnding || nowMs - begunAtMs < EACH_MS) return
      begunAtMs = nowMs
      underWay = removeOld()
        .catch((cause) => {
          if (!isEnding) log.warn({ err: cause }, 'Old commits could not be removed')
        })
        .finally(() => {
          underWay = undefined
        })
    },
    async end() {
      isEnding = true
      await underWay
    },
  }
}
