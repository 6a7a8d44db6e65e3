/** The clock of the machine; everything but a scenario in virtual time runs on it. */
import type { Clock } from '../src/model/instant.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs)
    return () => clearTimeout(timer)
  },
}
