/**
 * The ledger's thread, seen from the gateway. If it ends, the task under way fails and the next one starts
 * another: nothing is lost with it, because the ledger tries a failed task again and the book is all or nothing.
 */
import { Worker } from 'node:worker_threads'
import { askedThread } from '../model/asked-thread.ts'
import type { Found } from './ledger-rows.ts'
import type { LedgerFacts, LedgerTask, LedgerWork } from './ledger-work.ts'

const WORKER = new URL('./ledger-worker.ts', import.meta.url)
/**
 * What is kept of a hundred thousand meters is a tenth of it: from its limit the collector learns how much
 * garbage may lie about.
 */
const LIMITS = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 512 }

/** The interval book's file exists: it is opened, and refused where it must be, by the gateway first. */
export type LedgerThreadData = LedgerFacts & { readonly file: string }

export type LedgerThread = AsyncDisposable & { readonly work: LedgerWork }

export function ledgerThread(data: LedgerThreadData): LedgerThread {
  const thread = askedThread<LedgerTask, Found>(
    () => new Worker(WORKER, { workerData: data, resourceLimits: LIMITS }),
    (because) => new Error(`The ledger: ${because}`),
  )
  return { work: thread.ask, [Symbol.asyncDispose]: thread.end }
}
