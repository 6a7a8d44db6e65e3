/**
 * A write that must succeed before anything else may happen: tried again, ever more slowly, until it does or
 * is called off.
 */
import type { Clock } from '../model/instant.ts'
import { pause } from '../model/pause.ts'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 30_000

export type Retrying = {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Not worth another try: it is thrown on. */
  isFinal(cause: unknown): boolean
  /** Told after each failure. */
  failed(cause: unknown, waitMs: number): void
}

/** Throws what is final, and the last failure once called off. */
export async function untilWritten<T>(write: () => Promise<T>, retrying: Retrying): Promise<T> {
  const { clock, signal, isFinal, failed } = retrying
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await write()
    } catch (cause) {
      if (isFinal(cause) || signal.aborted) throw cause
      failed(cause, waitMs)
      await pause(clock, waitMs, signal)
      if (signal.aborted) throw cause
    }
  }
}
