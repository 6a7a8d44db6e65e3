import { describe, expect, it } from 'vitest'
import {
  breach,
  clear,
  flow,
  LI,
  only,
  onlyOrder,
  PAGE,
  plant,
  plantWithOrderDone,
  T0,
  WANG,
} from '../../tests/support/found-faults.ts'

describe('a breach', () => {
  it('raises an alarm and opens an order, both told, both knowing each other', async () => {
    await using it = await plant()
    await it.commit(10, [breach(5)])
    const alarm = only((await it.alarms.list(PAGE)).items)
    const order = await onlyOrder(it)
    expect(alarm).toMatchObject({ state: 'active-unacknowledged', raisedAt: T0 + 5, learnedAt: T0 + 10 })
    expect(alarm.order).toBe(order.id)
    expect(order).toMatchObject({ number: 1, state: 'reported', occurrences: [alarm.id], version: 1 })
    expect(it.told).toEqual(['alarm.raised', 'order.created'])
  })

  it('of the same fault is a new alarm on the same order, even while the first waits to be seen', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10)])
    await it.commit(20, [clear(20)])
    await it.commit(30, [breach(30)])
    const alarms = (await it.alarms.list(PAGE)).items
    expect(alarms.map(({ state }) => state)).toEqual(['active-unacknowledged', 'cleared-unacknowledged'])
    const order = await onlyOrder(it)
    expect(order.occurrences).toEqual(alarms.map(({ id }) => id).reverse())
    expect(it.told).toEqual(['alarm.raised', 'order.created', 'alarm.cleared', 'alarm.raised'])
  })

  it('of two rules with one fault makes one order', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10), breach(10, { rule: 'night-flow', severity: 'critical' })])
    expect(await onlyOrder(it)).toMatchObject({ severity: 'critical', version: 2 })
  })

  it('opens no order by itself where the rule leaves that to a person', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10, { order: 'manual' })])
    expect((await it.orders.list(PAGE)).items).toEqual([])
    const alarm = only((await it.alarms.list(PAGE)).items)
    const { order, opened } = await it.desk.openOrder({ alarm: alarm.id, note: 'drips' }, LI)
    expect(opened).toBe(true)
    expect(order).toMatchObject({ occurrences: [alarm.id], history: [{ by: 'li', note: 'drips' }] })
    expect(await it.alarms.get(alarm.id)).toMatchObject({ order: order.id })
    expect(await it.desk.openOrder({ alarm: alarm.id }, WANG)).toEqual({ order, opened: false })
  })

  it('after the order was closed opens a new one', async () => {
    await using it = await plantWithOrderDone()
    await it.commit(200, [], [flow(150)])
    await it.commit(1_100, [])
    await it.desk.moveOrder(it.id, { to: 'closed' }, WANG)
    await it.commit(1_200, [breach(1_200)])
    const [newest, oldest] = (await it.orders.list(PAGE)).items
    expect([newest?.number, newest?.state, oldest?.state]).toEqual([2, 'reported', 'closed'])
  })

  it('that is learnt late does not ring at once; it rings once it has held', async () => {
    await using it = await plant()
    await it.commit(100_000, [breach(10)])
    expect(it.told).toEqual(['order.created'])
    await it.commit(104_999, [])
    await it.commit(105_000, [])
    expect(it.told).toEqual(['order.created', 'alarm.raised'])
    expect(only((await it.alarms.list(PAGE)).items)).toMatchObject({
      raisedAt: T0 + 10,
      learnedAt: T0 + 100_000,
    })
  })

  it('that is learnt late and was answered before it was told of does not ring any more', async () => {
    await using it = await plant()
    await it.commit(100_000, [breach(10)])
    const { id } = only((await it.alarms.list(PAGE)).items)
    await it.desk.acknowledge(id, LI)
    await it.commit(105_000, [])
    expect(it.told).toEqual(['order.created', 'alarm.acknowledged'])
    await it.commit(106_000, [clear(106_000)])
    expect(it.told.at(-1)).toBe('alarm.cleared')
  })

  it('that came and went while nobody listened is recorded and never rings', async () => {
    await using it = await plant()
    await it.commit(100_000, [breach(10), clear(500)])
    await it.commit(200_000, [])
    expect(it.told).toEqual(['order.created', 'alarm.cleared'])
    expect(only((await it.alarms.list(PAGE)).items)).toMatchObject({
      state: 'cleared-unacknowledged',
      clearedAt: T0 + 500,
    })
  })
})

describe('verification', () => {
  it('passes at the end of the window with a good reading in it', async () => {
    await using it = await plantWithOrderDone()
    expect((await it.order()).verification).toEqual({ state: 'waiting', since: T0 + 100, until: T0 + 1_100 })
    await it.commit(150, [], [flow(100)])
    await it.commit(1_099, [])
    expect((await it.order()).state).toBe('done')
    await it.commit(1_100, [])
    expect(await it.order()).toMatchObject({ state: 'verified', verification: { state: 'passed' } })
  })

  it('takes a good reading that comes with the commit that ends the window', async () => {
    await using it = await plantWithOrderDone()
    await it.commit(1_100, [], [flow(1_099)])
    expect((await it.order()).state).toBe('verified')
  })

  it.each([
    ['none at all', []],
    ['one just before it', [flow(99)]],
    ['one at its end', [flow(1_100)]],
  ])('becomes a matter for a person with %s', async (_what, readings) => {
    await using it = await plantWithOrderDone()
    await it.commit(1_100, [], readings)
    expect(await it.order()).toMatchObject({ state: 'done', verification: { state: 'manual' } })
    const bySame = it.desk.moveOrder(it.id, { to: 'verified' }, LI)
    await expect(bySame).rejects.toMatchObject({ code: 'same-person' })
    expect(await it.desk.moveOrder(it.id, { to: 'verified' }, WANG)).toMatchObject({ state: 'verified' })
  })

  it('that begins anew, because the fault was still there when it was called done, counts nothing that was read before', async () => {
    await using it = await plantWithOrderDone()
    await it.commit(200, [], [flow(150)])
    await it.commit(210, [breach(90)])
    expect((await it.order()).verification).toEqual({ state: 'waiting' })
    await it.commit(300, [clear(300)])
    await it.commit(1_300, [])
    expect(await it.order()).toMatchObject({ state: 'done', verification: { state: 'manual' } })
  })

  it('goes by the rule that found the fault last, where several share it', async () => {
    await using it = await plant()
    const nightly = { rule: 'night-flow', proof: { rule: 'night-flow', verifyMs: 9_000, points: ['volume'] } }
    await it.commit(10, [breach(10), clear(12)])
    await it.commit(20, [breach(20, nightly), clear(22, { rule: 'night-flow' })])
    const { id } = await onlyOrder(it)
    for (const to of ['dispatched', 'accepted', 'done'] as const)
      await it.desk.moveOrder(id, { to, assignee: 'Dongfang' }, LI)
    const { since = 0, until } = (await onlyOrder(it)).verification
    expect(until).toBe(since + 9_000)
  })

  it('waits until the last of the rules that share the fault finds it over', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10), breach(10, { rule: 'night-flow' })])
    const { id } = await onlyOrder(it)
    for (const to of ['dispatched', 'accepted', 'done'] as const)
      await it.desk.moveOrder(id, { to, assignee: 'Dongfang' }, LI)
    await it.commit(20, [clear(20)])
    expect((await onlyOrder(it)).verification).toEqual({ state: 'waiting' })
    await it.commit(30, [clear(30, { rule: 'night-flow' })])
    expect((await onlyOrder(it)).verification).toMatchObject({ since: T0 + 30 })
  })

  it('of a repair that a person sent back and that is called done once more is not passed by what was read before', async () => {
    await using it = await plantWithOrderDone()
    await it.commit(200, [], [flow(150)])
    for (const to of ['accepted', 'done'] as const)
      await it.desk.moveOrder(it.id, { to, assignee: 'Dongfang' }, LI)
    const { until = expect.unreachable() } = (await it.order()).verification
    await it.commit(until - T0, [])
    expect(await it.order()).toMatchObject({ state: 'done', verification: { state: 'manual' } })
  })

  it('is not for people to claim while the window runs', async () => {
    await using it = await plantWithOrderDone()
    await expect(it.desk.moveOrder(it.id, { to: 'verified' }, WANG)).rejects.toMatchObject({
      code: 'order-state',
      details: { next: ['accepted'] },
    })
  })

  it('a breach in the window sends the order back, and one after it reopens what was verified', async () => {
    await using it = await plantWithOrderDone()
    await it.commit(500, [breach(500)], [flow(150)])
    expect(await it.order()).toMatchObject({ state: 'accepted', verification: { state: 'failed' } })
    await it.commit(600, [clear(600)])
    await it.desk.moveOrder(it.id, { to: 'done' }, LI)
    await it.commit(1_700, [], [flow(1_000)])
    expect((await it.order()).state).toBe('verified')
    await it.commit(9_000, [breach(9_000)])
    const order = await it.order()
    expect(order).toMatchObject({ state: 'accepted', verification: { state: 'failed' } })
    expect(order.history.at(-1)).toMatchObject({ by: 'gateway', evidence: { code: 'above-for' } })
    expect(order.occurrences).toHaveLength(3)
  })

  it('a breach at the end of the window comes after the verdict: verified, then sent back', async () => {
    await using it = await plantWithOrderDone()
    await it.commit(1_100, [breach(1_100)], [flow(500)])
    expect((await it.order()).history.map(({ to }) => to).slice(-2)).toEqual(['verified', 'accepted'])
  })

  it('starts when the fault clears where it was still active at done', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10)])
    const { id } = await onlyOrder(it)
    for (const to of ['dispatched', 'accepted', 'done'] as const)
      await it.desk.moveOrder(id, { to, assignee: 'Dongfang' }, LI)
    await it.commit(5_000, [], [flow(2_000)])
    expect((await onlyOrder(it)).verification).toEqual({ state: 'waiting' })
    await it.commit(6_000, [clear(6_000)], [flow(6_000)])
    await it.commit(6_999, [])
    expect((await onlyOrder(it)).state).toBe('done')
    await it.commit(7_000, [])
    expect((await onlyOrder(it)).state).toBe('verified')
  })
})

describe('a good reading and then silence', () => {
  const silent = (at: number, device = 'meter-1', more = {}) =>
    breach(at, {
      rule: 'silent',
      fault: 'silent',
      subject: device,
      device,
      order: 'none',
      because: { code: 'silent-for', figures: { forMs: 300 } },
      ...more,
    })
  const left = { state: 'done', verification: { state: 'manual', because: { code: 'not-heard' } } }

  it('prove nothing: a person has to look', async () => {
    await using it = await plantWithOrderDone()
    await it.commit(200, [], [flow(150)])
    await it.commit(900, [silent(900)])
    await it.commit(1_200, [])
    expect(await it.order()).toMatchObject(left)
  })

  it('do prove it where the device was heard again in time', async () => {
    await using it = await plantWithOrderDone()
    await it.commit(200, [], [flow(150)])
    await it.commit(700, [silent(700)])
    await it.commit(800, [clear(800, { rule: 'silent' })], [flow(800)])
    await it.commit(1_200, [])
    expect(await it.order()).toMatchObject({ state: 'verified' })
  })
})
