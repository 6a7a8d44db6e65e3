/**
 * The thread that seals, seen from the gateway. Rows lie in memory that both share, so handing them over costs nothing; and a
 * thread, unlike the engine's process, can be given way to by every other one. If it ends, the next seal starts another.
 */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Written } from './parquet-protocol.ts'
import type { RowsToSeal } from './seal-rows.ts'

const WORKER = new URL('./sealing-worker.ts', import.meta.url)
/** Bytes of rows are not counted: they are shared. What is, are names of devices and a row group under way. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 }

export type SealingAsk = { readonly rows: RowsToSeal; readonly path: string }

export type SealingAnswer = { readonly written: Written } | { readonly failed: string }

export interface SealingThread extends AsyncDisposable {
  /** Writes the rows, in order and on disk, to a new file below the folder. One at a time. */
  seal(rows: RowsToSeal, to: string, timeLimitMs: number): Promise<Written>
}

export function sealingThread(folder: string): SealingThread {
  let worker: Worker | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let disposed = false

  function start(): Worker {
    const started = new Worker(WORKER, { resourceLimits: LIMITS })
    const end = () => {
      if (worker === started) worker = undefined
    }
    started.on('error', end)
    started.on('exit', end)
    started.unref()
    return started
  }

  async function seal(rows: RowsToSeal, to: string, timeLimitMs: number): Promise<Written> {
    if (disposed) throw new Error('The sealing thread is stopped')
    worker ??= start()
    const used = worker
    const { promise, resolve, reject } = Promise.withResolvers<Written>()
    const answered = (answer: SealingAnswer) => {
      if ('written' in answer) resolve(answer.written)
      else reject(new Error(answer.failed))
    }
    const ended = (code: number) => reject(new Error(`The sealing thread has ended: exit code ${code}`))
    // Real time whatever the gateway's clock: it bounds the work of a real thread.
    const limit = setTimeout(() => {
      if (worker === used) worker = undefined // it ends later than this turn
      reject(new Error(`The sealing thread did not answer within ${timeLimitMs} ms`))
      void used.terminate()
    }, timeLimitMs)
    used.on('message', answered).on('error', reject).on('exit', ended)
    try {
      const { chunks, devices, shapes } = rows // nothing else, and no function, crosses
      used.postMessage({ rows: { chunks, devices, shapes }, path: join(folder, to) } satisfies SealingAsk)
      return await promise
    } finally {
      clearTimeout(limit)
      used.off('message', answered).off('error', reject).off('exit', ended)
    }
  }

  return {
    seal(rows, to, timeLimitMs) {
      const sealed = turn.then(() => seal(rows, to, timeLimitMs))
      turn = sealed.catch(() => undefined)
      return sealed
    },
    async [Symbol.asyncDispose]() {
      disposed = true
      await worker?.terminate()
      await turn
    },
  }
}
