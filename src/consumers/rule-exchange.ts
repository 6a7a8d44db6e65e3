/**
 * What people ask of rules while they run: to put others in force, to let a parked subject go. It waits for a
 * moment at which everything that the rules led to is in the books, and is done one after the other; what
 * waits too long is refused.
 */
import { GatehouseError } from '../model/errors.ts'
import type { Clock } from '../model/instant.ts'
import { said } from '../model/refusal.ts'
import type { RefusalCode } from '../model/words-refusals.ts'
import type { BoundRule } from '../rules/bound-rule.ts'

/** An idle journal commits once a second; longer than this something else is wrong, and a person should look. */
const PATIENCE_MS = 30_000

export type Exchange = {
  readonly rules: readonly BoundRule[]
  /** Writes down who changed what; where it fails the old rules stay. */
  readonly record: () => Promise<void>
}

export type RuleExchange = {
  /** Resolves once it is done; rejects where it failed, or with `rules-busy` where it was not begun. */
  ask(task: () => Promise<void>): Promise<void>
  readonly isAsked: boolean
  /** Does all that was asked for. Never rejects. */
  answer(): Promise<void>
  /** Refuses what waits, and whatever comes after. */
  close(): void
}

type Waiting = { readonly task: () => Promise<void>; readonly done: (cause?: unknown) => void }

export function ruleExchange(clock: Pick<Clock, 'after'>): RuleExchange {
  const waiting: Waiting[] = []
  let isClosed = false
  const busy = (why: RefusalCode) => new GatehouseError('rules-busy', said(why))
  return {
    ask: (task) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(busy('rules-stopped'))
        const callOff = clock.after(PATIENCE_MS, () => {
          const index = waiting.indexOf(asked)
          if (index < 0) return
          waiting.splice(index, 1)
          reject(busy('rules-behind'))
        })
        const asked: Waiting = {
          task,
          done(cause) {
            callOff()
            if (cause === undefined) resolve()
            else reject(cause)
          },
        }
        waiting.push(asked)
      }),
    get isAsked() {
      return waiting.length > 0
    },
    async answer() {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        try {
          await next.task()
          next.done()
        } catch (cause) {
          next.done(cause)
        }
      }
    },
    close() {
      isClosed = true
      for (const { done } of waiting.splice(0)) done(busy('rules-stopped'))
    },
  }
}
