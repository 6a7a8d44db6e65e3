/**
 * Slows down who guesses passwords, and hardly anybody else. A try counts as failed from its beginning, so
 * that many at once are no way round; whoever was right takes it back. In memory: a restart is no way in from
 * outside.
 */
import { GatehouseError } from '../model/errors.ts'
import type { Clock } from '../model/instant.ts'
import { said } from '../model/refusal.ts'

export type Guess = { readonly user: string; readonly address: string }

export type Attempts = {
  /**
   * Counts a try; whoever was right calls what it returns. Throws `too-many-attempts` while user or address
   * is locked.
   */
  begin(guess: Guess): () => void
}

/**
 * Failures that are free. A user is locked for an address alone, because otherwise anybody could keep anybody
 * out; the limit of a name over all addresses is for a guess that comes from many, that of an address for one
 * that tries many names.
 */
const FREE = { userThere: 5, user: 100, address: 30 } as const
const FIRST_LOCK_MS = 30_000
const LONGEST_LOCK_MS = 15 * 60_000
const FORGET_MS = 60 * 60_000
/** Remembered of each kind; where there are more, the one tried longest ago is forgotten. */
const REMEMBERED = 10_000

export function attempts(clock: Pick<Clock, 'monotonicMs'>): Attempts {
  const counters = [
    { keyOf: ({ user, address }: Guess) => `${address}\n${user}`, counter: counterOf(clock, FREE.userThere) },
    { keyOf: ({ user }: Guess) => user, counter: counterOf(clock, FREE.user) },
    { keyOf: ({ address }: Guess) => address, counter: counterOf(clock, FREE.address) },
  ]
  return {
    begin(guess) {
      const lockedMs = Math.max(...counters.map(({ keyOf, counter }) => counter.lockedMs(keyOf(guess))))
      if (lockedMs > 0) throw tooMany(Math.ceil(lockedMs / 1_000))
      for (const { keyOf, counter } of counters) counter.add(keyOf(guess))
      return () => {
        const [there, ...everywhere] = counters
        there?.counter.forget(there.keyOf(guess))
        for (const { keyOf, counter } of everywhere) counter.takeBack(keyOf(guess))
      }
    },
  }
}

export const tooMany = (retryAfterSeconds: number): GatehouseError =>
  new GatehouseError('too-many-attempts', said('too-many-attempts', { waitMs: retryAfterSeconds * 1_000 }), {
    details: { retryAfterSeconds },
  })

type Tries = { failed: number; lastAtMs: number }

function counterOf({ monotonicMs }: Pick<Clock, 'monotonicMs'>, free: number) {
  const byKey = new Map<string, Tries>()
  const known = (key: string): Tries | undefined => {
    const tries = byKey.get(key)
    if (!tries || monotonicMs() - tries.lastAtMs <= FORGET_MS) return tries
    byKey.delete(key)
    return undefined
  }
  return {
    lockedMs(key: string): number {
      const tries = known(key)
      const locks = (tries?.failed ?? 0) - free
      if (!tries || locks < 0) return 0
      return Math.min(FIRST_LOCK_MS * 2 ** locks, LONGEST_LOCK_MS) - (monotonicMs() - tries.lastAtMs)
    },
    add(key: string): void {
      const failed = (known(key)?.failed ?? 0) + 1
      byKey.delete(key) // so that it comes last in the order of forgetting
      byKey.set(key, { failed, lastAtMs: monotonicMs() })
      const [oldest] = byKey.keys()
      if (byKey.size > REMEMBERED && oldest !== undefined) byKey.delete(oldest)
    },
    takeBack(key: string): void {
      const tries = known(key)
      if (!tries) return
      if (tries.failed > 1) tries.failed--
      else byKey.delete(key)
    },
    forget: (key: string) => void byKey.delete(key),
  }
}
