/**
 * How a command asks the running gateway to take the clock as it stands: a file in the data folder, looked for
 * while nothing is taken because of the clock. Whoever may write there may ask.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { Journal } from './journal.ts'

const LOOK_EACH_MS = 1_000

const fileIn = (folder: string) => join(folder, 'rebase.request')

export type RebaseRequest = Disposable & {
  /** The gateway has taken it up. */
  readonly isAnswered: boolean
}

/** Disposing takes it back. */
export function requestRebase(folder: string): RebaseRequest {
  const file = fileIn(folder)
  writeFileSync(file, '')
  return {
    get isAnswered() {
      return !existsSync(file)
    },
    [Symbol.dispose]: () => rmSync(file, { force: true }),
  }
}

export type AnswerParts = {
  readonly folder: string
  readonly journal: Pick<Journal, 'refusing' | 'rebase'>
  readonly clock: Clock
  readonly log: Log
}

/** A request that is older than the process is not for it. */
export function answerRebaseRequests({ folder, journal, clock, log }: AnswerParts): Disposable {
  const file = fileIn(folder)
  rmSync(file, { force: true })
  const look = () => {
    stop = clock.after(LOOK_EACH_MS, look)
    if (journal.refusing !== 'clock' || !existsSync(file)) return
    rmSync(file, { force: true })
    journal.rebase().catch((cause: unknown) => log.error({ cause }, 'The journal could not be rebased'))
  }
  let stop = clock.after(LOOK_EACH_MS, look)
  return { [Symbol.dispose]: () => stop() }
}
