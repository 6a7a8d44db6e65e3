/**
 * What the consumers have in memory and want back after a restart, in a database of its own: rule states and the newest of
 * each device, each with the offset it holds at. All of it can be made anew from the journal, so it never stands in an alarm's
 * way. docs/decisions/0018 says why it lies apart from alarms and orders.
 */
import { Worker } from 'node:worker_threads'
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
 * A save is any number of `put`, then one `keep` that says how many: only with that does anything of it stand, all of it with
 * the offset. `drop` calls it off.
 */
type Ask =
  | { readonly is: 'read' | 'close' | 'drop' }
  | ({ readonly is: 'put' } & StateRows)
  | { readonly is: 'keep'; readonly puts: number; readonly consumer: string; readonly to: Offset }

export type StateAsk = { readonly id: number; readonly ask: Ask }

export type StateAnswer = { readonly id: number } & (
  | { readonly result: unknown }
  | { readonly failed: string }
)

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
  const open = new Map<number, PromiseWithResolvers<unknown>>()
  let worker: Worker | undefined
  let lastId = 0
  let stored: Promise<StoredStates> | undefined

  function start(): Worker {
    const started = new Worker(new URL('./state-worker.ts', import.meta.url), {
      workerData: { file },
      resourceLimits: LIMITS,
    })
    const end = (because: string) => {
      if (worker === started) worker = undefined
      for (const { reject } of open.values()) reject(new Error(`${file} cannot be used: ${because}`))
      open.clear()
    }
    started.on('message', (answer: StateAnswer) => {
      const waiting = open.get(answer.id)
      open.delete(answer.id)
      if ('failed' in answer) waiting?.reject(new Error(`${file}: ${answer.failed}`))
      else waiting?.resolve(answer.result)
    })
    started.on('error', ({ message }: Error) => end(message))
    started.on('exit', (code) => end(`its thread has ended with ${code}`))
    return started
  }

  function call(ask: StateAsk['ask']): Promise<unknown> {
    worker ??= start()
    const asked = Promise.withResolvers<unknown>()
    open.set(++lastId, asked)
    worker.postMessage({ id: lastId, ask } satisfies StateAsk)
    return asked.promise
  }

  /** Read once, at the start; from the first save on the memory of the consumers is newer. */
  const read = () => {
    stored ??= (call({ is: 'read' }) as Promise<StoredStates>).catch((cause) => {
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
          await call({ is: 'put', ...rows })
          puts++
        }
        await call({ is: 'keep', puts, consumer, to })
      } catch (cause) {
        if (worker) await call({ is: 'drop' }).catch(() => {})
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
    async [Symbol.asyncDispose]() {
      const last = worker
      if (!last) return
      const gone = new Promise((resolve) => last.once('exit', resolve))
      await inTurn(() => call({ is: 'close' })).catch(() => {})
      await gone
    },
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
