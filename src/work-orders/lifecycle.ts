/**
 * The life of a work order, as one total function. A kind of order is a table of the states it
 * uses and the moves a person may make; what the readings move is in `verification.ts`.
 */
import { type Alarm, type Because, SEVERITIES } from '../model/alarm.ts'
import type { ErrorCode } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import {
  type Actor,
  ENDED_ORDER_STATES,
  type OrderKind,
  type OrderState,
  type OrderStep,
  type WorkOrder,
} from '../model/work-order.ts'

type Moves = Readonly<Partial<Record<OrderState, readonly OrderState[]>>>

/**
 * `→ dispatched` from `dispatched` or `accepted` gives the order to somebody else, who has to accept it in
 * turn: its alarms and its history go along. `→ reported` from there gives it back, to be dispatched anew. On
 * hold its clocks stand still. `→ accepted` from `done`, `verified` or `visited` sends it back to work. The
 * return visit may be left out.
 */
const MOVES: Readonly<Record<OrderKind, Moves>> = {
  repair: {
    reported: ['dispatched', 'cancelled'],
    dispatched: ['dispatched', 'accepted', 'reported', 'cancelled'],
    accepted: ['done', 'on-hold', 'dispatched', 'reported', 'cancelled'],
    'on-hold': ['accepted', 'dispatched', 'reported', 'cancelled'],
    done: ['verified', 'accepted'],
    verified: ['visited', 'closed', 'accepted'],
    visited: ['closed', 'accepted'],
    closed: [],
    cancelled: [],
  },
}

export const isEnded = (state: OrderState): boolean =>
  (ENDED_ORDER_STATES as readonly string[]).includes(state)

/** Where a person may move it. `verified` is proven by readings; a person may say it only where they could not tell. */
export function nextStates({ kind, state, verification }: WorkOrder): readonly OrderState[] {
  const moves = MOVES[kind][state] ?? []
  return verification.state === 'manual' ? moves : moves.filter((to) => to !== 'verified')
}

/** Nobody judges a repair of their own: these are for another person than the one who called it done. */
export const JUDGES_REPAIR: readonly OrderState[] = ['verified', 'visited']

export type PersonalMove = {
  readonly to: OrderState
  readonly at: Instant
  readonly by: Actor
  readonly assignee?: string
  readonly note?: string
  /** The version on which it was decided. */
  readonly version?: number
}

export type Moved =
  | { readonly order: WorkOrder }
  | { readonly refused: Extract<ErrorCode, 'order-version' | 'order-state' | 'same-person'> }
  /** The move is possible, and lacks what it needs: for whom, or why. */
  | { readonly refused: 'invalid-input'; readonly lacks: 'assignee' | 'note' }

/** The order one step further; each step is a version. History never runs backwards, even where a clock does. */
export function stepped(order: WorkOrder, step: Omit<OrderStep, 'from'>): WorkOrder {
  const at = Math.max(step.at, order.history.at(-1)?.at ?? order.createdAt)
  return {
    ...order,
    state: step.to,
    version: order.version + 1,
    history: [...order.history, { ...step, at, from: order.state }],
  }
}

/** Total: every order answers every move, if only by refusing it. */
export function next(order: WorkOrder, move: PersonalMove): Moved {
  if (move.version !== undefined && move.version !== order.version) return { refused: 'order-version' }
  if (!nextStates(order).includes(move.to)) return { refused: 'order-state' }
  if (JUDGES_REPAIR.includes(move.to) && doneBy(order) === move.by) return { refused: 'same-person' }
  const { at, by, to, note, assignee = order.assignee } = move
  const step = note === undefined ? { at, by, to } : { at, by, to, note }
  switch (to) {
    case 'dispatched':
      if (assignee === undefined) return { refused: 'invalid-input', lacks: 'assignee' }
      return { order: { ...stepped(order, { ...step, assignee }), assignee } }
    case 'on-hold':
      return note === undefined
        ? { refused: 'invalid-input', lacks: 'note' }
        : { order: stepped(order, step) }
    case 'reported': {
      // Whoever dispatches it anew has to know what stood in the way.
      if (note === undefined) return { refused: 'invalid-input', lacks: 'note' }
      const { assignee: was, ...nobodys } = order
      return { order: stepped(nobodys, was === undefined ? step : { ...step, assignee: was }) }
    }
    default:
      return { order: assignee === undefined ? stepped(order, step) : { ...stepped(order, step), assignee } }
  }
}

export type Report = Pick<
  WorkOrder,
  'id' | 'number' | 'fault' | 'subject' | 'device' | 'severity' | 'title' | 'occurrences'
> & {
  readonly at: Instant
  readonly by: Actor
  readonly note?: string
  readonly evidence?: Because
  readonly recurrenceOf?: string | undefined
}

/** A fault that comes again so soon was not repaired for good: what the trade asks of a repair. */
export const RECURS_WITHIN_MS = 30 * 86_400_000

/** A new order. */
export function report({ at, by, note, evidence, recurrenceOf, ...about }: Report): WorkOrder {
  const step = {
    at,
    by,
    to: 'reported',
    ...(note !== undefined && { note }),
    ...(evidence && { evidence }),
  } as const
  const fresh = { kind: 'repair', state: 'reported', version: 1, verification: { state: 'none' } } as const
  const order = { ...about, ...fresh, createdAt: at, history: [step] }
  return recurrenceOf === undefined ? order : { ...order, recurrenceOf }
}

/** A person's word on an order that stays where it is. */
export const noted = (order: WorkOrder, { at, by, note }: Required<Pick<OrderStep, 'at' | 'by' | 'note'>>) =>
  stepped(order, { at, by, to: order.state, note })

/** Occurrences that stay named on an order, the newest; all of them name the order themselves. */
export const OCCURRENCES_KEPT = 1_000

/**
 * A further alarm of its fault; the worse severity counts. The very same order where it knows the alarm. What a person
 * has just decided stays right when the fault comes once more, so only a worse severity is a new version.
 */
export function withOccurrence(order: WorkOrder, alarm: Pick<Alarm, 'id' | 'severity'>): WorkOrder {
  if (order.occurrences.includes(alarm.id)) return order
  const worse = SEVERITIES.indexOf(alarm.severity) < SEVERITIES.indexOf(order.severity)
  return {
    ...order,
    version: worse ? order.version + 1 : order.version,
    severity: worse ? alarm.severity : order.severity,
    occurrences: [...order.occurrences, alarm.id].slice(-OCCURRENCES_KEPT),
  }
}

/** Who moved it to `done`, the last time. */
export const doneBy = ({ history }: WorkOrder): Actor | undefined =>
  history.findLast(({ from, to }) => to === 'done' && from !== 'done')?.by
