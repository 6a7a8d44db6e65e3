/** A wait by the clock that was handed in, so that an hour of back-off is a moment in a test. */
import type { Clock } from './instant.ts'

/** Resolves after the delay, or at once when aborted: whoever waits looks at the signal. */
export function pause(clock: Clock, forMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  const callOff = clock.after(forMs, resolve)
  const stop = () => {
    callOff()
    resolve()
  }
  signal.addEventListener('abort', stop, { once: true })
  return promise.finally(() => signal.removeEventListener('abort', stop))
}
