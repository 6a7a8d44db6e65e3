/**
 * Holds data changes until they are durable. OPC UA acknowledges a notification before we see it, so
 * there is nobody to send again: a batch that could not be made durable is tried again here.
 */
import type { Clock, Instant } from '../model/instant.ts'
import type { DataChange, Listener } from './connector.ts'

export type ChangeQueue = {
  push(change: DataChange): void
  readonly size: number
  /** Resolves when nothing is left, or after `withinMs`; then it is closed, and what is left is not tried again. */
  drain(withinMs: number): Promise<void>
}

const BATCH = 5_000
const AGAIN_MS = 1_000

export function changeQueue(
  listener: Pick<Listener, 'deliver'>,
  clock: Clock,
  limit: number,
  /** Called for each change that had to go, with the instant at which it came. */
  dropped: (heardAt: Instant) => void,
): ChangeQueue {
  /** Oldest first; short, because dropping the first of a long array moves all the others. */
  const batches: { readonly change: DataChange; readonly heardAt: Instant }[][] = []
  let waiting = 0
  let underWay = 0
  let wakeDrain = () => {}
  let isScheduled = false
  let isClosed = false
  let callOffRetry = () => {}

  function schedule(): void {
    if (isScheduled || isClosed) return
    isScheduled = true
    setImmediate(pump) // what one answer of the server brought is one call
  }

  function drop(): void {
    const oldest = batches[0]?.shift()
    if (!oldest) return
    waiting--
    if (batches[0]?.length === 0) batches.shift()
    dropped(oldest.heardAt)
  }

  async function pump(): Promise<void> {
    if (isClosed) return
    const batch = batches.shift() ?? []
    waiting -= batch.length
    underWay = batch.length
    try {
      await listener.deliver(batch.map(({ change }) => change))
    } catch {
      const next = batches[0] ?? []
      if (batch.length + next.length > BATCH) batches.unshift(batch)
      else batches[0] = [...batch, ...next]
      waiting += batch.length
      underWay = 0
      if (!isClosed) callOffRetry = clock.after(AGAIN_MS, () => void pump())
      return
    }
    underWay = 0
    isScheduled = false
    if (waiting > 0) schedule()
    else wakeDrain()
  }

  return {
    get size() {
      return waiting + underWay
    },
    push(change) {
      const newest = batches.at(-1)
      const held = { change, heardAt: clock.now() }
      if (newest && newest.length < BATCH) newest.push(held)
      else batches.push([held])
      if (++waiting > limit) drop()
      schedule()
    },
    async drain(withinMs) {
      if (waiting + underWay > 0) {
        const { promise, resolve } = Promise.withResolvers<void>()
        wakeDrain = resolve
        const enough = setTimeout(resolve, withinMs)
        await promise
        clearTimeout(enough)
      }
      isClosed = true
      callOffRetry()
    },
  }
}
