/**
 * How a command asks the running gateway to read its rules again: a file in the data folder, answered by
 * another. Whoever may write there may ask; what the gateway says of it goes back the same way.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'

const LOOK_EACH_MS = 1_000

const requestIn = (folder: string) => join(folder, 'rules.request')
const answerIn = (folder: string) => join(folder, 'rules.answer')

const Request = z.object({ reason: z.string().min(1) })

const Change = z.object({ rule: z.string(), from: z.string().nullable(), to: z.string().nullable() })

type Change = z.output<typeof Change>

const Answer = z.union([z.object({ changes: z.array(Change) }), z.object({ refused: z.string() })])

export type RulesAnswer = z.output<typeof Answer>

/** Written beside and moved into place, so that nobody reads half of it. */
function place(file: string, content: unknown): void {
  writeFileSync(`${file}.part`, JSON.stringify(content), { mode: 0o600 })
  renameSync(`${file}.part`, file)
}

function take<T>(file: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(file)) return undefined
  const text = readFileSync(file, 'utf8')
  rmSync(file, { force: true })
  return schema.parse(JSON.parse(text))
}

export type RulesRequest = Disposable & { readonly answer: () => RulesAnswer | undefined }

/** Disposing takes it back. */
export function requestRules(folder: string, reason: string): RulesRequest {
  rmSync(answerIn(folder), { force: true })
  place(requestIn(folder), { reason })
  return {
    answer: () => take(answerIn(folder), Answer),
    [Symbol.dispose]() {
      rmSync(requestIn(folder), { force: true })
      rmSync(answerIn(folder), { force: true })
    },
  }
}

export type AnswerParts = {
  readonly folder: string
  /** Rejects where the rules are refused; its message says why. */
  readonly reload: (reason: string) => Promise<readonly Change[]>
  readonly clock: Clock
  readonly log: Log
}

/** A request that is older than the process is not for it. */
export function answerRulesRequests({ folder, reload, clock, log }: AnswerParts): Disposable {
  rmSync(requestIn(folder), { force: true })
  const look = () => {
    stop = clock.after(LOOK_EACH_MS, look)
    let asked: z.output<typeof Request> | undefined
    try {
      asked = take(requestIn(folder), Request)
    } catch (cause) {
      return log.warn({ cause: String(cause) }, 'A request for other rules could not be read')
    }
    if (!asked) return
    reload(asked.reason)
      .then(
        (changes) => ({ changes: changes.map(({ rule, from, to }) => ({ rule, from, to })) }),
        (cause: unknown) => ({ refused: cause instanceof Error ? cause.message : String(cause) }),
      )
      .then((answer) => place(answerIn(folder), answer))
      .catch((cause: unknown) => log.error({ cause }, 'A request for other rules could not be answered'))
  }
  let stop = clock.after(LOOK_EACH_MS, look)
  return { [Symbol.dispose]: () => stop() }
}
