/**
 * The ledger's own thread: working out a sweep of all meters takes longer than any device may wait for its
 * acknowledgement.
 */
import { flushCompileCache } from 'node:module'
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { openIntervalBook } from '../historian/interval-book.ts'
import { answerAsks } from '../model/asked-thread.ts'
import type { LedgerThreadData } from './ledger-thread.ts'
import { ledgerWork } from './ledger-work.ts'

// Linux gives each thread a priority of its own: an acknowledgement never waits for a sum.
if (process.platform === 'linux') setPriority(0, 10)
const { file, ...facts } = workerData as LedgerThreadData
const book = openIntervalBook({ file })
const work = ledgerWork(book, facts)
answerAsks(parentPort, work, () => book[Symbol.asyncDispose]())

// The next start of this thread need not strip its types: a process that is killed writes nothing of it
// (docs/decisions/0028).
flushCompileCache()
