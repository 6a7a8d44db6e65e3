/** A journal whose commits are let out one at a time, so that a test decides what a consumer has seen and when. */
import type { Journal } from '../../src/journal/journal.ts'
import type { Commit } from '../../src/model/commit.ts'

export type ScriptedJournal = Pick<Journal, 'head' | 'follow' | 'advance'> & {
  /** Everything up to this offset is in the journal now. */
  release(offset: number): void
  readonly advanced: ReadonlyMap<string, number>
}

/** `commits` have the offsets 1, 2, 3, … */
export function scriptedJournal(commits: readonly Commit[], batch = 512): ScriptedJournal {
  let released = 0
  let wake: (() => void)[] = []
  const advanced = new Map<string, number>()
  return {
    advanced,
    get head() {
      return { offset: released, receivedAt: commits[released - 1]?.receivedAt ?? 0 }
    },
    release(offset) {
      released = offset
      for (const one of wake.splice(0)) one()
    },
    async *follow(after, signal) {
      const awake = () => {
        for (const one of wake.splice(0)) one()
      }
      signal.addEventListener('abort', awake)
      for (let at = after; !signal.aborted; ) {
        const next = commits.slice(at, Math.min(released, at + batch))
        if (next.length === 0) {
          await new Promise<void>((resolve) => {
            wake = [...wake, resolve]
          })
        } else {
          yield next
          at += next.length
        }
      }
    },
    async advance(consumer, offset) {
      advanced.set(consumer, offset)
    },
  }
}
