/**
 * What codecs have to say back to senders (a Sparkplug node is asked for its birth). Best effort: a codec asks again
 * with each message for as long as the answer is due, so a reply may be lost, and the same one is not sent at each.
 */
import type { Clock } from '../model/instant.ts'
import type { Reply } from '../profiles/decoder.ts'

/** Publishes to where a message came from; rejects where that cannot be done now. */
export type SendReply = (source: string, topic: string, payload: Uint8Array) => Promise<void>

export type ReplyCounts = {
  /** Replies handed to their source. */
  replies: number
  /** Not sent, because the same was sent a moment before or too many were under way. */
  heldReplies: number
  failedReplies: number
}

/** The same topic hears from us no more often than this, ms: declaring everything anew takes a node its time. */
const AGAIN_AFTER_MS = 2_000

const MOST_UNDER_WAY = 1_000

/** Topics remembered; there is one an edge node. The oldest goes first. */
const MOST_TOPICS = 10_000

export function replyDesk({
  counts,
  clock,
  send,
}: {
  readonly counts: ReplyCounts
  readonly clock: Clock
  readonly send: SendReply
}): (source: string, reply: Reply) => void {
  const sentAtMs = new Map<string, number>()
  let underWay = 0
  return (source, { topic, payload }) => {
    const key = `${source}\n${topic}`
    const before = sentAtMs.get(key)
    const isTooSoon = before !== undefined && clock.monotonicMs() - before < AGAIN_AFTER_MS
    if (isTooSoon || underWay >= MOST_UNDER_WAY) {
      counts.heldReplies++
      return
    }
    sentAtMs.delete(key)
    sentAtMs.set(key, clock.monotonicMs())
    if (sentAtMs.size > MOST_TOPICS) for (const oldest of sentAtMs.keys()) if (sentAtMs.delete(oldest)) break
    underWay++
    send(source, topic, payload)
      .then(
        () => counts.replies++,
        () => counts.failedReplies++,
      )
      .finally(() => underWay--)
  }
}
