/** The thread in which rows become files: encoding and compressing a million of them takes longer than any device may wait for its acknowledgement. */
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { sealRows } from './seal-rows.ts'
import type { SealingAnswer, SealingAsk } from './sealing-thread.ts'

// Linux gives each thread a priority of its own.
if (process.platform === 'linux') setPriority(0, 10)
const answer = (given: SealingAnswer) => parentPort?.postMessage(given)

parentPort?.on('message', ({ rows, path }: SealingAsk) => {
  try {
    answer({ written: sealRows(rows, path) })
  } catch (cause) {
    answer({ failed: (cause as Error).message })
  }
})
