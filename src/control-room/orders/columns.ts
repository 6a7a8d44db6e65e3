/** The board's columns: the states that a repair uses, in the order of its life. */
import { SEVERITIES } from '../../model/alarm.ts'
import type { OrderState, WorkOrder } from '../api/types.ts'

export const COLUMNS = [
  'reported',
  'dispatched',
  'accepted',
  'done',
  'verified',
] as const satisfies OrderState[]
export const ENDED = ['closed', 'cancelled'] as const

/** An order in a state that has no column of its own stands in the one it is nearest to. */
const NEAREST: Readonly<Partial<Record<OrderState, (typeof COLUMNS)[number]>>> = {
  triaged: 'reported',
  arrived: 'accepted',
  'in-progress': 'accepted',
  'on-hold': 'accepted',
  visited: 'verified',
}

export const columnOf = ({ state }: WorkOrder): OrderState => NEAREST[state] ?? state

export const since = (order: WorkOrder): string => order.history.at(-1)?.at ?? order.createdAt

export const isEnded = ({ state }: WorkOrder): boolean =>
  state === 'closed' || state === 'cancelled' || state === 'rejected' || state === 'merged'

/** The worst first, and among equals the one that has stood longest where it is; ended ones after them. */
export function worstFirst(orders: readonly WorkOrder[]): WorkOrder[] {
  const rank = (order: WorkOrder) => (isEnded(order) ? SEVERITIES.length : SEVERITIES.indexOf(order.severity))
  return [...orders].sort(
    (one, other) => rank(one) - rank(other) || Date.parse(since(one)) - Date.parse(since(other)),
  )
}

const LIFE: readonly OrderState[] = [
  'reported',
  'dispatched',
  'on-hold',
  'accepted',
  'done',
  'verified',
  'visited',
  'closed',
]

/** Whoever comes after has to know why. */
export const NEEDS_NOTE: readonly OrderState[] = ['reported', 'on-hold']

/** Where it may go, the way forward first, and what going there is called from here. */
export function movesOf({ state, next }: WorkOrder) {
  const isForward = (to: OrderState) => LIFE.indexOf(to) > LIFE.indexOf(state)
  const ahead = (to: OrderState) => (isForward(to) ? LIFE.indexOf(to) : LIFE.length)
  return [...next]
    .sort((one, other) => ahead(one) - ahead(other))
    .map((to) => ({ to, name: nameOf(state, to), isForward: isForward(to) }))
}

export function nameOf(from: OrderState, to: OrderState) {
  if (from !== 'reported' && to === 'dispatched') return 'move.again' as const
  if (from === 'on-hold' && to === 'accepted') return 'move.resume' as const
  if ((from === 'done' || from === 'verified' || from === 'visited') && to === 'accepted')
    return 'move.back' as const
  return `move.${to}` as const
}
