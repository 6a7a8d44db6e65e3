/** A clock moved by hand: wall and monotonic time apart, and tasks run in the order in which they fall due. */
import type { Clock, Instant } from '../../src/model/instant.ts'

export type HandClock = Clock & {
  /** Moves both kinds of time on; tasks that fall due run at their own instants. */
  pass(forMs: number): void
  /** Sets the wall clock alone, as a person or NTP does. */
  setWall(now: Instant): void
}

export function handClock(start: Instant): HandClock {
  let monotonic = 0
  let aheadMs = start
  let tasks: { readonly dueMs: number; readonly task: () => void }[] = []
  return {
    now: () => aheadMs + monotonic,
    monotonicMs: () => monotonic,
    after(delayMs, task) {
      const entry = { dueMs: monotonic + delayMs, task }
      tasks.push(entry)
      return () => {
        tasks = tasks.filter((other) => other !== entry)
      }
    },
    pass(forMs) {
      const end = monotonic + forMs
      for (;;) {
        const next = tasks.reduce<(typeof tasks)[number] | undefined>(
          (first, entry) => (entry.dueMs <= end && (!first || entry.dueMs < first.dueMs) ? entry : first),
          undefined,
        )
        if (!next) break
        tasks = tasks.filter((entry) => entry !== next)
        monotonic = Math.max(monotonic, next.dueMs)
        next.task()
      }
      monotonic = end
    },
    setWall(now) {
      aheadMs = now - monotonic
    },
  }
}
