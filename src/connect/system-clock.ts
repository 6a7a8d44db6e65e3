/**
 * The clock of the machine; everything but a scenario in virtual time runs on it. It stands with the sources
 * because the broker's thread needs it as well as the process, and simulated devices do.
 */
import type { Clock } from '../model/instant.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs)
    return () => clearTimeout(timer)
  },
}
