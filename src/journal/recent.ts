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
  /** `records`: how many it has. */
  add(commit: Commit, records: number): void
  /**
   * What each follower has had: what all of them have is let go while it is young. Who is behind what is held
   * reads from the store until it has caught up, and nothing is held for it meanwhile.
   */
  passed(followers: readonly Offset[]): void
  /** Commits after `after`; `undefined` where some of them are no longer held. */
  after(after: Offset): readonly Commit[] | undefined
}

export function recentCommits(head: Offset): Recent {
  const held: (Commit | undefined)[] = []
  const sizes: number[] = []
  let start = 0 // commits before it are let go, and cut off now and then
  let heldRecords = 0
  let newest = head
  const letGo = (isOld: (commit: Commit) => boolean) => {
    while (held.length - start > 1 && isOld(held[start] as Commit)) {
      heldRecords -= sizes[start] ?? 0
      held[start++] = undefined // its slot may stay for a while; a few hundred of large commits would be most of the memory
    }
    if (start <= CUT_OFF) return
    held.splice(0, start)
    sizes.splice(0, start)
    start = 0
  }
  return {
    add(commit, records) {
      held.push(commit)
      sizes.push(records)
      heldRecords += records
      newest = commit.offset
      letGo(() => held.length - start > MOST_COMMITS || heldRecords > MOST_RECORDS)
    },
    passed(followers) {
      const isServed = (at: Offset) => at >= (held[start]?.offset ?? 0) - 1
      const offset = Math.min(...followers.filter(isServed))
      letGo((commit) => commit.offset <= offset)
    },
    after(after) {
      if (after >= newest) return []
      const first = held[start]
      if (!first || after < first.offset - 1) return undefined
      return firstOf(held, sizes, start + (after + 1 - first.offset))
    },
  }
}

/** At least one commit where there is one, else as many as a batch may hold. */
function firstOf(
  commits: readonly (Commit | undefined)[],
  sizes: readonly number[],
  from: number,
): readonly Commit[] {
  let to = from
  let records = 0
  while (to < commits.length && to - from < BATCH_COMMITS && (to === from || records < BATCH_RECORDS)) {
    records += sizes[to] ?? 0
    to++
  }
  return commits.slice(from, to) as readonly Commit[]
}
