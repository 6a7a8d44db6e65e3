/**
 * What one may do with an order: what its state allows, less what is another's to do. And what one is told who was too
 * late or asked for too much: who moved it, to what, and what is possible now.
 */
import { type ErrorCode, GatehouseError, type Language, type Words } from '../model/errors.ts'
import { phrase } from '../model/phrase.ts'
import { said } from '../model/refusal.ts'
import { ORDER_STATE_WORDS } from '../model/words.ts'
import { ORDER_MOVED } from '../model/words-orders.ts'
import type { RefusalCode } from '../model/words-refusals.ts'
import type { OrderState, WorkOrder } from '../model/work-order.ts'
import { doneBy, JUDGES_REPAIR, nextStates } from '../work-orders/lifecycle.ts'
import type { Mover } from './roles.ts'

/** Moves that are a contractor's own work; everything else is for the office to decide. */
const CONTRACTOR_MOVES: Readonly<Partial<Record<OrderState, readonly OrderState[]>>> = {
  dispatched: ['accepted', 'reported'],
  accepted: ['done', 'reported'],
}

/** The repair is said to be done: sending it back is for the office. */
const REPAIRED: readonly OrderState[] = ['done', 'verified', 'visited']

const isOf = ({ assignee }: WorkOrder, { contractor }: Mover): boolean =>
  contractor !== undefined && assignee === contractor

/** Where this person may move it; whether the role moves orders at all is for the caller to ask. */
export function movesFor(order: WorkOrder, by: Mover): readonly OrderState[] {
  const moves = nextStates(order).filter((to) => !JUDGES_REPAIR.includes(to) || doneBy(order) !== by.name)
  if (by.role !== 'contractor') return moves
  return isOf(order, by) ? moves.filter((to) => CONTRACTOR_MOVES[order.state]?.includes(to)) : []
}

/** Throws `forbidden` for what is never a contractor's to do, whatever the order's state. */
export function assertOwnWork(
  order: WorkOrder,
  to: OrderState,
  assignee: string | undefined,
  by: Mover,
): void {
  const reassigns = assignee !== undefined && assignee !== by.contractor
  const isWork = Object.values(CONTRACTOR_MOVES).flat().includes(to)
  const sendsBack = to === 'accepted' && REPAIRED.includes(order.state)
  if (isOf(order, by) && isWork && !reassigns && !sendsBack) return
  const figures = { user: by.name, number: String(order.number), to: ORDER_STATE_WORDS[to] }
  throw new GatehouseError('forbidden', said('not-own-move', figures), {
    details: { next: movesFor(order, by) },
  })
}

const LACKS = { assignee: 'order-needs-assignee', note: 'order-needs-reason' } as const

/** Its `details.path`: which input is missing. */
export function moveLacks({ number }: WorkOrder, path: keyof typeof LACKS): GatehouseError {
  return new GatehouseError('invalid-input', said(LACKS[path], { number: String(number) }), {
    details: { path },
  })
}

const REFUSED = {
  'order-version': 'order-changed',
  'order-state': 'order-cannot',
  'same-person': 'order-same-person',
} as const satisfies Partial<Record<ErrorCode, RefusalCode>>

/** Its `details`: `next`, `state` and `version` as they are, and who made them so (`by`, `at`). */
export function moveRefused(
  order: WorkOrder,
  code: keyof typeof REFUSED,
  to: OrderState,
  by: Mover,
): GatehouseError {
  const { number, state, version, history, createdAt } = order
  const next = movesFor(order, by)
  const last = history.at(-1)
  const how = last?.from === undefined ? 'reported' : last.from === last.to ? 'stays' : 'moved'
  const moved = inBoth((language) =>
    phrase(ORDER_MOVED[how], language, { by: last?.by ?? '', state: ORDER_STATE_WORDS[state][language] }),
  )
  const may = inBoth((language) => {
    const states = next.map((one) => `“${ORDER_STATE_WORDS[one][language]}”`)
    const listed = states.join(language === 'en' ? ', ' : '、')
    return phrase(ORDER_MOVED[states.length > 0 ? 'may' : 'mayNot'], language, { states: listed })
  })
  const user = doneBy(order) ?? ''
  const at = new Date(last?.at ?? createdAt).toISOString()
  return new GatehouseError(
    code,
    said(REFUSED[code], { number: String(number), to: ORDER_STATE_WORDS[to], user, moved, may }),
    { details: { next, state, version, ...(last && { by: last.by, at }) } },
  )
}

const inBoth = (say: (language: Language) => string): Words => ({ en: say('en'), 'zh-CN': say('zh-CN') })
