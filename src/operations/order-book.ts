/**
 * Work orders as rows: found by their columns, read and written whole. One open order per (subject, fault) is
 * the table's own rule.
 */
import type { Instant } from '../model/instant.ts'
import type { WorkOrder } from '../model/work-order.ts'
import { isEnded, RECURS_WITHIN_MS } from '../work-orders/lifecycle.ts'
import type { GoodReading, Proof } from '../work-orders/verification.ts'
import type { OrderBook, OrderQuery } from './operations.ts'
import { orderInstants } from './order-instants.ts'
import { keyOf, pageOf } from './pages.ts'
import type { Database, Tables, Tx } from './tables.ts'

const orderOf = ({ body }: Pick<Tables['orders'], 'body'>): WorkOrder => JSON.parse(body)

export const orderBook = (db: Database): OrderBook => ({
  async list({ state = 'all', assignee, device, cursor, limit, ...times }: OrderQuery) {
    let query = db.selectFrom('orders').select(['body', 'number'])
    if (state === 'open') query = query.where('open', '=', 1)
    else if (state !== 'all') query = query.where('state', '=', state)
    if (assignee !== undefined) query = query.where('assignee', '=', assignee)
    if (device !== undefined) query = query.where('device', '=', device)
    for (const [column, { from, to } = {}] of [
      ['created_at', times.created],
      ['ended_at', times.ended],
      ['due_at', times.due],
    ] as const) {
      if (from !== undefined) query = query.where(column, '>=', from)
      if (to !== undefined) query = query.where(column, '<', to)
    }
    if (cursor) query = query.where('number', '<', keyOf(cursor, ['number'])[0] as number)
    const rows = await query
      .orderBy('number', 'desc')
      .limit(limit + 1)
      .execute()
    return pageOf(rows, limit, orderOf, (row) => [row.number])
  },

  async get(id) {
    const row = await db.selectFrom('orders').select('body').where('id', '=', id).executeTakeFirst()
    return row && orderOf(row)
  },
})

export type OrderRow = {
  readonly order: WorkOrder
  /** Undefined where no rule watches the fault. */
  readonly proof: Proof | undefined
  /** A good reading of the verification window under way. */
  readonly good: GoodReading | undefined
}

const rowOf = (row: Pick<Tables['orders'], 'body' | 'proof' | 'good'>): OrderRow => ({
  order: orderOf(row),
  proof: row.proof === null ? undefined : JSON.parse(row.proof),
  good: row.good === null ? undefined : JSON.parse(row.good),
})

const columns = ['body', 'proof', 'good'] as const

export async function orderRow(tx: Tx, id: string): Promise<OrderRow | undefined> {
  const row = await tx.selectFrom('orders').select(columns).where('id', '=', id).executeTakeFirst()
  return row && rowOf(row)
}

export async function openOrderOf(tx: Tx, subject: string, fault: string): Promise<OrderRow | undefined> {
  const row = await tx
    .selectFrom('orders')
    .select(columns)
    .where('subject', '=', subject)
    .where('fault', '=', fault)
    .where('open', '=', 1)
    .executeTakeFirst()
  return row && rowOf(row)
}

/** The order of the fault that was closed last, if that was not long before `at`. */
export async function closedShortlyBefore(
  tx: Tx,
  subject: string,
  fault: string,
  at: Instant,
): Promise<string | undefined> {
  const row = await tx
    .selectFrom('orders')
    .select(['id', 'ended_at'])
    .where('subject', '=', subject)
    .where('fault', '=', fault)
    .where('state', '=', 'closed')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.ended_at != null && at - row.ended_at < RECURS_WITHIN_MS ? row.id : undefined
}

export async function openOrders(tx: Database | Tx): Promise<readonly WorkOrder[]> {
  const rows = await tx.selectFrom('orders').select('body').where('open', '=', 1).orderBy('number').execute()
  return rows.map(({ body }) => JSON.parse(body))
}

/** Orders whose verification is under way, oldest first. */
export async function waitingOrders(tx: Database | Tx): Promise<readonly OrderRow[]> {
  const rows = await tx
    .selectFrom('orders')
    .select(columns)
    .where('verification', '=', 'waiting')
    .orderBy('number')
    .execute()
  return rows.map(rowOf)
}

export async function nextNumber(tx: Tx): Promise<number> {
  const { newest } = await tx
    .selectFrom('orders')
    .select(({ fn }) => fn.max('number').as('newest'))
    .executeTakeFirstOrThrow()
  return (newest ?? 0) + 1
}

export async function writeOrder(tx: Tx, { order, proof, good }: OrderRow): Promise<void> {
  const { id, number, fault, subject, device, state, assignee, verification } = order
  const changing = {
    state,
    open: isEnded(state) ? 0 : 1,
    ...orderInstants(order),
    assignee: assignee ?? null,
    verification: verification.state,
    proof: proof ? JSON.stringify(proof) : null,
    good: good ? JSON.stringify(good) : null,
    body: JSON.stringify(order),
  }
  await tx
    .insertInto('orders')
    .values({ ...changing, id, number, fault, subject, device })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(changing))
    .execute()
}
