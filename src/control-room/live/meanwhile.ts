/**
 * What the stream says while a question is under way: the answer may have been made before it, and would take
 * back what the page shows already. It is laid over the answer, so that nothing heard is lost, whichever of
 * the two comes first.
 */

import type { LiveEvent } from './event.ts'
import { type Batch, emptyBatch, sorted } from './merge.ts'

export type Meanwhile = {
  heard(events: readonly LiveEvent[]): void
  over<Answer>(ask: () => Promise<Answer>, lay: (answer: Answer, heard: Batch) => Answer): Promise<Answer>
}

export function meanwhileOf(): Meanwhile {
  const underWay = new Set<Batch>()
  return {
    heard(events) {
      for (const batch of underWay) sorted(events, batch)
    },
    async over(ask, lay) {
      const batch = emptyBatch()
      underWay.add(batch)
      try {
        return lay(await ask(), batch)
      } finally {
        underWay.delete(batch)
      }
    },
  }
}

/** Of the one stream that a page has. */
export const meanwhile = meanwhileOf()
