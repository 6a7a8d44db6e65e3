/**
 * Failed sign-ins by address, so that one that guesses at many names is slowed too; the
 * registry itself locks a name. The oldest addresses are forgotten first.
 */
import { GatehouseError } from '../model/errors.ts'
import type { Clock } from '../model/instant.ts'

const WINDOW_MS = 5 * 60_000
const MOST_FAILURES = 30
const MOST_ADDRESSES = 10_000

export type Attempts = {
  /** Throws `too-many-attempts`. */
  check(address: string): void
  failed(address: string): void
}

export function createAttempts(clock: Pick<Clock, 'monotonicMs'>): Attempts {
  const failures = new Map<string, { count: number; readonly sinceMs: number }>()
  const current = (address: string) => {
    const found = failures.get(address)
    if (found && clock.monotonicMs() - found.sinceMs < WINDOW_MS) return found
    failures.delete(address)
    return undefined
  }
  return {
    check(address) {
      const found = current(address)
      if (!found || found.count < MOST_FAILURES) return
      const retryAfterSeconds = Math.ceil((found.sinceMs + WINDOW_MS - clock.monotonicMs()) / 1_000)
      throw new GatehouseError(
        'too-many-attempts',
        `Too many failed sign-ins; wait ${retryAfterSeconds} s.`,
        {
          details: { retryAfterSeconds },
        },
      )
    },
    failed(address) {
      const found = current(address)
      if (found) found.count++
      else failures.set(address, { count: 1, sinceMs: clock.monotonicMs() })
      const oldest = failures.keys().next().value
      if (failures.size > MOST_ADDRESSES && oldest !== undefined) failures.delete(oldest)
    },
  }
}
