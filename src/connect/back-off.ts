/** How long to wait before the next attempt to connect: doubling, bounded, and spread so that many gateways do not come at once. */

export type BackOff = {
  nextMs(): number
  /** After an attempt that succeeded. */
  reset(): void
}

/** Waits between half and all of `firstMs`, then of twice that, up to `longestMs`. */
export function backOff(firstMs: number, longestMs: number, random: () => number = Math.random): BackOff {
  let failures = 0
  return {
    nextMs: () => Math.min(longestMs, firstMs * 2 ** Math.min(failures++, 20)) * (0.5 + random() / 2),
    reset() {
      failures = 0
    },
  }
}
