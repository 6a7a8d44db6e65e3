/** The instants by which an order is asked for, as its columns hold them. */
import type { Instant } from '../model/instant.ts'
import type { WorkOrder } from '../model/work-order.ts'
import { isEnded } from '../work-orders/lifecycle.ts'

export type OrderInstants = {
  readonly created_at: Instant
  /** Closed, cancelled, rejected or merged; null while it is open. */
  readonly ended_at: Instant | null
  /** When the readings will have proven the repair, if the fault stays away; null where no proof is under way. */
  readonly due_at: Instant | null
}

export function orderInstants({ state, createdAt, history, verification }: WorkOrder): OrderInstants {
  const ended = isEnded(state) ? history.findLast(({ from, to }) => to === state && from !== to) : undefined
  const isDue = state === 'done' && verification.state === 'waiting'
  return {
    created_at: createdAt,
    ended_at: ended?.at ?? null,
    due_at: (isDue ? verification.until : undefined) ?? null,
  }
}
