/**
 * What the consumers have in memory and want back after a restart, in a database of its own: rule states and
 * the newest of each device, each with the offset it holds at. All of it can be made anew from the journal,
 * so it never stands in an alarm's way. docs/decisions/0018 says why it lies apart from alarms and orders.
 */
import { Worker } from 'node:worker_threads'
import { askedThread } from '../model/asked-thread.ts'
import type { Offset } from '../model/commit.ts'
import type { RuleStateRow, Shadow } from './operations.ts'

export type StoredStates = {
  readonly offsets: readonly (readonly [string, Offset])[]
  readonly ruleStates: readonly (readonly [rule: string, subject: string, body: string])[]
  readonly shadows: readonly string[]
}

/** Rows of one save, JSON texts in columns, so that a slice crosses as a few arrays. */
export type StateRows = {
  /** A body of null deletes the row. */
  readonly ruleStates: readonly (readonly [rule: string, subject: string, body: string | null])[]
  readonly shadows: readonly (readonly [device: string, body: string])[]
}

/**
 * A save is any number of `put`, then one `keep` that says how many: only with that does anything of it
 * stand, all of it with the offset. `drop` calls it off.
 */
export type StateAsk =
  | { readonly is: 'read' | 'drop' }
  | ({ readonly is: 'put' } & StateRows)
  | { readonly is: 'keep'; readonly puts: number; readonly consumer: string; readonly to: Offset }

/** The thread begins with the first call: commands that open the operations beside a gateway never need it. */
export type StateStore = AsyncDisposable & {
  offset(consumer: string): Promise<Offset>
  ruleStates(): Promise<readonly RuleStateRow[]>
  shadows(): Promise<readonly Shadow[]>
  saveRuleStates(consumer: string, to: Offset, rows: readonly RuleStateRow[]): Promise<void>
  saveShadows(consumer: string, to: Offset, shadows: readonly Shadow[]): Promise<void>
}

/** Rows that cross at a time: about a millisecond to make, and no save is ever in memory as a whole. */
const SLICE = 500
/** It holds one slice at a time. */
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 }

export function stateStore(file: string): StateStore {
  const thread = askedThread<StateAsk, unknown>(
    () =>
      new Worker(new URL('./state-worker.ts', import.meta.url), {
        workerData: { file },
        resourceLimits: LIMITS,
      }),
    (because) => new Error(`${file} cannot be used: ${because}`),
  )
  let stored: Promise<StoredStates> | undefined

  /** Read once, at the start; from the first save on the memory of the consumers is newer. */
  const read = () => {
    stored ??= (thread.ask({ is: 'read' }) as Promise<StoredStates>).catch((cause) => {
      stored = undefined
      throw cause
    })
    return stored
  }

  /** One save or read at a time: the thread has one transaction. */
  let before: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = before.then(task)
    before = done.catch(() => {})
    return done
  }

  const save = (consumer: string, to: Offset, slices: Iterable<StateRows>) =>
    inTurn(async () => {
      stored = undefined
      let puts = 0
      try {
        for (const rows of slices) {
          await thread.ask({ is: 'put', ...rows })
          puts++
        }
        await thread.ask({ is: 'keep', puts, consumer, to })
      } catch (cause) {
        if (thread.isRunning) await thread.ask({ is: 'drop' }).catch(() => {})
        throw cause
      }
    })

  return {
    offset: async (consumer) => new Map((await inTurn(read)).offsets).get(consumer) ?? 0,
    async ruleStates() {
      const { ruleStates } = await inTurn(read)
      return ruleStates.map(([rule, subject, body]) => ({ rule, subject, kept: JSON.parse(body) as unknown }))
    },
    shadows: async () => (await inTurn(read)).shadows.map((body) => JSON.parse(body) as Shadow),
    saveRuleStates: (consumer, to, rows) =>
      save(
        consumer,
        to,
        sliced(rows, (slice) => ({
          ruleStates: slice.map(({ rule, subject, kept }) => [
            rule,
            subject,
            kept === null ? null : text(kept),
          ]),
          shadows: [],
        })),
      ),
    saveShadows: (consumer, to, shadows) =>
      save(
        consumer,
        to,
        sliced(shadows, (slice) => ({
          ruleStates: [],
          shadows: slice.map((shadow) => [shadow.device, text(shadow)]),
        })),
      ),
    [Symbol.asyncDispose]: () => inTurn(thread.end),
  }
}

const text = (kept: unknown): string => JSON.stringify(kept)

/** Each made when it is asked for. */
function* sliced<Row>(
  rows: readonly Row[],
  rowsOf: (slice: readonly Row[]) => StateRows,
): Generator<StateRows> {
  for (let from = 0; from < rows.length; from += SLICE) yield rowsOf(rows.slice(from, from + SLICE))
}
