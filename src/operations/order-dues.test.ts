import { expect, it } from 'vitest'
import { breach, DONGFANG, LI, onlyOrder, PAGE, plant, T0 } from '../../tests/support/found-faults.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder } from '../../tests/support/operations.ts'
import type { ClocksOf } from '../work-orders/clocks.ts'
import { clockOf } from '../work-orders/clocks.ts'
import type { Watched } from './watch.ts'

const promising = (limitMs: number): ClocksOf => {
  return (order) => [
    clockOf(order, 'acceptance', { limitMs }),
    clockOf(order, 'repair', { limitMs: 10 * limitMs }),
  ]
}
const watching = (limitMs: number): { readonly watched: Watched } => ({
  watched: { seats: [], escalations: [], factsOf: () => undefined, clocksOf: promising(limitMs) },
})

it('an order that nobody accepts is told as overdue once, after its time and not at it', async () => {
  await using it = await plant(watching(100))
  await it.commit(10, [breach(10)])
  it.told.length = 0
  await it.commit(110, [])
  expect(it.told).toEqual([])
  await it.commit(111, [])
  await it.commit(150, [])
  expect(it.told).toEqual(['order.overdue'])
  const order = await onlyOrder(it)
  expect(order).toMatchObject({ overdue: [{ clock: 'acceptance', at: T0 + 110 }] })
  expect(order.version, 'what was decided on it stays right').toBe(1)
  const [entry] = (await it.audit.list({ ...PAGE, action: 'order.overdue' })).items
  expect(entry).toMatchObject({ by: 'gateway', subject: order.id, details: { clock: 'acceptance' } })
  await it.commit(1_011, [])
  expect(it.told).toEqual(['order.overdue', 'order.overdue'])
  expect((await onlyOrder(it)).overdue?.map(({ clock }) => clock)).toEqual(['acceptance', 'repair'])
})

it('who accepts in time is not overdue; given back, the order goes on where its clock stood', async () => {
  await using it = await plant(watching(100))
  await it.commit(0, [breach(0)])
  const { id } = await onlyOrder(it)
  await it.desk.moveOrder(id, { to: 'dispatched', assignee: 'Dongfang' }, LI)
  it.clock.pass(60)
  await it.desk.moveOrder(id, { to: 'accepted' }, DONGFANG)
  await it.commit(500, [])
  expect((await onlyOrder(it)).overdue).toBeUndefined()
  await it.desk.moveOrder(id, { to: 'reported', note: 'no key' }, DONGFANG)
  const { at = 0 } = (await onlyOrder(it)).history.at(-1) ?? {}
  await it.commit(at - T0 + 40, [])
  expect((await onlyOrder(it)).overdue).toBeUndefined()
  await it.commit(at - T0 + 41, [])
  expect(await onlyOrder(it)).toMatchObject({ overdue: [{ clock: 'acceptance', at: at + 40 }] })
})

it('what is done, on hold or cancelled is not overdue', async () => {
  await using it = await plant(watching(100))
  await it.commit(0, [breach(0)])
  const { id } = await onlyOrder(it)
  const move = (to: 'dispatched' | 'accepted' | 'on-hold' | 'cancelled', note?: string) =>
    it.desk.moveOrder(id, { to, assignee: 'Dongfang', note }, LI)
  await move('dispatched')
  await move('accepted')
  await move('on-hold', 'waits for a valve')
  await it.commit(5_000, [])
  await move('cancelled')
  await it.commit(9_000, [])
  expect((await onlyOrder(it)).overdue).toBeUndefined()
})

it('a restart tells what fell due meanwhile, once, and by the targets of today', async () => {
  await using folder = await operationsFolder()
  const clock = handClock(T0)
  const commit = (offset: number, atMs: number) => ({
    from: offset - 1,
    to: offset,
    commits: [
      {
        offset,
        receivedAt: T0 + atMs,
        learnedAt: T0 + atMs,
        findings: offset === 1 ? [breach(0)] : [],
        readings: [],
      },
    ],
  })
  {
    await using it = await folder.open(clock, watching(100))
    await it.desk.applyEffects(commit(1, 0))
  }
  {
    await using it = await folder.open(clock, watching(200))
    const told: string[] = []
    it.events.onEvent((events) => told.push(...events.map(({ kind }) => kind)))
    await it.desk.applyEffects(commit(2, 150))
    expect(told, 'a later target').toEqual([])
    await it.desk.applyEffects(commit(3, 250))
    expect(told).toEqual(['order.overdue'])
  }
  await using it = await folder.open(clock, watching(200))
  const told: string[] = []
  it.events.onEvent((events) => told.push(...events.map(({ kind }) => kind)))
  await it.desk.applyEffects(commit(4, 400))
  expect(told).toEqual([])
})

it('a fault that comes again soon after its order was closed names that order; much later it is a new one', async () => {
  await using it = await plant()
  const close = async (id: string) => {
    for (const to of ['dispatched', 'accepted', 'done'] as const)
      await it.desk.moveOrder(id, { to, assignee: 'Dongfang' }, LI)
    it.clock.pass(10)
  }
  const DAY = 86_400_000
  await it.commit(10, [breach(10, { fault: 'unwatched' })])
  await it.commit(20, [{ is: 'clear', rule: 'burst-pipe', subject: 'meter-1', at: T0 + 20 }])
  const first = await onlyOrder(it)
  await close(first.id)
  await it.commit(2_000, [], [{ device: 'meter-1', at: T0 + 500, receivedAt: T0 + 500, values: { flow: 0 } }])
  await it.desk.moveOrder(first.id, { to: 'closed' }, LI)
  const again = async (atMs: number) => {
    await it.commit(atMs, [breach(atMs, { fault: 'unwatched' })])
    await it.commit(atMs + 10, [{ is: 'clear', rule: 'burst-pipe', subject: 'meter-1', at: T0 + atMs + 10 }])
    const [newest = expect.unreachable()] = (await it.orders.list(PAGE)).items
    await it.desk.moveOrder(newest.id, { to: 'cancelled' }, LI)
    return newest.recurrenceOf
  }
  expect(await again(DAY)).toBe(first.id)
  expect(await again(40 * DAY)).toBeUndefined()
})
