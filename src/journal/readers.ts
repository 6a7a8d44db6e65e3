/**
 * The reading side of a journal: what is new comes from memory, what is older from the store. Who has read
 * all there is sleeps until the next commit.
 */
import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Commit, Offset } from '../model/commit.ts'
import { recentCommits } from './recent.ts'
import type { CommitStore } from './store.ts'

const READ_COMMITS = 512

export type Readers = {
  /** A commit is durable; `records`: how many it has. */
  add(commit: Commit, records: number): void
  /** Numbers up to this one are left out. */
  passOver(upTo: Offset): void
  read(after: Offset, limit: number): Promise<readonly Commit[]>
  follow(after: Offset, signal: AbortSignal): AsyncGenerator<readonly Commit[]>
  /** Whoever has read all there is comes to an end. */
  close(): void
}

/** `head` is that of the journal: the newest durable commit. */
export function readersOf(store: Pick<CommitStore, 'read'>, head: () => Offset): Readers {
  let recent = recentCommits(head())
  const followers = new Set<{ at: Offset }>()
  let asleep: (() => void)[] = []
  let isClosed = false

  const wakeAll = () => {
    const woken = asleep
    asleep = []
    for (const wake of woken) wake()
  }

  const read = async (after: Offset, limit: number) => {
    const held = recent.after(after)
    return held ? held.slice(0, limit) : store.read(after, limit)
  }

  return {
    add(commit, records) {
      recent.add(commit, records)
      wakeAll()
    },
    passOver(upTo) {
      recent = recentCommits(upTo)
    },
    read,
    async *follow(after, signal) {
      const follower = { at: after }
      followers.add(follower)
      let wake = () => {}
      const onAbort = () => wake()
      signal.addEventListener('abort', onAbort)
      try {
        while (!signal.aborted) {
          const batch = await read(follower.at, READ_COMMITS)
          if (signal.aborted) return
          const last = batch.at(-1)
          if (last) {
            follower.at = last.offset // what it works on it holds itself
            recent.passed(Array.from(followers, ({ at }) => at))
            yield batch
            if (head() > follower.at) await othersTurn() // who is behind must not stand in the way of what comes in
          } else if (isClosed) return
          else if (head() <= follower.at) {
            await new Promise<void>((resolve) => {
              wake = resolve
              asleep.push(resolve)
            })
          }
        }
      } finally {
        followers.delete(follower)
        signal.removeEventListener('abort', onAbort)
      }
    },
    close() {
      isClosed = true
      wakeAll()
    },
  }
}
