/**
 * Link changes and gaps wait for the journal while it takes nothing, and go with the next append. Only one
 * append at a time carries them: if it fails they wait on, in their order, so that a link that came up never
 * reads as one that went down.
 */
import type { Journal } from '../journal/journal.ts'
import type { JournalRecord } from '../model/commit.ts'

/** Those that wait; of more the oldest are dropped. */
const MOST_STATUSES = 1_000

export type StatusAppend = {
  /** Appends together with the statuses that wait. */
  append(records: readonly JournalRecord[]): Promise<unknown>
  tell(status: JournalRecord): void
}

/** `dropped` is told how many statuses were let go. */
export function statusAppend(
  journal: Pick<Journal, 'append'>,
  dropped: (statuses: number) => void,
): StatusAppend {
  const waiting: JournalRecord[] = []
  let isCarrying = false

  const append = (records: readonly JournalRecord[]): Promise<unknown> => {
    const carried = isCarrying ? [] : waiting.splice(0)
    if (carried.length === 0) return records.length === 0 ? Promise.resolve() : journal.append(records)
    isCarrying = true
    return carry(carried, journal.append([...carried, ...records]))
  }

  const carry = async (carried: readonly JournalRecord[], appended: Promise<unknown>): Promise<void> => {
    let isTaken = false
    try {
      await appended
      isTaken = true
    } finally {
      isCarrying = false
      if (isTaken) flush()
      else keepWaiting(carried)
    }
  }

  const keepWaiting = (carried: readonly JournalRecord[]) => {
    waiting.unshift(...carried)
    bound()
  }

  const bound = () => {
    if (waiting.length > MOST_STATUSES) dropped(waiting.splice(0, waiting.length - MOST_STATUSES).length)
  }

  const flush = () => {
    append([]).catch(() => {}) // they wait for the next append
  }

  return {
    append,
    tell(status) {
      waiting.push(status)
      flush()
      bound()
    },
  }
}
