/** A listener that keeps what a source tells, decides when it is durable, and can be waited on. */
import type { Listener, RawMessage } from '../../src/connect/connector.ts'
import type { Gap, Link } from '../../src/model/commit.ts'

export type Hearing = Listener & {
  readonly messages: RawMessage[]
  /** How the messages came in: one entry a call of `deliver`. */
  readonly batches: (readonly RawMessage[])[]
  readonly links: Link[]
  readonly gaps: Gap[]
  /** Resolves once `holds` is true; looked at after everything heard. Rejects after `withinMs`. */
  until(holds: () => boolean, what: string, withinMs?: number): Promise<void>
}

/** `durable` decides when (or whether) a batch is durable; at once where it is left out. */
export function hearing(durable: (batch: readonly RawMessage[]) => Promise<void> = async () => {}): Hearing {
  const waiting = new Set<() => void>()
  const heard = () => {
    for (const look of waiting) look()
  }
  const self: Hearing = {
    messages: [],
    batches: [],
    links: [],
    gaps: [],
    async deliver(batch) {
      self.batches.push(batch)
      self.messages.push(...batch)
      heard()
      await durable(batch)
    },
    link(link) {
      self.links.push(link)
      heard()
    },
    gap(gap) {
      self.gaps.push(gap)
      heard()
    },
    until: (holds, what, withinMs = 120_000) =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          clearTimeout(limit)
          waiting.delete(look)
          settle()
        }
        const look = () => {
          if (holds()) end(resolve)
        }
        const never = () =>
          new Error(`never: ${what}; the last links were ${JSON.stringify(self.links.slice(-4))}`)
        const limit = setTimeout(() => end(() => reject(never())), withinMs)
        waiting.add(look)
        look()
      }),
  }
  return self
}
