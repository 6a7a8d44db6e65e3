/**
 * The thread in which rows become files: encoding and compressing a million of them takes longer than any
 * device may wait for its acknowledgement.
 */
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { answerAsks } from '../model/asked-thread.ts'
import { sealRows } from './seal-rows.ts'
import type { SealingAsk } from './sealing-thread.ts'

// Linux gives each thread a priority of its own.
if (process.platform === 'linux') setPriority(0, 10)
answerAsks(parentPort, ({ rows, path, calledOff }: SealingAsk) => sealRows(rows, path, calledOff))
