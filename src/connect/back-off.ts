/**
 * How long to wait before the next attempt to connect: doubling, bounded, and spread so that many gateways do
 * not come at once.
 */

export type BackOff = {
  nextMs(): number
  /** A connection has ended; one that held long enough starts the waits anew, one that flaps does not. */
  ended(heldMs: number): void
}

/** A server that takes us in and drops us is left alone ever longer, as one that is away is. */
const STEADY_AFTER_MS = 10_000

/** Waits between half and all of `firstMs`, then of twice that, up to `longestMs`. */
export function backOff(firstMs: number, longestMs: number, random: () => number = Math.random): BackOff {
  let failures = 0
  return {
    nextMs: () => Math.min(longestMs, firstMs * 2 ** Math.min(failures++, 20)) * (0.5 + random() / 2),
    ended(heldMs) {
      if (heldMs >= STEADY_AFTER_MS) failures = 0
    },
  }
}
