/**
 * What the consumers have in memory and want back after a restart, in a database of its own: rule states and the newest of
 * each device, each with the offset it holds at. All of it can be made anew from the journal, so it never stands in an alarm's
 * way. docs/decisions/0018 says why it lies apart from alarms and orders.
 */
import { setImmediate as otherWork } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Offset } from '../model/commit.ts'
import type { RuleStateRow, Shadow } from './operations.ts'

export type StoredStates = {
  readonly offsets: readonly (readonly [string, Offset])[]
  readonly ruleStates: readonly (readonly [rule: string, subject: string, body: string])[]
  readonly shadows: readonly string[]
}

type Save = {
  readonly is: 'save'
  readonly consumer: string
  readonly to: Offset
  /** A body of null deletes the row. */
  readonly ruleStates: readonly {
    readonly rule: string
    readonly subject: string
    readonly body: string | null
  }[]
  readonly shadows: readonly { readonly device: string; readonly body: string }[]
}

export type StateAsk = { readonly id: number; readonly ask: { readonly is: 'read' | 'close' } | Save }

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

/** Rows turned into text before other work of the process gets its turn: about a millisecond. */
const SLICE = 500
/** It holds one save at a time. */
const LIMITS = { maxYoungGenerationSizeMb: 16 }

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

  const save = async (ask: Omit<Save, 'is'>) => {
    stored = undefined
    await call({ is: 'save', ...ask })
  }

  return {
    offset: async (consumer) => new Map((await read()).offsets).get(consumer) ?? 0,
    async ruleStates() {
      const { ruleStates } = await read()
      return ruleStates.map(([rule, subject, body]) => ({ rule, subject, kept: JSON.parse(body) as unknown }))
    },
    shadows: async () => (await read()).shadows.map((body) => JSON.parse(body) as Shadow),
    async saveRuleStates(consumer, to, rows) {
      const ruleStates = await texts(rows, ({ rule, subject, kept }) => {
        return { rule, subject, body: kept === null ? null : JSON.stringify(kept) }
      })
      await save({ consumer, to, ruleStates, shadows: [] })
    },
    async saveShadows(consumer, to, shadows) {
      const rows = await texts(shadows, (shadow) => ({ device: shadow.device, body: JSON.stringify(shadow) }))
      await save({ consumer, to, ruleStates: [], shadows: rows })
    },
    async [Symbol.asyncDispose]() {
      const last = worker
      if (!last) return
      const gone = new Promise((resolve) => last.once('exit', resolve))
      await call({ is: 'close' }).catch(() => {})
      await gone
    },
  }
}

async function texts<Row, Text>(rows: readonly Row[], textOf: (row: Row) => Text): Promise<Text[]> {
  const made: Text[] = []
  for (const row of rows) {
    if (made.length > 0 && made.length % SLICE === 0) await otherWork()
    made.push(textOf(row))
  }
  return made
}
