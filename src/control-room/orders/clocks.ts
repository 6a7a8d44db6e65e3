/** How an order stands to what was promised: that it is accepted, and repaired, in time. Pure. */
import type { WorkOrder } from '../api/types.ts'
import { isEnded } from './columns.ts'

export type OrderClock = WorkOrder['clocks'][number]

/** `met`: in time, `late`: done after its time, `held`: it stands still while the order is on hold. */
export type ClockState = 'met' | 'late' | 'held' | 'due' | 'overdue'

export function clockState({ dueAt, metAt, overdue }: OrderClock, now: number): ClockState {
  if (metAt !== null) return overdue ? 'late' : 'met'
  if (dueAt === null) return 'held'
  return overdue || Date.parse(dueAt) <= now ? 'overdue' : 'due'
}

/** The one that somebody has to keep: what is overdue the longest, else what is due first, else what stands still. */
export function nextClock({ clocks }: Pick<WorkOrder, 'clocks'>): OrderClock | undefined {
  const dueOf = ({ dueAt }: OrderClock) => (dueAt === null ? Number.POSITIVE_INFINITY : Date.parse(dueAt))
  return clocks.filter(({ metAt }) => metAt === null).sort((one, other) => dueOf(one) - dueOf(other))[0]
}

export const isOverdue = (order: WorkOrder, now: number): boolean =>
  !isEnded(order) && order.clocks.some((clock) => clockState(clock, now) === 'overdue')
