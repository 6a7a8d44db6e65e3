import { describe, expect, it } from 'vitest'
import {
  breach,
  clear,
  DONGFANG,
  flow,
  LI,
  only,
  PAGE,
  plant,
  T0,
  WANG,
} from '../../tests/support/found-faults.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder } from '../../tests/support/operations.ts'
import { SILENT_LOG } from '../model/log.ts'
import type { CommitFindings, Finding } from './findings.ts'
import type { Operations } from './operations.ts'
import { OperationsOptions } from './options.ts'

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
      await it.desk.moveOrder(order.id, { to, assignee: 'Dongfang' }, LI)
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

  it('who are contractors give back what they cannot do, with the reason, and it waits to be dispatched again', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10)])
    const { id } = only((await it.orders.list(PAGE)).items)
    const giveBack = (note?: string) => it.desk.moveOrder(id, { to: 'reported', note }, DONGFANG)
    await it.desk.moveOrder(id, { to: 'dispatched', assignee: 'Dongfang' }, LI)
    await expect(giveBack()).rejects.toMatchObject({ code: 'invalid-input', details: { path: 'note' } })
    const back = await giveBack('no key to the pump room')
    expect(back).toMatchObject({
      state: 'reported',
      occurrences: [expect.any(String)],
      history: [{}, {}, { from: 'dispatched', to: 'reported', note: 'no key to the pump room' }],
    })
    expect(back.assignee).toBeUndefined()
    expect(back.history.at(-1)).toMatchObject({ by: DONGFANG.name, assignee: 'Dongfang' })
    expect(it.told.at(-1)).toBe('order.moved')
    const [entry] = (await it.audit.list({ ...PAGE, action: 'order.moved' })).items
    expect(entry?.details).toEqual({
      from: 'dispatched',
      to: 'reported',
      assignee: 'Dongfang',
      note: 'no key to the pump room',
    })
    await expect(it.desk.moveOrder(id, { to: 'accepted' }, DONGFANG)).rejects.toMatchObject({
      code: 'forbidden',
    })
    await it.commit(20, [clear(20)])
    await it.commit(30, [breach(30)])
    expect(only((await it.orders.list(PAGE)).items), 'still the one open order of the fault').toMatchObject({
      occurrences: [expect.any(String), expect.any(String)],
    })
    const again = { to: 'dispatched', assignee: 'Other' } as const
    expect(await it.desk.moveOrder(id, again, LI)).toMatchObject({ assignee: 'Other', state: 'dispatched' })
  })

  it('dispatch to somebody, never to nobody', async () => {
    await using it = await plant()
    const { order } = await it.desk.openOrder({ device: 'gate-1', title: 'Squeaks' }, LI)
    const dispatch = (assignee?: string) => it.desk.moveOrder(order.id, { to: 'dispatched', assignee }, LI)
    await expect(dispatch()).rejects.toMatchObject({ code: 'invalid-input', details: { path: 'assignee' } })
    await dispatch('Dongfang')
    expect(await dispatch(), 'once more to the same').toMatchObject({ assignee: 'Dongfang', version: 3 })
  })

  it('dispatch by what they saw, though the fault came again meanwhile', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10)])
    const seen = only((await it.orders.list(PAGE)).items)
    await it.commit(20, [clear(20)])
    await it.commit(30, [breach(30)])
    const moved = await it.desk.moveOrder(
      seen.id,
      { to: 'dispatched', assignee: 'Dongfang', version: seen.version },
      LI,
    )
    expect(moved.occurrences).toHaveLength(2)
  })

  it('are told when an order becomes more severe by a further alarm', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10)])
    await it.commit(20, [clear(20)])
    it.told.length = 0
    await it.commit(30, [breach(30, { severity: 'critical' })])
    expect(it.told).toEqual(['alarm.raised', 'order.moved'])
    expect(only((await it.orders.list(PAGE)).items)).toMatchObject({ severity: 'critical', version: 2 })
  })

  it('who ask for an order where one is open leave their note on that, and it is told', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10)])
    const { id } = only((await it.alarms.list(PAGE)).items)
    it.told.length = 0
    const { order, opened } = await it.desk.openOrder({ alarm: id, note: 'the cellar is wet' }, LI)
    expect(opened).toBe(false)
    expect(order.history.at(-1)).toMatchObject({ by: 'li', to: 'reported', note: 'the cellar is wet' })
    expect(it.told).toEqual(['order.moved'])
    const [entry] = (await it.audit.list(PAGE)).items
    expect(entry).toMatchObject({ by: 'li', action: 'order.joined', subject: order.id })
    await it.desk.openOrder({ alarm: id }, WANG)
    expect(it.told, 'nothing was new').toEqual(['order.moved'])
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

  it('are done though somebody who listens to them fails, and the log says how', async () => {
    const logged: unknown[] = []
    const log = { ...SILENT_LOG, error: (...said: unknown[]) => void logged.push(said) }
    await using it = await plant({ log })
    it.events.onEvent(() => {
      throw new Error('no room')
    })
    expect(await it.commit(10, [breach(10)])).toBe('written')
    expect(it.counts.failedListeners).toBe(1)
    expect(logged).toMatchObject([
      [{ err: { message: 'no room' }, events: ['alarm.raised', 'order.created'] }, expect.any(String)],
    ])
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
