/**
 * What an order waits for, and of whom. The table of moves says what may be done; whoever has just called an order done
 * wants to know what happens now: that the readings verify it, or that somebody else has to.
 */
import type { Because } from '../model/alarm.ts'
import { type Actor, GATEWAY, type OrderState, type WorkOrder } from '../model/work-order.ts'
import { doneBy } from './lifecycle.ts'

const OF_A_PERSON: Readonly<Partial<Record<OrderState, string>>> = {
  reported: 'awaits-dispatch',
  dispatched: 'awaits-acceptance',
  accepted: 'awaits-repair',
  'on-hold': 'awaits-resumption',
  verified: 'awaits-visit-or-closing',
  visited: 'awaits-closing',
}

/** Undefined once it has ended. `reader` is who asks. */
export function awaited(order: WorkOrder, reader?: Actor): Because | undefined {
  if (order.state === 'done') return proofAwaited(order, reader)
  const code = OF_A_PERSON[order.state]
  return code === undefined ? undefined : { code, figures: {} }
}

function proofAwaited(order: WorkOrder, reader: Actor | undefined): Because {
  const { state, since, until } = order.verification
  if (state === 'waiting' && since !== undefined && until !== undefined)
    return { code: 'awaits-readings', figures: { verifyMs: until - since } }
  if (state === 'waiting') return { code: 'awaits-clearing', figures: {} }
  const user = doneBy(order) ?? GATEWAY
  return user === reader
    ? { code: 'awaits-yours', figures: {} }
    : { code: 'awaits-person', figures: { user } }
}
