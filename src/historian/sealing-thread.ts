/**
 * The thread that seals, seen from the gateway. Rows lie in memory that both share, so handing them over
 * costs nothing; and a thread, unlike the engine's process, can be given way to by every other one. If it
 * ends, the next seal starts another.
 */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { askedThread } from '../model/asked-thread.ts'
import type { Written } from './parquet-protocol.ts'
import type { RowsToSeal } from './seal-rows.ts'

const WORKER = new URL('./sealing-worker.ts', import.meta.url)
/** Bytes of rows are not counted: they are shared. What is, are names of devices and a row group under way. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 }

/**
 * How long a thread has to notice that it is called off; it looks before each page, which is a few
 * milliseconds of work.
 */
const NOTICES_WITHIN_MS = 1_000

const STOPPED = 'The sealing thread is stopped'

/** `calledOff` is shared: 1 once the file is wanted no more. */
export type SealingAsk = { readonly rows: RowsToSeal; readonly path: string; readonly calledOff: Int32Array }

export interface SealingThread extends AsyncDisposable {
  /** Writes the rows, in order and on disk, to a new file below the folder. One at a time. */
  seal(rows: RowsToSeal, to: string, timeLimitMs: number): Promise<Written>
}

export function sealingThread(folder: string): SealingThread {
  const thread = askedThread<SealingAsk, Written>(() => {
    const started = new Worker(WORKER, { resourceLimits: LIMITS })
    started.unref()
    return started
  })
  let turn: Promise<unknown> = Promise.resolve()
  let disposed = false
  let callOff = (_because: string): void => undefined

  async function seal({ chunks, devices, shapes }: RowsToSeal, to: string, timeLimitMs: number) {
    if (disposed) throw new Error(STOPPED)
    const calledOff = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    let reason: string | undefined
    let noticed: NodeJS.Timeout | undefined
    // A thread that is ended while it makes a compressor takes the whole process with it (Node's "close
    // before init"), so it is asked first.
    callOff = (because) => {
      reason = because
      Atomics.store(calledOff, 0, 1)
      noticed = setTimeout(() => void thread.kill(because), NOTICES_WITHIN_MS)
    }
    // Real time whatever the gateway's clock: it bounds the work of a real thread.
    const limit = setTimeout(
      () => callOff(`The sealing thread did not answer within ${timeLimitMs} ms`),
      timeLimitMs,
    )
    try {
      // nothing else, and no function, crosses
      return await thread.ask({ rows: { chunks, devices, shapes }, path: join(folder, to), calledOff })
    } catch (cause) {
      throw reason === undefined ? cause : new Error(reason)
    } finally {
      clearTimeout(limit)
      clearTimeout(noticed)
      callOff = () => undefined
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
      callOff(STOPPED)
      await turn
      await thread.kill(STOPPED)
    },
  }
}
