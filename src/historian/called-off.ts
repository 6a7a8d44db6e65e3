/** A write that nobody waits for any more: it ends at once and says so, whatever it is held up by. */
import { GatehouseError } from '../model/errors.ts'

/** Throws GatehouseError `historian-busy`. */
export function throwIfCalledOff(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw new GatehouseError(
    'historian-busy',
    'The gateway stopped before the history had stored everything',
    signal.reason instanceof Error ? { cause: signal.reason } : {},
  )
}

/** Resolves with the work, or sooner where it is called off: whoever waits looks at the signal. */
export async function orCalledOff(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return void (await work)
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = () => resolve()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
