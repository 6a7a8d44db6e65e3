/**
 * What a channel sends next. What is critical goes first and alone as long as the limit allows; a share of
 * the limit is kept for it. The rest goes in its order, and several in one digest in a flood and where the
 * limit does not allow each its own. About one alarm or order nothing ever overtakes, and a message that the
 * other side cannot digest holds up nothing else.
 */
import type { Instant } from '../model/instant.ts'
import type { Notification } from '../operations/outbox.ts'
import { free, freeAt, type Tries } from './limits.ts'
import type { Limit } from './options.ts'

export type Plan =
  /** `parcel`: the key of what was sent as one before; absent where they are put together now. */
  | { readonly is: 'send'; readonly notifications: readonly Notification[]; readonly parcel?: string }
  /** Without `until`: for something to come. */
  | { readonly is: 'wait'; readonly until?: Instant }

export type Circumstances = {
  readonly now: Instant
  readonly limits: readonly Limit[]
  readonly tries: Tries
  readonly digest: boolean
  readonly digestEveryMs: number
  /** When the last digest was sent; undefined: none since the start. */
  readonly lastDigestAt: Instant | undefined
  /** Until then nothing is tried again that was tried often. */
  readonly restUntil?: Instant | undefined
}

/** In one digest: what a person still reads, and what fits into the smallest message of a robot. */
export const MOST_IN_DIGEST = 200

/** A quarter of the limit is kept for what is critical. */
const RESERVED_SHARE = 4

/**
 * Tries after which others go first: perhaps it is not the channel that fails, but this one message. Over
 * about a minute.
 */
export const STUBBORN_AFTER = 6

export function planNext(waiting: readonly Notification[], circumstances: Circumstances): Plan {
  const { now, limits, tries, restUntil = now } = circumstances
  if (waiting.length === 0) return { is: 'wait' }
  if (free(tries, limits, now) < 1) return { is: 'wait', until: freeAt(tries, limits, now, 1) }
  const stubborn = waiting.filter(({ tries }) => tries >= STUBBORN_AFTER)
  const held = new Set(stubborn.map(({ noun }) => noun))
  const plan = planned(
    waiting.filter(({ noun }) => !held.has(noun)),
    circumstances,
  )
  if (plan.is === 'send' || stubborn.length === 0) return plan
  if (now < restUntil) return { is: 'wait', until: Math.min(plan.until ?? restUntil, restUntil) }
  // In turns: the one that was tried least.
  return again(
    stubborn.reduce((least, one) => (one.tries < least.tries ? one : least)),
    waiting,
  )
}

/** What was tried may have arrived: it goes again as it went, under the same key. */
function again(one: Notification, waiting: readonly Notification[]): Plan {
  const { parcel } = one
  if (parcel === undefined) return { is: 'send', notifications: [one] }
  return { is: 'send', notifications: waiting.filter((other) => other.parcel === parcel), parcel }
}

function planned(waiting: readonly Notification[], circumstances: Circumstances): Plan {
  const { now, limits, tries, digest, digestEveryMs, lastDigestAt } = circumstances
  const first = waiting[0]
  if (!first) return { is: 'wait' }
  const isFree = free(tries, limits, now)
  const onceFree = (wanted: number): Plan => ({ is: 'wait', until: freeAt(tries, limits, now, wanted) })

  const underWay = waiting.find(({ parcel, tries }) => parcel !== undefined || tries > 0)
  if (underWay) return again(underWay, waiting)

  const together = (some: readonly Notification[]): Plan => ({
    is: 'send',
    notifications: some.slice(0, MOST_IN_DIGEST),
  })
  const urgent = urgentOf(waiting)
  const [mostUrgent] = urgent
  if (mostUrgent) return together(digest && urgent.length > isFree ? urgent : [mostUrgent])
  if (!digest) return together([first])

  const reserved = reservedOf(limits)
  if (isFree <= reserved) return onceFree(reserved + 1)
  const isFlood = waiting.some(({ inFlood }) => inFlood)
  if (isFlood) {
    const isOver = waiting.some(({ event }) => event.kind === 'flood.ended')
    const next = lastDigestAt === undefined ? now : lastDigestAt + digestEveryMs
    // A clock that was set back must not hold a digest for longer than its time.
    const until = Math.min(next, now + digestEveryMs)
    return isOver || until <= now ? together(waiting) : { is: 'wait', until }
  }
  return together(waiting.length > isFree - reserved ? waiting : [first])
}

const reservedOf = (limits: readonly Limit[]): number =>
  limits.length === 0 ? 0 : Math.floor(Math.min(...limits.map(({ count }) => count)) / RESERVED_SHARE)

/** Critical, and nothing less urgent of the same noun waits before it. */
function urgentOf(waiting: readonly Notification[]): readonly Notification[] {
  const heldBack = new Set<string>()
  return waiting.filter(({ severity, noun }) => {
    const isUrgent = severity === 'critical' && !heldBack.has(noun)
    if (!isUrgent) heldBack.add(noun)
    return isUrgent
  })
}
