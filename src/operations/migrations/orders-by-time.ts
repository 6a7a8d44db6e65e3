/**
 * When an order was raised, ended, and is to be proven, beside its body: a month of them is found without
 * reading them all.
 */
import type { Kysely, Migration } from 'kysely'
import type { WorkOrder } from '../../model/work-order.ts'
import { orderInstants } from '../order-instants.ts'

type Before = {
  orders: { number: number; body: string; created_at: number; ended_at: number | null; due_at: number | null }
}

/** Orders of one piece. */
const PIECE = 500

export const ordersByTime: Migration = {
  async up(db: Kysely<Before>) {
    for (const [column, ofAll] of [['created_at', 0], ['ended_at'], ['due_at']] as const) {
      const filled = ofAll !== undefined
      await db.schema
        .alterTable('orders')
        .addColumn(column, 'bigint', (c) => (filled ? c.notNull().defaultTo(ofAll) : c))
        .execute()
    }
    let after = 0
    for (;;) {
      const rows = await db
        .selectFrom('orders')
        .select(['number', 'body'])
        .where('number', '>', after)
        .orderBy('number')
        .limit(PIECE)
        .execute()
      for (const { number, body } of rows) {
        const order: WorkOrder = JSON.parse(body)
        await db.updateTable('orders').set(orderInstants(order)).where('number', '=', number).execute()
        after = number
      }
      if (rows.length < PIECE) break
    }
    for (const column of ['created_at', 'ended_at', 'due_at'])
      await db.schema.createIndex(`orders_by_${column}`).on('orders').columns([column, 'number']).execute()
  },
}
