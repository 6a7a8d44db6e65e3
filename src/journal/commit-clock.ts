/**
 * The instants of commits. They never go back: while the wall clock stands behind the last commit
 * they go on by the monotonic clock, at half its speed so that the wall clock catches up.
 */
import type { Clock, Instant } from '../model/instant.ts'

/** From here on the wall clock is believed to be wrong rather than slewed, and nothing is acknowledged. */
export const BEHIND_LIMIT_MS = 5 * 60_000

export type CommitClock = {
  readonly isBehind: boolean
  /** The next commit's instant, in whole milliseconds. */
  next(): Instant
  rebase(): void
}

export function commitClock(clock: Clock, last: Instant): CommitClock {
  let instant = last
  let readAtMs = clock.monotonicMs()
  const behindMs = () => instant - clock.now()
  return {
    get isBehind() {
      return behindMs() > BEHIND_LIMIT_MS
    },
    next() {
      const nowMs = clock.monotonicMs()
      const slewedMs = Math.floor(Math.max(0, nowMs - readAtMs) / 2)
      const wall = Math.floor(clock.now())
      if (wall >= instant + slewedMs) {
        instant = wall
        readAtMs = nowMs
      } else {
        instant += slewedMs
        readAtMs += slewedMs * 2 // half milliseconds are not lost, however often it is asked
      }
      return instant
    },
    rebase() {
      instant = Math.floor(clock.now())
      readAtMs = clock.monotonicMs()
    },
  }
}
