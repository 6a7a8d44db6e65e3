/**
 * The ledger's thread, seen from the gateway. If it ends, the task under way fails and the next one starts
 * another: nothing is lost with it, because the ledger tries a failed task again and the book is all or nothing.
 */
import { Worker } from 'node:worker_threads'
import type { Found } from './ledger-rows.ts'
import type { LedgerFacts, LedgerTask, LedgerWork } from './ledger-work.ts'

const WORKER = new URL('./ledger-worker.ts', import.meta.url)
/** What is kept of a hundred thousand meters is a tenth of it: from its limit the collector learns how much garbage may lie about. */
const LIMITS = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 512 }

/** The interval book's file exists: it is opened, and refused where it must be, by the gateway first. */
export type LedgerThreadData = LedgerFacts & { readonly file: string }

export type LedgerAsk = { readonly id: number; readonly task: LedgerTask } | 'close'

export type LedgerAnswer = { readonly id: number } & ({ readonly found: Found } | { readonly failed: string })

export type LedgerThread = AsyncDisposable & { readonly work: LedgerWork }

export function ledgerThread(data: LedgerThreadData): LedgerThread {
  const waiting = new Map<number, PromiseWithResolvers<Found>>()
  let worker: Worker | undefined
  let lastId = 0

  function start(): Worker {
    const started = new Worker(WORKER, { workerData: data, resourceLimits: LIMITS })
    const end = (because: string) => {
      if (worker === started) worker = undefined
      for (const { reject } of waiting.values())
        reject(new Error(`The ledger's thread has ended: ${because}`))
      waiting.clear()
    }
    started.on('message', (answer: LedgerAnswer) => {
      const asker = waiting.get(answer.id)
      waiting.delete(answer.id)
      if ('found' in answer) asker?.resolve(answer.found)
      else asker?.reject(new Error(answer.failed))
    })
    started.on('error', ({ message }: Error) => end(message))
    started.on('exit', (code) => end(`exit code ${code}`))
    return started
  }

  return {
    work(task) {
      worker ??= start()
      const asked = Promise.withResolvers<Found>()
      waiting.set(++lastId, asked)
      worker.postMessage({ id: lastId, task } satisfies LedgerAsk)
      return asked.promise
    },
    async [Symbol.asyncDispose]() {
      const last = worker
      if (!last) return
      const gone = new Promise((resolve) => last.once('exit', resolve))
      last.postMessage('close' satisfies LedgerAsk)
      await gone
    },
  }
}
