/**
 * What was promised of open orders, and when it falls due: rows beside the orders, as those of escalations
 * are. The journal is their clock, so a restart forgets none and tells none twice; what a changed target or
 * calendar makes of them is asked again when they fall due.
 */
import type { Instant } from '../model/instant.ts'
import { GATEWAY, type WorkOrder } from '../model/work-order.ts'
import { type ClocksOf, promisedBy } from '../work-orders/clocks.ts'
import { type BusinessEvent, orderOverdue } from './events.ts'
import { openOrders, orderRow, writeOrder } from './order-book.ts'
import type { Told, Write } from './store.ts'
import type { Database, Tx } from './tables.ts'

export async function noteDues(tx: Tx, order: WorkOrder, clocksOf: ClocksOf): Promise<void> {
  await tx.deleteFrom('order_dues').where('order_id', '=', order.id).execute()
  const rows = promisedBy(order, clocksOf).map(({ clock, dueAt }) => ({
    order_id: order.id,
    clock,
    due_at: dueAt,
  }))
  if (rows.length > 0) await tx.insertInto('order_dues').values(rows).execute()
}

/** At a start: targets and calendars may be others than before, and an earlier release promised nothing. */
export async function reviseDues(tx: Tx, clocksOf: ClocksOf): Promise<void> {
  await tx.deleteFrom('order_dues').execute()
  for (const order of await openOrders(tx)) await noteDues(tx, order, clocksOf)
}

export async function isOrderDue(db: Database | Tx, at: Instant): Promise<boolean> {
  const due = await db
    .selectFrom('order_dues')
    .select('order_id')
    .where('due_at', '<=', at)
    .limit(1)
    .executeTakeFirst()
  return due !== undefined
}

/** What was due by `at` and is not done. Due at that very instant, it may still be done in time. */
export async function overdueBy(
  tx: Tx,
  at: Instant,
  clocksOf: ClocksOf,
  audit: Write['audit'],
): Promise<readonly Told[]> {
  const told: Told[] = []
  const due = await tx
    .selectFrom('order_dues')
    .selectAll()
    .where('due_at', '<', at)
    .orderBy('due_at')
    .orderBy('order_id')
    .execute()
  for (const { order_id: id } of due) {
    const row = await orderRow(tx, id)
    const late = row && promisedBy(row.order, clocksOf).filter(({ dueAt }) => dueAt < at)
    if (row && late && late.length > 0) {
      const overdue = [
        ...(row.order.overdue ?? []),
        ...late.map(({ clock, dueAt }) => ({ clock, at: dueAt })),
      ]
      const order = { ...row.order, overdue }
      await writeOrder(tx, { ...row, order })
      for (const { clock } of late)
        audit({ by: GATEWAY, action: 'order.overdue', subject: id, details: { clock } })
      const event: BusinessEvent = orderOverdue(order)
      told.push({ event, inFlood: false })
      await noteDues(tx, order, clocksOf)
    } else if (row) await noteDues(tx, row.order, clocksOf)
    else await tx.deleteFrom('order_dues').where('order_id', '=', id).execute()
  }
  return told
}
