/**
 * Failed sign-ins by user name. After a few the name is locked, for longer each time, so that guessing
 * is slow; it is forgotten after a while or by success. In memory: a restart is no way in from outside.
 */
import { GatehouseError } from '../model/errors.ts'
import type { Clock } from '../model/instant.ts'

const FREE = 5
const FIRST_LOCK_MS = 30_000
const LONGEST_LOCK_MS = 15 * 60_000
const FORGET_MS = 60 * 60_000
/** Names remembered; where there are more, the one tried longest ago is forgotten. */
const NAMES = 10_000

type Tries = { readonly failed: number; readonly lastAtMs: number; readonly lockedUntilMs: number }

export function attempts(clock: Clock) {
  const byName = new Map<string, Tries>()
  const known = (name: string) => {
    const tries = byName.get(name)
    if (!tries || clock.monotonicMs() - tries.lastAtMs <= FORGET_MS) return tries
    byName.delete(name)
    return undefined
  }
  return {
    /** Throws `too-many-attempts` while the name is locked. */
    assertFree(name: string): void {
      const leftMs = (known(name)?.lockedUntilMs ?? 0) - clock.monotonicMs()
      if (leftMs <= 0 || !byName.has(name)) return
      const retryAfterSeconds = Math.ceil(leftMs / 1_000)
      const sentence = `Too many failed attempts; try again in ${retryAfterSeconds} s`
      throw new GatehouseError('too-many-attempts', sentence, { details: { retryAfterSeconds } })
    },
    failed(name: string): void {
      const now = clock.monotonicMs()
      const failed = (known(name)?.failed ?? 0) + 1
      const locks = failed - FREE
      const lockMs = locks < 0 ? 0 : Math.min(FIRST_LOCK_MS * 2 ** locks, LONGEST_LOCK_MS)
      byName.delete(name)
      byName.set(name, { failed, lastAtMs: now, lockedUntilMs: now + lockMs })
      const [oldest] = byName.keys()
      if (byName.size > NAMES && oldest !== undefined) byName.delete(oldest)
    },
    succeeded: (name: string) => void byName.delete(name),
  }
}
