import { join } from 'node:path'
import { Kysely, Migrator } from 'kysely'
import { expect, it } from 'vitest'
import { flow, PAGE, plantWithOrderDone, T0, WANG } from '../../tests/support/found-faults.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder } from '../../tests/support/operations.ts'
import type { WorkOrder } from '../model/work-order.ts'
import { openSqlite, sqliteDialect } from './sqlite.ts'
import { MIGRATIONS } from './tables.ts'

it('an order is due while its proof is under way, and ended once it is closed', async () => {
  await using it = await plantWithOrderDone()
  const found = async (query: object) =>
    (await it.orders.list({ ...PAGE, ...query })).items.map(({ number }) => number)
  const { until = 0 } = (await it.order()).verification
  expect(await found({ due: { from: until, to: until + 1 } })).toEqual([1])
  expect(await found({ due: { to: until } })).toEqual([])
  await it.commit(until - T0, [], [flow(until - T0 - 1)])
  expect(await found({ due: { from: 0 } })).toEqual([])
  expect(await found({ ended: { from: 0 } })).toEqual([])
  const { history } = await it.desk.moveOrder(it.id, { to: 'closed' }, WANG)
  const at = history.at(-1)?.at ?? 0
  expect(await found({ ended: { from: at, to: at + 1 } })).toEqual([1])
})

it('orders of an earlier release are found by their time as well', async () => {
  await using folder = await operationsFolder()
  const { dir } = folder
  const db = new Kysely<{ orders: Record<string, unknown> }>({
    dialect: sqliteDialect(openSqlite(join(dir, 'operations.sqlite'))),
  })
  await new Migrator({ db, provider: MIGRATIONS }).migrateTo('007-no-scopes')
  const order = (number: number, state: WorkOrder['state']): WorkOrder => ({
    id: `order-${number}`,
    number,
    kind: 'repair',
    fault: `f-${number}`,
    subject: 's',
    device: 'd',
    occurrences: [],
    severity: 'low',
    state,
    version: 1,
    title: 'Look',
    createdAt: number * 100,
    history: [{ at: number * 100 + 50, by: 'li', from: 'reported', to: state }],
    verification: { state: 'none' },
  })
  for (let number = 1; number <= 1_100; number++) {
    const body = order(number, number % 2 ? 'cancelled' : 'dispatched')
    const { id, fault, subject, device, state } = body
    const row = { id, number, fault, subject, device, state, open: number % 2 ? 0 : 1, verification: 'none' }
    await db
      .insertInto('orders')
      .values({ ...row, body: JSON.stringify(body) })
      .execute()
  }
  await db.destroy()
  await using operations = await folder.open(handClock(0))
  const found = async (query: object) =>
    (await operations.orders.list({ limit: 10, ...query })).items.map(({ number }) => number)
  expect(await found({ created: { from: 110_000 } })).toEqual([1100])
  expect(await found({ created: { from: 200, to: 500 } })).toEqual([4, 3, 2])
  expect(await found({ ended: { from: 150, to: 450 } })).toEqual([3, 1])
})
