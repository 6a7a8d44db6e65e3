/** The newest commits, decoded, so that live consumers need no read from disk. Bounded by commits and records. */
import type { Commit, Offset } from '../model/commit.ts'

const MOST_COMMITS = 4_096
const MOST_RECORDS = 100_000
/** Commits let go before they are cut off the list. */
const CUT_OFF = 256
/** Of one batch that a follower gets. */
const BATCH_COMMITS = 512
/** A millisecond or two of work for a consumer; then others get their turn. */
const BATCH_RECORDS = 500

export type Recent = {
  add(commit: Commit): void
  /** Every follower is past this commit: what only they would ask for is let go while it is young. */
  passed(offset: Offset): void
  /** Commits after `after`; `undefined` where some of them are no longer held. */
  after(after: Offset): readonly Commit[] | undefined
}

export function recentCommits(head: Offset): Recent {
  const held: Commit[] = []
  let start = 0 // commits before it are let go, and cut off now and then
  let heldRecords = 0
  let newest = head
  const letGo = (isOld: (commit: Commit) => boolean) => {
    while (held.length - start > 1 && isOld(held[start] as Commit)) {
      heldRecords -= held[start]?.records.length ?? 0
      start++
    }
    if (start <= CUT_OFF) return
    held.splice(0, start)
    start = 0
  }
  return {
    add(commit) {
      held.push(commit)
      heldRecords += commit.records.length
      newest = commit.offset
      letGo(() => held.length - start > MOST_COMMITS || heldRecords > MOST_RECORDS)
    },
    passed: (offset) => letGo((commit) => commit.offset <= offset),
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
