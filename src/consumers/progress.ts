/** How far a consumer has come, and who waits for it to come further. */
import type { Offset } from '../model/commit.ts'

export type Progress = {
  readonly offset: Offset
  reached(offset: Offset): Promise<void>
  moveTo(offset: Offset): void
  /** It goes no further: whoever waits is told why. */
  stop(cause: Error): void
}

export function progressFrom(start: Offset): Progress {
  let offset = start
  let stopped: Error | undefined
  let waiting: { readonly for: Offset; readonly done: PromiseWithResolvers<void> }[] = []
  return {
    get offset() {
      return offset
    },
    reached(wanted) {
      if (wanted <= offset) return Promise.resolve()
      if (stopped) return Promise.reject(stopped)
      const done = Promise.withResolvers<void>()
      waiting.push({ for: wanted, done })
      return done.promise
    },
    moveTo(reached) {
      offset = reached
      const there = waiting.filter((one) => one.for <= reached)
      waiting = waiting.filter((one) => one.for > reached)
      for (const { done } of there) done.resolve()
    },
    stop(cause) {
      stopped ??= cause
      for (const { done } of waiting.splice(0)) done.reject(cause)
    },
  }
}
