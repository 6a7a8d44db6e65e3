/**
 * Hands on what all connections brought meanwhile as one batch, and answers each message once: durable, not durable,
 * or not durable in time, for a device waits for its answer no longer than that.
 */
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { Listener, Publish } from './connector.ts'
import { gathering } from './gathering.ts'

export type TurnDelivery = {
  /** `answer` is called later, with an error where the message is not durable. */
  add(message: Publish, answer: (error?: Error) => void): void
  /** So much is waiting to become durable that nothing more may be added. */
  readonly isFull: boolean
  /**
   * Resolves when everything that was added has its answer; what is not durable within `withinMs` is answered
   * so then.
   */
  settled(withinMs: number): Promise<void>
}

export type TurnDeliveryParts = {
  deliver: Listener['deliver']
  readonly withinMs: number
  /** Messages that had their answer. */
  answered(messages: number, isDurable: boolean): void
  readonly source: string
  readonly clock: Clock
  readonly log: Log
}

/** A batch that is not answered yet. */
type UnderWay = { readonly answered: Promise<void>; giveUp(): void }

type Waiting = { readonly message: Publish; readonly answer: (error?: Error) => void }

/**
 * Each holds what arrived together. A connection is not read on while its own are
 * unanswered, so this many at a time means that the journal hangs.
 */
const UNFINISHED = 4_096
/**
 * On a full disk every batch of every device that comes back fails: a line for each would be the next thing
 * to fill it.
 */
const LOG_AGAIN_MS = 10_000

export function turnDelivery(parts: TurnDeliveryParts): TurnDelivery {
  const { withinMs, source, clock, log } = parts
  const underWay = new Set<UnderWay>()
  let waiting: Waiting[] = []
  /** Calls of `deliver` that have not come back, also those no longer waited for. */
  let unfinished = 0
  let unlogged = 0
  let loggedAtMs = Number.NEGATIVE_INFINITY

  function logFailed(messages: number, error: Error): void {
    unlogged += messages
    if (clock.monotonicMs() - loggedAtMs < LOG_AGAIN_MS) return
    loggedAtMs = clock.monotonicMs()
    log.warn({ source, err: error, messages: unlogged }, 'Messages were not taken in')
    unlogged = 0
  }

  function send(batch: readonly Waiting[]): UnderWay {
    const { promise, resolve } = Promise.withResolvers<void>()
    let settled = false
    const settle = (error?: Error) => {
      if (settled) return
      settled = true
      clearTimeout(budget)
      if (error) logFailed(batch.length, error)
      parts.answered(batch.length, error === undefined)
      for (const { answer } of batch) answer(error)
      resolve()
    }
    const giveUp = () => settle(new Error('not durable in time'))
    // Real time even where the gateway runs on a virtual clock: the socket at the other end does not.
    const budget = setTimeout(giveUp, withinMs)
    unfinished++
    parts
      .deliver(batch.map(({ message }) => message))
      .then(
        () => settle(),
        (cause) => settle(new Error('not durable', { cause })),
      )
      .finally(() => unfinished--)
    return { answered: promise, giveUp }
  }

  function handOn(): number {
    const batch = waiting
    waiting = []
    if (batch.length === 0) return 0
    const sent = send(batch)
    underWay.add(sent)
    void sent.answered.finally(() => underWay.delete(sent))
    return batch.length
  }
  const firstHasCome = gathering(handOn)

  return {
    add(message, answer) {
      if (waiting.push({ message, answer }) === 1) firstHasCome()
    },
    get isFull() {
      return unfinished >= UNFINISHED
    },
    async settled(withinMs) {
      handOn()
      const limit = setTimeout(() => {
        for (const { giveUp } of underWay) giveUp()
      }, withinMs)
      await Promise.all([...underWay].map(({ answered }) => answered))
      clearTimeout(limit)
    },
  }
}
