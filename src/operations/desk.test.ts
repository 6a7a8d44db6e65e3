import { describe, expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder, operationsFor } from '../../tests/support/operations.ts'
import type { Reading } from '../model/reading.ts'
import type { Breach, CommitFindings, Finding } from './findings.ts'
import type { Operations } from './operations.ts'
import type { Mover } from './roles.ts'

const T0 = Date.UTC(2026, 0, 5)
const LI: Mover = { name: 'li', role: 'operator' }
const WANG: Mover = { name: 'wang', role: 'operator' }
const DONGFANG: Mover = { name: 'dongfang-app', role: 'contractor', contractor: 'Dongfang' }
const PAGE = { limit: 100 }

const breach = (atMs: number, more: Partial<Breach> = {}): Breach => ({
  is: 'breach',
  rule: 'burst-pipe',
  subject: 'meter-1',
  at: T0 + atMs,
  because: { code: 'above-for', figures: { value: 9 } },
  fault: 'burst-pipe',
  severity: 'high',
  order: 'automatic',
  proof: { verifyMs: 1_000, points: ['flow'] },
  device: 'meter-1',
  place: { institution: 'school' },
  ...more,
})
const clear = (atMs: number): Finding => ({
  is: 'clear',
  rule: 'burst-pipe',
  subject: 'meter-1',
  at: T0 + atMs,
})
const flow = (atMs: number): Reading => {
  const at = T0 + atMs
  return { device: 'meter-1', at, receivedAt: at, values: { flow: 0 } }
}

/** Operations that are fed commits by hand; the clock stands at the last of them. */
async function plant() {
  const clock = handClock(T0)
  const operations = await operationsFor(clock)
  let offset = 0
  let atMs = 0
  const told: string[] = []
  operations.events.onEvent((events) => told.push(...events.map(({ kind }) => kind)))
  const commit = (at: number, findings: readonly Finding[], readings: readonly Reading[] = []) => {
    clock.pass(at - atMs)
    atMs = at
    const receivedAt = T0 + at
    const one: CommitFindings = { offset: offset + 1, receivedAt, learnedAt: receivedAt, findings, readings }
    return apply(one)
  }
  let from = 0
  const apply = async (one: CommitFindings) => {
    const outcome = await operations.desk.applyEffects({ from, to: ++offset, commits: [one] })
    if (outcome !== 'nothing-to-write') from = offset
    return outcome
  }
  return { ...operations, clock, told, commit }
}

const only = <T>(items: readonly T[]): T => {
  expect(items).toHaveLength(1)
  return items[0] as T
}
const onlyOrder = async ({ orders }: Pick<Operations, 'orders'>) => only((await orders.list(PAGE)).items)

/** The order of one breach at 10 ms that cleared at 20 ms, called done by li at 100 ms. */
async function plantWithOrderDone() {
  const { ...it } = await plant()
  await it.commit(10, [breach(10)])
  await it.commit(20, [clear(20)])
  it.clock.pass(80)
  const { id } = await onlyOrder(it)
  for (const to of ['dispatched', 'accepted', 'done'] as const) await it.desk.moveOrder(id, { to }, LI)
  const commit = (at: number, findings: readonly Finding[], readings: readonly Reading[] = []) =>
    it.commit(Math.max(at, 100), findings, readings)
  return { ...it, commit, id, order: async () => (await it.orders.get(id)) ?? expect.unreachable() }
}

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
    for (const to of ['dispatched', 'accepted', 'done'] as const) await it.desk.moveOrder(id, { to }, LI)
    await it.commit(5_000, [], [flow(2_000)])
    expect((await onlyOrder(it)).verification).toEqual({ state: 'waiting' })
    await it.commit(6_000, [clear(6_000)], [flow(6_000)])
    await it.commit(6_999, [])
    expect((await onlyOrder(it)).state).toBe('done')
    await it.commit(7_000, [])
    expect((await onlyOrder(it)).state).toBe('verified')
  })
})

describe('people', () => {
  it('acknowledge once; again is the same answer and no second event', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10)])
    const { id } = only((await it.alarms.list(PAGE)).items)
    const first = await it.desk.acknowledge(id, LI, 'on my way')
    expect(await it.desk.acknowledge(id, WANG)).toEqual(first)
    expect(it.told.filter((kind) => kind === 'alarm.acknowledged')).toHaveLength(1)
    await expect(it.desk.acknowledge('nobody', LI)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('report what no rule sees; each report is a fault of its own, and a person verifies it', async () => {
    await using it = await plant()
    const { order } = await it.desk.openOrder({ device: 'gate-1', title: 'Squeaks' }, LI)
    await it.desk.openOrder({ device: 'gate-1', title: 'Rusts' }, LI)
    expect(order).toMatchObject({ fault: 'reported-1', subject: 'gate-1', severity: 'medium' })
    for (const to of ['dispatched', 'accepted', 'done'] as const)
      await it.desk.moveOrder(order.id, { to }, LI)
    expect(await it.desk.moveOrder(order.id, { to: 'verified' }, WANG)).toMatchObject({
      verification: { state: 'manual' },
    })
  })

  it('get told what is possible where a move is not, and that the order has changed', async () => {
    await using it = await plant()
    const { order } = await it.desk.openOrder({ device: 'gate-1', title: 'Squeaks' }, LI)
    await expect(it.desk.moveOrder(order.id, { to: 'closed' }, LI)).rejects.toMatchObject({
      code: 'order-state',
      details: { next: ['dispatched', 'cancelled'] },
    })
    await it.desk.moveOrder(order.id, { to: 'dispatched', assignee: 'Dongfang', version: 1 }, LI)
    const stale = it.desk.moveOrder(order.id, { to: 'accepted', version: 1 }, LI)
    await expect(stale).rejects.toMatchObject({ code: 'order-version' })
  })

  it('who are contractors move their own work and nothing else', async () => {
    await using it = await plant()
    const { order } = await it.desk.openOrder({ device: 'gate-1', title: 'Squeaks' }, LI)
    const move = (to: 'accepted' | 'done' | 'verified' | 'cancelled', by = DONGFANG) =>
      it.desk.moveOrder(order.id, { to }, by)
    await it.desk.moveOrder(order.id, { to: 'dispatched', assignee: 'Other' }, LI)
    await expect(move('accepted')).rejects.toMatchObject({ code: 'forbidden' })
    await it.desk.moveOrder(order.id, { to: 'dispatched', assignee: 'Dongfang' }, LI)
    await expect(move('cancelled')).rejects.toMatchObject({ code: 'forbidden' })
    await move('accepted')
    await move('done')
    await expect(move('verified')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(move('accepted'), 'sending back is for the office').rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('who act at the same moment make one order of one fault', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10, { order: 'manual' })])
    const { id } = only((await it.alarms.list(PAGE)).items)
    const all = await Promise.all([LI, WANG, LI, WANG].map((by) => it.desk.openOrder({ alarm: id }, by)))
    expect(all.filter(({ opened }) => opened)).toHaveLength(1)
    expect(new Set(all.map(({ order }) => order.id)).size).toBe(1)
  })

  it('leave a chain of audit entries, each sealing the one before', async () => {
    await using it = await plant()
    await it.desk.openOrder({ device: 'gate-1', title: 'Squeaks' }, LI)
    await it.desk.openOrder({ device: 'gate-1', title: 'Rusts' }, WANG)
    const entries = (await it.audit.list(PAGE)).items
    expect(entries.map(({ by, action }) => `${by} ${action}`)).toEqual([
      'wang order.created',
      'li order.created',
    ])
    expect(new Set(entries.map(({ hash }) => hash)).size).toBe(2)
  })
})

describe('effects', () => {
  it('written before are not written again, and another process is noticed', async () => {
    const clock = handClock(T0)
    await using folder = await operationsFolder()
    await using mine = await folder.open(clock)
    await using other = await folder.open(clock)
    const commits = (offset: number): CommitFindings[] => [
      { offset, receivedAt: T0, learnedAt: T0, findings: [breach(offset)], readings: [] },
    ]
    expect(await mine.desk.applyEffects({ from: 0, to: 1, commits: commits(1) })).toBe('written')
    expect(await mine.desk.applyEffects({ from: 0, to: 1, commits: commits(1) })).toBe('written-before')
    expect(await other.desk.applyEffects({ from: 1, to: 2, commits: commits(2) })).toBe('written')
    await expect(mine.desk.applyEffects({ from: 1, to: 3, commits: commits(3) })).rejects.toMatchObject({
      code: 'effects-fenced',
    })
    expect((await mine.alarms.list(PAGE)).items).toHaveLength(2)
  })

  it('that were none before a person acted are not worked through again after it', async () => {
    const clock = handClock(T0)
    await using folder = await operationsFolder()
    const quiet = { offset: 2, receivedAt: T0, learnedAt: T0, findings: [], readings: [flow(0)] }
    {
      await using before = await folder.open(clock)
      expect(await before.desk.applyEffects({ from: 0, to: 2, commits: [quiet] })).toBe('nothing-to-write')
      expect(await before.checkpoints.offset('alarms.effects')).toBe(0)
      await before.desk.openOrder({ device: 'gate-1', title: 'Squeaks' }, LI)
      expect(await before.checkpoints.offset('alarms.effects')).toBe(2)
    }
    await using after = await folder.open(clock)
    expect(await after.desk.applyEffects({ from: 2, to: 3, commits: [quiet] })).toBe('nothing-to-write')
  })

  it('that fail half-way leave nothing behind, and the same effects can be tried again', async () => {
    await using it = await plant()
    const bad = breach(20, { because: { code: 'x', figures: { value: 1n as unknown as number } } })
    const commit = (findings: Finding[]) => [
      { offset: 1, receivedAt: T0, learnedAt: T0, findings, readings: [] },
    ]
    await expect(
      it.desk.applyEffects({ from: 0, to: 1, commits: commit([breach(10), bad]) }),
    ).rejects.toThrow()
    expect((await it.alarms.list(PAGE)).items).toEqual([])
    expect(it.told).toEqual([])
    expect(await it.desk.applyEffects({ from: 0, to: 1, commits: commit([breach(10)]) })).toBe('written')
    expect(await it.events.after(0, 10)).toMatchObject([{ kind: 'alarm.raised' }, { kind: 'order.created' }])
  })

  it('survive on file, and events go on counting after the next start', async () => {
    const clock = handClock(T0)
    await using folder = await operationsFolder()
    const commits = [{ offset: 1, receivedAt: T0, learnedAt: T0, findings: [breach(0)], readings: [] }]
    {
      await using before = await folder.open(clock)
      await before.desk.applyEffects({ from: 0, to: 1, commits })
    }
    await using after = await folder.open(clock)
    const alarm = only((await after.alarms.list(PAGE)).items)
    await after.desk.acknowledge(alarm.id, LI)
    const events = await after.events.after(0, 10)
    expect(events.map(({ id, kind }) => [id, kind])).toEqual([
      [1, 'alarm.raised'],
      [2, 'order.created'],
      [3, 'alarm.acknowledged'],
    ])
  })

  it('are kept as events for a bounded while only, and what is gone can be told from the oldest id', async () => {
    const clock = handClock(T0)
    await using folder = await operationsFolder()
    const { OperationsOptions } = await import('./options.ts')
    await using it = await folder.open(clock, { options: OperationsOptions.parse({ eventsKept: 100 }) })
    for (let i = 0; i < 103; i++) await it.desk.openOrder({ device: 'gate-1', title: `${i}` }, LI)
    expect([await it.events.oldestId(), await it.events.newestId()]).toEqual([4, 103])
    expect(it.counts.eventsDropped).toBe(3)
  })
})

describe('lists', () => {
  it('come in pages that neither repeat nor leave out, newest first', async () => {
    await using it = await plant()
    const many = Array.from({ length: 25 }, (_, i) => breach(i % 5, { subject: `m-${i}`, device: `m-${i}` }))
    await it.commit(10, many)
    const seen: string[] = []
    let cursor: string | null | undefined
    do {
      const page = await it.alarms.list({ limit: 4, ...(cursor && { cursor }) })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next
    } while (cursor)
    expect(new Set(seen).size).toBe(25)
    await expect(it.alarms.list({ limit: 4, cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    expect((await it.orders.list({ limit: 1 })).items[0]?.number).toBe(25)
  })

  it('of alarms choose by state, severity, device and time', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10), breach(11, { subject: 'm-2', device: 'm-2', severity: 'low' })])
    await it.commit(20, [clear(20)])
    const devices = async (query: Parameters<Operations['alarms']['list']>[0]) =>
      (await it.alarms.list(query)).items.map(({ device }) => device)
    expect(await devices({ ...PAGE, state: 'active' })).toEqual(['m-2'])
    expect(await devices({ ...PAGE, state: 'open' })).toEqual(['m-2', 'meter-1'])
    expect(await devices({ ...PAGE, severity: 'high' })).toEqual(['meter-1'])
    expect(await devices({ ...PAGE, device: 'm-2' })).toEqual(['m-2'])
    expect(await devices({ ...PAGE, from: T0 + 10, to: T0 + 11 })).toEqual(['meter-1'])
  })
})
