/**
 * Time, as an argument. Pure rooms are told the time; edges are handed a clock, so that a
 * scenario runs an hour of the campus in seconds and a test never sleeps.
 */

/** Milliseconds since the epoch, UTC. */
export type Instant = number

/** Half-open: `from` belongs to it, `to` does not. */
export type Interval = { readonly from: Instant; readonly to: Instant }

export interface Clock {
  /** The wall clock; it may be set back. */
  now(): Instant
  /** Milliseconds that only ever grow, from an arbitrary start; never set back. */
  monotonicMs(): number
  /** Runs `task` once after `delayMs` by this clock; the function that comes back calls it off. */
  after(delayMs: number, task: () => void): () => void
}
