/**
 * One channel's work: reads what waits in the outbox, sends it one parcel after the other, and notes what
 * became of it. What the other side cannot take now is tried for ever, ever more slowly; given up and kept is
 * what it refuses, and what it fails at while it takes others. A crash between sending and noting sends the
 * same parcel again, under the same key.
 */
import { untilWritten } from '../consumers/retry.ts'
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { Notification, Outbox } from '../operations/outbox.ts'
import type { Channel, Outcome, Parcel } from './channel.ts'
import { longestMs, stillCounting } from './limits.ts'
import type { ChannelOptions } from './options.ts'
import { planNext, STUBBORN_AFTER } from './plan.ts'

/** Looked at for one plan. */
const LOOKED_AT = 500

/** So many refusals one after the other, and it is not the messages: a person has to look at the channel. */
const REFUSED_IN_A_ROW = 3

/**
 * Tries of one message after which it is given up, if others get through meanwhile: the channel is well, and
 * it is not.
 */
const HOPELESS_AFTER = 12

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 5 * 60_000

export type SenderState = 'idle' | 'sending' | 'waiting' | 'refused'

export type SenderStatus = {
  readonly name: string
  readonly kind: ChannelOptions['kind']
  /**
   * `waiting`: it is away, busy or over its limit. `refused`: it takes nothing from us until a person has
   * mended something; it ends with the next delivery.
   */
  readonly state: SenderState
  readonly since: Instant
  readonly because?: string
  readonly waiting: number
  readonly lastDeliveredAt?: Instant
}

export type SenderCounts = {
  readonly delivered: number
  readonly parcels: number
  readonly digests: number
  readonly failedTries: number
  readonly dead: number
  readonly dropped: number
  readonly waiting: number
}

export interface Sender extends AsyncDisposable {
  readonly status: SenderStatus
  readonly counts: SenderCounts
  /** Something may be waiting. */
  wake(): void
}

export type SenderParts = {
  readonly options: ChannelOptions
  readonly channel: Channel
  readonly outbox: Outbox
  readonly clock: Clock
  readonly log: Log
  readonly waitingMost: number
  readonly triesWhenShut: number
  /** Spreads the retries of many gateways; 0 to 1. */
  readonly random?: () => number
}

export function startSender(parts: SenderParts): Sender {
  const { options, channel, outbox, clock, log, random = Math.random } = parts
  const { name, kind, limits } = options
  const stopping = new AbortController()
  const { signal } = stopping
  const counts = { delivered: 0, parcels: 0, digests: 0, failedTries: 0, dead: 0, dropped: 0, waiting: 0 }
  let state: Pick<SenderStatus, 'state' | 'since' | 'because'> = { state: 'idle', since: clock.now() }
  let lastDeliveredAt: Instant | undefined
  let tries: readonly Instant[] = []
  let lastDigestAt: Instant | undefined
  let failures = 0
  let restUntil: Instant | undefined
  /** Since the last delivery. */
  let refusals = 0
  let isWoken = false
  let wakeUp = () => {}

  function become(is: SenderState, because?: string): void {
    if (because !== undefined && because !== state.because)
      log.warn({ channel: name, because }, 'A notification could not be delivered')
    if (state.state !== is || state.because !== because)
      state = {
        state: is,
        // Trouble lasts from its first try on, through all the tries that it takes.
        since: (state.state === 'idle') === (is === 'idle') ? state.since : clock.now(),
        ...(because !== undefined && { because }),
      }
  }

  /** Until then, or until something comes; `isDeaf`: whatever comes, the other side is not asked sooner. */
  const pause = (forMs: number | undefined, isDeaf = false) =>
    new Promise<void>((resolve) => {
      if (signal.aborted || (isWoken && !isDeaf)) return resolve()
      let callOff = () => {}
      const done = () => {
        callOff()
        signal.removeEventListener('abort', done)
        wakeUp = () => {}
        resolve()
      }
      if (forMs !== undefined) callOff = clock.after(forMs, done)
      if (!isDeaf) wakeUp = done
      signal.addEventListener('abort', done, { once: true })
    })

  const written = <T>(task: () => Promise<T>) =>
    untilWritten(task, {
      clock,
      signal,
      isFinal: () => false,
      failed: (cause, waitMs) =>
        log.warn({ channel: name, cause: String(cause), waitMs }, 'The outbox cannot be read or written'),
    })

  async function send(notifications: readonly Notification[], sealed: string | undefined): Promise<void> {
    const parcel = { key: sealed ?? keyOf(notifications), notifications }
    const ids = notifications.map(({ id }) => id)
    const isDigest = notifications.length > 1
    // What leaves together is settled before it leaves: a crash must not put it together in another way.
    if (isDigest && sealed === undefined) await written(() => outbox.seal(ids, parcel.key))
    become('sending', state.because)
    const outcome = await sent(channel, parcel, signal)
    if (signal.aborted && outcome.is !== 'delivered') return
    const at = clock.now()
    tries = [...stillCounting(tries, limits, at), at]
    if (isDigest) lastDigestAt = at
    await note(parcel, ids, outcome, at)
  }

  async function note(parcel: Parcel, ids: readonly number[], outcome: Outcome, at: Instant): Promise<void> {
    if (outcome.is === 'delivered') {
      await written(() => outbox.delivered({ ids, at }))
      counts.delivered += ids.length
      counts.parcels++
      if (ids.length > 1) counts.digests++
      lastDeliveredAt = at
      failures = 0
      refusals = 0
      become('idle')
      return
    }
    const { because } = outcome
    counts.failedTries++
    const most = Math.max(...parcel.notifications.map(({ tries }) => tries)) + 1
    const [{ triedAt: before = Number.POSITIVE_INFINITY } = {}] = parcel.notifications
    const isHopeless = most >= HOPELESS_AFTER && (lastDeliveredAt ?? 0) > before
    const isLost = outcome.is === 'refused' || (outcome.is === 'later' && isHopeless)
    if (isLost || (outcome.is === 'shut' && most >= parts.triesWhenShut)) {
      await written(() => outbox.dead({ ids, at, because }))
      counts.dead += ids.length
      log.error({ channel: name, key: parcel.key, because }, 'A notification was given up')
      if (isLost) failures = 0 // it answers
      if (outcome.is === 'shut' || ++refusals >= REFUSED_IN_A_ROW) become('refused', because)
      else become('idle')
    } else await written(() => outbox.failed({ ids, at, because }))
    if (isLost) return
    become(outcome.is === 'shut' ? 'refused' : 'waiting', because)
    const backOffMs = Math.min(FIRST_WAIT_MS * 2 ** failures++, LONGEST_WAIT_MS) * (0.5 + random() / 2)
    const askedMs = outcome.is === 'later' ? (outcome.waitMs ?? 0) : 0
    const waitMs = Math.max(backOffMs, Math.min(askedMs, 3_600_000))
    restUntil = at + waitMs
    // Perhaps it is only this message: others need not wait for it.
    const isAlone = outcome.is === 'later' && askedMs === 0 && most >= STUBBORN_AFTER
    await pause(waitMs, !isAlone)
  }

  async function turn(): Promise<void> {
    isWoken = false
    counts.waiting = await written(() => outbox.countWaiting(name))
    if (counts.waiting > parts.waitingMost) {
      const dropped = await written(() => outbox.trim(name, parts.waitingMost))
      counts.dropped += dropped
      counts.waiting -= dropped
      log.warn({ channel: name, dropped }, 'Too many notifications were waiting; the oldest were dropped')
    }
    const waiting = await written(() => outbox.waiting(name, LOOKED_AT))
    const { digest, digestEveryMs } = options
    const now = clock.now()
    tries = stillCounting(tries, limits, now)
    const plan = planNext(waiting, { now, limits, tries, digest, digestEveryMs, lastDigestAt, restUntil })
    if (plan.is === 'send') return send(plan.notifications, plan.parcel)
    if (waiting.length === 0 && state.state !== 'refused') become('idle')
    else if (state.state === 'sending') become('waiting')
    await pause(plan.until === undefined ? undefined : Math.max(1, plan.until - now))
  }

  async function run(): Promise<void> {
    const since = clock.now() - longestMs(limits)
    tries = await written(() => outbox.triesSince(name, since))
    const givenUp = await written(() => outbox.givenUp(name, REFUSED_IN_A_ROW))
    refusals = givenUp.length
    if (refusals >= REFUSED_IN_A_ROW) become('refused', givenUp[0]?.because)
    while (!signal.aborted) await turn()
  }

  const running = run().catch((cause: unknown) => {
    if (signal.aborted) return
    log.error({ channel: name, cause }, 'A channel of notifications has stopped')
    become('refused', String(cause))
  })

  return {
    counts,
    get status() {
      const { waiting } = counts
      return { name, kind, ...state, waiting, ...(lastDeliveredAt !== undefined && { lastDeliveredAt }) }
    },
    wake() {
      isWoken = true
      wakeUp()
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
      channel.close()
    },
  }
}

/** One leaves under its own key; several under one that no other set of them has. */
function keyOf(notifications: readonly Notification[]): string {
  const [first, ...others] = notifications
  const last = others.at(-1)
  if (!first) throw new Error('An empty parcel')
  return last ? `digest-${first.key}-${last.event.id}-${notifications.length}` : first.key
}

async function sent(channel: Channel, parcel: Parcel, signal: AbortSignal): Promise<Outcome> {
  try {
    return await channel.send(parcel, signal)
  } catch (cause) {
    // A defect in writing this one must not hold up all that wait behind it.
    return { is: 'refused', because: cause instanceof Error ? cause.message : String(cause) }
  }
}
