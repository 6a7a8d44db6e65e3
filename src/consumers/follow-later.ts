/**
 * A journal that nobody follows before the gateway listens. What a start finds in it for its readers may be
 * minutes of work on the very thread that has yet to open the ports; senders wait for those, and nobody for a
 * replay.
 */
import type { Journal } from '../journal/journal.ts'

export type Followed = Pick<Journal, 'head' | 'follow' | 'advance'>

export const followLater = (journal: Followed, begin: Promise<void>): Followed => ({
  get head() {
    return journal.head
  },
  advance: (consumer, offset) => journal.advance(consumer, offset),
  async *follow(after, signal) {
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.race([begin, aborted])
    if (!signal.aborted) yield* journal.follow(after, signal)
  },
})
