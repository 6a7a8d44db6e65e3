/**
 * The session that an external broker keeps for us, as far as anybody knows: since when nobody has fetched
 * what it queues, and which topics it queues for. Noted beyond the end of the process where there is a place
 * for it.
 */
import type { Instant } from '../model/instant.ts'
import type { KeptSession } from './kept-session.ts'

export type BrokerSession = {
  /**
   * The broker has taken us in. Since when all that it had queued is lost, where it had forgotten a session
   * that there was.
   */
  connected(isPresent: boolean): Instant | undefined
  /** Nobody fetches any more what it queues. */
  left(now: Instant): void
  /** While we are connected. */
  readonly isFetched: boolean
  /** What an earlier configuration subscribed to: the session goes on bringing it until it is told otherwise. */
  readonly otherTopics: readonly string[]
  /** It was told. */
  unsubscribed(): void
}

export type BrokerSessionParts = {
  /** The topic filters that are wanted. */
  readonly topics: readonly string[]
  /** Absent: known in this process alone. */
  readonly kept?: KeptSession | undefined
  /** It could not be noted. */
  failed(cause: unknown): void
}

export function brokerSession({ topics, kept, failed }: BrokerSessionParts): BrokerSession {
  let awaySince = kept?.awaySince
  let subscribed = new Set(kept?.topics)
  let isFetched = false

  function note(): void {
    try {
      kept?.note({ awaySince, topics: [...subscribed] })
    } catch (cause) {
      failed(cause)
    }
  }

  return {
    get isFetched() {
      return isFetched
    },
    connected(isPresent) {
      const lostSince = isPresent ? undefined : awaySince
      subscribed = new Set([...(isPresent ? subscribed : []), ...topics])
      awaySince = undefined
      isFetched = true
      note()
      return lostSince
    },
    left(now) {
      awaySince = now
      isFetched = false
      note()
    },
    get otherTopics() {
      return [...subscribed].filter((topic) => !topics.includes(topic))
    },
    unsubscribed() {
      subscribed = new Set(topics)
      note()
    },
  }
}
