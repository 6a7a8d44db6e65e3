/**
 * A clock that stands until it is moved. Moving it fires the timers on the way in their order, and lets what they set
 * off come to rest before time goes on, so that an hour of a gateway with its simulators passes in seconds.
 */
import type { Clock, Instant } from '../src/model/instant.ts'

export type VirtualClock = Clock & {
  /**
   * `settled` resolves when nothing more happens without time passing; it is awaited after each instant with
   * timers.
   */
  advance(ms: number, settled?: () => Promise<void>): Promise<void>
}

type Timer = { readonly at: number; readonly turn: number; readonly task: () => void }

export function virtualClock(start: Instant): VirtualClock {
  const timers = new Set<Timer>()
  let passedMs = 0
  let turns = 0
  const next = (end: number) => {
    let first: Timer | undefined
    for (const timer of timers) {
      if (timer.at > end) continue
      if (!first || timer.at < first.at || (timer.at === first.at && timer.turn < first.turn)) first = timer
    }
    return first
  }
  return {
    now: () => start + passedMs,
    monotonicMs: () => passedMs,
    after(delayMs, task) {
      const timer = { at: passedMs + Math.max(0, delayMs), turn: turns++, task }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async advance(ms, settled = async () => {}) {
      const end = passedMs + ms
      await settled()
      for (let timer = next(end); timer; timer = next(end)) {
        passedMs = timer.at
        // Those set for this very instant; what they set in turn waits for the dust to settle.
        for (
          let due: Timer | undefined = timer, until = turns;
          due && due.at === passedMs;
          due = next(passedMs)
        ) {
          if (due.turn >= until) break
          timers.delete(due)
          due.task()
        }
        await settled()
      }
      passedMs = end
    },
  }
}
