/**
 * Acknowledges after the commit without holding up the connection: messages are taken in at once, and
 * their acknowledgements leave later, in the order in which the messages came (MQTT 4.6.0), as
 * what they came with becomes durable.
 *
 * One of these belongs to one connection. What becomes durable after its end is never acknowledged,
 * because packet ids mean something else on the next connection; the broker sends it again.
 */
import type { Publish, RawMessage } from './connector.ts'
import { gathering } from './gathering.ts'

export type DeferredAcks = {
  /** `packetId` is undefined for QoS 0. */
  take(message: Publish, packetId: number | undefined): void
  /** Resolves when nothing taken is still waiting to become durable. */
  settled(): Promise<void>
  /** From now on nothing is acknowledged. */
  end(): void
}

export type DeferredAcksParts = {
  deliver(messages: readonly RawMessage[]): Promise<void>
  acknowledge(packetId: number): void
  /** Called once the messages are no longer waited for, durable or not. */
  released(messages: readonly Publish[]): void
  /** The first batch that did not become durable; nothing is acknowledged after it. */
  failed(cause: unknown): void
}

type Batch = { readonly messages: Publish[]; readonly packetIds: number[]; isDurable: boolean }

export function deferredAcks({ deliver, acknowledge, released, failed }: DeferredAcksParts): DeferredAcks {
  /** Oldest first; the last one still gathers while `open` is set. */
  const batches: Batch[] = []
  const underWay = new Set<Promise<void>>()
  let open: Batch | undefined
  let ended = false

  async function send(batch: Batch): Promise<void> {
    try {
      await deliver(batch.messages)
      batch.isDurable = true
      while (batches[0]?.isDurable) {
        const first = batches.shift()
        if (!ended) for (const packetId of first?.packetIds ?? []) acknowledge(packetId)
      }
    } catch (cause) {
      if (!ended) {
        ended = true
        failed(cause)
      }
    } finally {
      released(batch.messages)
    }
  }

  function handOn(): number {
    const batch = open
    open = undefined
    if (!batch) return 0
    const sent = send(batch)
    underWay.add(sent)
    void sent.finally(() => underWay.delete(sent))
    return batch.messages.length
  }
  const firstHasCome = gathering(handOn)

  return {
    take(message, packetId) {
      if (!open) {
        open = { messages: [], packetIds: [], isDurable: false }
        batches.push(open)
        firstHasCome()
      }
      open.messages.push(message)
      if (packetId !== undefined) open.packetIds.push(packetId)
    },
    async settled() {
      handOn()
      await Promise.all(underWay)
    },
    end() {
      ended = true
    },
  }
}
