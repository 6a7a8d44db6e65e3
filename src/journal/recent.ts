/** The newest commits, decoded, so that live consumers need no read from disk. Bounded by commits and records. */
import type { Commit, Offset } from '../model/commit.ts'

const MOST_COMMITS = 4_096
const MOST_RECORDS = 100_000
/** Of one batch that a follower gets. */
const BATCH_COMMITS = 512
const BATCH_RECORDS = 20_000

export type Recent = {
  add(commit: Commit): void
  /** Commits after `after`; `undefined` where some of them are no longer held. */
  after(after: Offset): readonly Commit[] | undefined
}

export function recentCommits(head: Offset): Recent {
  const held: Commit[] = []
  let start = 0 // commits before it are let go, and cut off now and then
  let heldRecords = 0
  let newest = head
  return {
    add(commit) {
      held.push(commit)
      heldRecords += commit.records.length
      newest = commit.offset
      while (held.length - start > 1 && (held.length - start > MOST_COMMITS || heldRecords > MOST_RECORDS)) {
        heldRecords -= held[start]?.records.length ?? 0
        start++
      }
      if (start > MOST_COMMITS) {
        held.splice(0, start)
        start = 0
      }
    },
    after(after) {
      if (after >= newest) return []
      const first = held[start]
      if (!first || after < first.offset - 1) return undefined
      return firstOf(held, start + (after + 1 - first.offset))
    },
  }
}

/** At least one commit where there is one, else as many as a batch may hold. */
function firstOf(commits: readonly Commit[], from: number): readonly Commit[] {
  let to = from
  let records = 0
  while (to < commits.length && to - from < BATCH_COMMITS && (to === from || records < BATCH_RECORDS)) {
    records += commits[to]?.records.length ?? 0
    to++
  }
  return commits.slice(from, to)
}
