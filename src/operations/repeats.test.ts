import { expect, it } from 'vitest'
import { breach, clear, LI, onlyOrder, PAGE, plant, T0 } from '../../tests/support/found-faults.ts'
import { UNANSWERED_MOST } from '../alarms/repeats.ts'
import type { Breach, Finding } from './findings.ts'
import { OperationsOptions } from './options.ts'

/** It came and went so often, each time for half of `everyMs`. */
const flutter = (times: number, everyMs: number, more: Partial<Breach> = {}, fromMs = 0): Finding[] => {
  const { rule = 'burst-pipe', subject = 'meter-1' } = more
  return Array.from({ length: times }, (_, i) => [
    breach(fromMs + i * everyMs, { rule, subject, ...more }),
    clear(fromMs + i * everyMs + everyMs / 2, { rule, subject }),
  ]).flat()
}
const EVERY = { limit: 1_000, state: 'all' } as const

it('an alarm that flutters all night without an answer leaves a screenful, and the first of it tells how often it came', async () => {
  await using it = await plant()
  await it.commit(50_000, flutter(50, 1_000))
  const { items: open } = await it.alarms.list({ ...PAGE, state: 'open' })
  expect(open).toHaveLength(UNANSWERED_MOST)
  expect(open.map(({ raisedAt }) => raisedAt - T0)).toEqual([
    ...Array.from({ length: UNANSWERED_MOST - 1 }, (_, i) => (49 - i) * 1_000),
    0,
  ])
  expect(open.at(-1)).toMatchObject({ repeats: { count: 30, firstAt: T0 + 1_000, lastAt: T0 + 30_000 } })
  const { items: all } = await it.alarms.list(EVERY)
  expect(all, 'each is still an alarm of its own').toHaveLength(50)
  expect((await onlyOrder(it)).occurrences, 'and on its order').toHaveLength(50)
  const folded = all.filter(({ repeatOf }) => repeatOf !== undefined)
  expect(new Set(folded.map(({ repeatOf, state }) => `${repeatOf} ${state}`))).toEqual(
    new Set([`${open.at(-1)?.id} cleared`]),
  )
  expect(it.told.filter((kind) => kind === 'alarm.raised')).toHaveLength(50)
  expect(it.told.filter((kind) => kind === 'alarm.repeated')).toHaveLength(60)
})

it('whoever answers the first has answered all that it stands for, which the audit says; what comes then begins anew', async () => {
  await using it = await plant()
  await it.commit(30_000, flutter(30, 1_000))
  const { items: open } = await it.alarms.list({ ...PAGE, state: 'open' })
  const { id } = open.at(-1) ?? expect.unreachable()
  await it.desk.acknowledge(id, LI)
  const { items: entries } = await it.audit.list({ ...PAGE, subject: id })
  expect(entries).toMatchObject([{ action: 'alarm.acknowledged', details: { repeats: 10 } }])
  await it.commit(200_000, [breach(150_000), clear(151_000)])
  expect((await it.alarms.list({ ...PAGE, state: 'open' })).items).toHaveLength(UNANSWERED_MOST)
  expect(await it.alarms.get(id)).toMatchObject({ state: 'cleared', repeats: { count: 10 } })
})

it('only what one rule finds of one subject is folded together', async () => {
  await using it = await plant()
  const night = { rule: 'night-flow' }
  const other = { subject: 'meter-2', device: 'meter-2' }
  await it.commit(15_000, flutter(15, 1_000))
  await it.commit(15_001, flutter(15, 1_000, night))
  await it.commit(15_002, flutter(15, 1_000, other))
  expect((await it.alarms.list({ ...PAGE, state: 'open' })).items).toHaveLength(45)
})

it('of an order that has ended, an alarm stays with it when it is folded', async () => {
  await using it = await plant()
  await it.commit(10_000, flutter(10, 1_000))
  const first = await onlyOrder(it)
  await it.desk.moveOrder(first.id, { to: 'cancelled' }, LI)
  await it.commit(40_000, flutter(30, 1_000))
  const orders = (await it.orders.list(PAGE)).items
  expect(orders.map(({ occurrences }) => occurrences.length)).toEqual([30, 10])
  for (const { id, occurrences } of orders)
    for (const alarm of occurrences) expect(await it.alarms.get(alarm)).toMatchObject({ order: id })
})

it('of what nobody answered so many stay one by one, the newest, and all that an order names', async () => {
  const options = OperationsOptions.parse({ repeatsKept: 1_000 })
  await using it = await plant({ options })
  await it.commit(40_000, flutter(30, 1_000))
  const { id: order } = await onlyOrder(it)
  await it.desk.moveOrder(order, { to: 'cancelled' }, LI)
  await it.commit(2_000_000, flutter(1_150, 1_000, { order: 'none' }, 50_000))
  await it.commit(2_010_000, []) // they were learnt so late that they are told of only now
  expect((await it.alarms.list({ ...EVERY, limit: 1_000 })).next).not.toBeNull()
  await it.cutOld()
  expect(it.counts.alarmsRemoved).toBe(1_180 - 20 - 1_000 - 29)
  for (const alarm of (await it.orders.get(order))?.occurrences ?? [])
    expect(await it.alarms.get(alarm)).toBeDefined()
  const [entry] = (await it.audit.list({ ...PAGE, action: 'books.cut' })).items
  expect(entry?.details).toMatchObject({ alarms: it.counts.alarmsRemoved })
  await it.cutOld()
  expect(it.counts.alarmsRemoved).toBe(1_180 - 20 - 1_000 - 29)
})
