/**
 * Slows down those who guess passwords, and nobody else. A whole campus may share one address
 * behind NAT, so a wrong password holds up its own user name there; the address as a whole is held
 * up only when it fails far more often than one badly configured device can.
 */
import type { Clock } from '../model/instant.ts'

export type SignInAttempts = {
  /** How long this one still has to wait; 0 is: try. */
  waitMs(address: string, user: string): number
  failed(address: string, user: string): void
  succeeded(address: string, user: string): void
  /**
   * One look at a time for a name from an address, or as many guesses as there are connections would be made
   * before the first has failed.
   */
  inTurn<T>(address: string, user: string, look: () => Promise<T>): Promise<T>
}

type Failures = { count: number; freeAtMs: number; lastAtMs: number }

const PER_USER = 5
const PER_ADDRESS = 100
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 300_000
/** Failures are forgotten after this long without another one. */
const FORGET_AFTER_MS = 900_000
/** Addresses and user names remembered; the longest untouched goes first. */
const REMEMBERED = 10_000

export function signInAttempts(clock: Clock): SignInAttempts {
  const remembered = new Map<string, Failures>()
  const looking = new Map<string, Promise<unknown>>()
  const perUser = (address: string, user: string) => `${address}\n${user}`

  const waitOf = (key: string): number => {
    const failures = remembered.get(key)
    return failures ? Math.max(0, failures.freeAtMs - clock.monotonicMs()) : 0
  }
  const add = (key: string, free: number) => {
    const nowMs = clock.monotonicMs()
    const before = remembered.get(key)
    const count = before && nowMs - before.lastAtMs < FORGET_AFTER_MS ? before.count + 1 : 1
    const over = count - free
    const waitMs = over < 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** over)
    remembered.delete(key) // so that it comes last in the order of forgetting
    remembered.set(key, { count, freeAtMs: nowMs + waitMs, lastAtMs: nowMs })
    if (remembered.size > REMEMBERED) {
      for (const oldest of remembered.keys()) {
        remembered.delete(oldest)
        break
      }
    }
  }

  return {
    waitMs: (address, user) => Math.max(waitOf(address), waitOf(perUser(address, user))),
    failed(address, user) {
      add(perUser(address, user), PER_USER)
      add(address, PER_ADDRESS)
    },
    succeeded(address, user) {
      remembered.delete(perUser(address, user))
    },
    inTurn(address, user, look) {
      const key = perUser(address, user)
      const looked = (looking.get(key) ?? Promise.resolve()).then(look)
      const over = looked
        .catch(() => {})
        .then(() => {
          if (looking.get(key) === over) looking.delete(key)
        })
      looking.set(key, over)
      return looked
    },
  }
}
