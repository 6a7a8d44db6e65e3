import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, vi } from 'vitest'
import { breach, clear, LI, only, PAGE, plant, T0, WANG } from '../../tests/support/found-faults.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder } from '../../tests/support/operations.ts'
import type { Evidence } from '../model/evidence.ts'
import { auditHash } from './audit-chain.ts'
import type { Breach } from './findings.ts'
import { OperationsOptions } from './options.ts'

const DAY_MS = 86_400_000
const OPTIONS = OperationsOptions.parse({ closedKeptMs: 400 * DAY_MS, auditKeptMs: 800 * DAY_MS })
const ALL = { ...PAGE, state: 'all' } as const

type Subject = { readonly subject: string; readonly device: string }
const meter = (name: string): Subject => ({ subject: name, device: name })

/** Books in which time passes by days; alarms open no order unless they say so. */
async function books() {
  const { ...it } = await plant({ options: OPTIONS })
  let day = 0
  const raised = async (name: string, more: Partial<Breach> = {}) => {
    const at = day * DAY_MS
    const because = { code: 'above-for', figures: {} }
    const evidence: Evidence = {
      format: 1,
      rule: 'burst-pipe',
      version: '1',
      kind: 'sustained',
      subject: name,
      options: {},
      at,
      because,
      moment: { wokenAt: at },
      readings: [],
      from: at,
    }
    await it.commit(at, [breach(at, { ...meter(name), order: 'none', evidence, ...more })])
    return only((await it.alarms.list({ ...PAGE, state: 'active', device: name })).items).id
  }
  const over = (name: string) => it.commit(day * DAY_MS, [clear(day * DAY_MS, { subject: name })])
  /** An alarm that came, was seen, and went. */
  const answered = async (name: string, more: Partial<Breach> = {}) => {
    const id = await raised(name, more)
    await it.desk.acknowledge(id, LI)
    await over(name)
    return id
  }
  /** Its order, done, verified by another person, and closed. */
  const closed = async (name: string) => {
    const { id } = only((await it.orders.list({ ...PAGE, state: 'open', device: name })).items)
    for (const to of ['dispatched', 'cancelled'] as const)
      await it.desk.moveOrder(id, { to, assignee: 'Dongfang' }, WANG)
    return id
  }
  return {
    ...it,
    raised,
    over,
    answered,
    closed,
    async passDays(days: number) {
      day += days
      await it.commit(day * DAY_MS, [])
      await it.cutOld()
    },
    subjects: async () => (await it.alarms.list(ALL)).items.map(({ subject }) => subject).sort(),
  }
}

describe('alarms', () => {
  it('that were cleared and seen go with their evidence once they are old, and not a day sooner', async () => {
    await using it = await books()
    const id = await it.answered('meter-1')
    await it.passDays(400)
    expect(await it.subjects()).toEqual(['meter-1'])
    expect(await it.evidence.of(id)).toBeDefined()
    await it.passDays(1)
    expect(await it.subjects()).toEqual([])
    expect(await it.evidence.of(id)).toBeUndefined()
    expect(it.counts.alarmsRemoved).toBe(1)
  })

  it('that are active or were never seen stay, however old, and those that ended lately', async () => {
    await using it = await books()
    await it.raised('active')
    await it.raised('unseen')
    await it.over('unseen')
    const late = await it.raised('ended-late')
    const seen = await it.raised('seen-late')
    await it.over('seen-late')
    await it.desk.acknowledge(late, LI)
    await it.passDays(300)
    await it.over('ended-late')
    await it.desk.acknowledge(seen, LI)
    await it.passDays(300)
    expect(await it.subjects()).toEqual(['active', 'ended-late', 'seen-late', 'unseen'])
    await it.passDays(101)
    expect(await it.subjects()).toEqual(['active', 'unseen'])
  })

  it('by which a shelf is found stay until it has ended', async () => {
    await using it = await books()
    const id = await it.raised('meter-1')
    await it.desk.acknowledge(id, LI)
    await it.desk.shelve(id, { forMs: DAY_MS, reason: 'pump is away' }, LI)
    await it.over('meter-1')
    it.clock.setWall(T0 + 500 * DAY_MS)
    await it.cutOld()
    expect(await it.subjects()).toEqual(['meter-1'])
  })

  it('go by the thousand, a little at a time', async () => {
    await using it = await books()
    const names = Array.from({ length: 450 }, (_, i) => `meter-${i}`)
    await it.commit(
      0,
      names.map((name) => breach(0, { ...meter(name), order: 'none' })),
    )
    let cursor: string | undefined
    do {
      const page = await it.alarms.list({ ...ALL, ...(cursor !== undefined && { cursor }) })
      for (const { id } of page.items) await it.desk.acknowledge(id, LI)
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    await it.commit(
      0,
      names.map((name) => clear(0, { subject: name })),
    )
    const before = it.counts.transactions
    await it.passDays(401)
    expect(await it.subjects()).toEqual([])
    expect(it.counts.transactions - before).toBeGreaterThan(450 / 200)
  })
})

describe('orders', () => {
  it('go together with all of their alarms, or not at all', async () => {
    await using it = await books()
    const old = await it.answered('meter-1', { order: 'automatic' })
    const order = await it.closed('meter-1')
    await it.answered('meter-2', { order: 'automatic' })
    await it.raised('meter-3', { order: 'automatic' })
    await it.closed('meter-3') // cancelled while its alarm still stands
    await it.answered('newest', { order: 'automatic' })
    await it.closed('newest')
    await it.passDays(401)
    expect(await it.subjects(), 'open, active, and the newest').toEqual(['meter-2', 'meter-3', 'newest'])
    expect(await it.alarms.get(old)).toBeUndefined()
    expect(await it.orders.get(order)).toBeUndefined()
    expect(it.counts).toMatchObject({ alarmsRemoved: 1, ordersRemoved: 1 })
  })

  it('keep counting where they were: no number is given out twice', async () => {
    await using it = await books()
    await it.answered('meter-1', { order: 'automatic' })
    await it.closed('meter-1')
    await it.passDays(401)
    await it.answered('meter-1', { order: 'automatic' })
    expect((await it.orders.list({ ...PAGE, state: 'all' })).items.map(({ number }) => number)).toEqual([
      2, 1,
    ])
    await it.passDays(1)
    expect((await it.orders.list({ ...PAGE, state: 'all' })).items.map(({ number }) => number)).toEqual([2])
  })
})

describe('the audit', () => {
  it('tells of what was removed', async () => {
    await using it = await books()
    await it.answered('meter-1')
    await it.passDays(401)
    expect((await it.audit.list(PAGE)).items[0]).toMatchObject({
      by: 'gateway',
      action: 'books.cut',
      details: { alarms: 1, orders: 0 },
    })
  })

  it('outlasts what it tells of; then its oldest go, and the seal of the last of them is kept', async () => {
    const folder = await operationsFolder()
    const clock = handClock(T0)
    await using operations = await folder.open(clock, { options: OPTIONS })
    const note = (subject: string) => operations.audit.note({ by: 'li', action: 'test.noted', subject })
    for (const subject of ['first', 'second']) await note(subject)
    clock.pass(500 * DAY_MS)
    await note('third')
    clock.pass(320 * DAY_MS)
    await operations.cutOld()
    expect((await operations.audit.list(PAGE)).items, 'not each day').toHaveLength(3)
    clock.pass(20 * DAY_MS)
    await operations.cutOld()
    const [cut, third] = (await operations.audit.list(PAGE)).items
    expect(third?.subject).toBe('third')
    expect(cut).toMatchObject({ action: 'audit.cut', details: { removed: 2, upTo: 2 } })
    const { at = 0, by = '', action = '', subject = '', hash } = third ?? {}
    const sealed = auditHash(String(cut?.details.hash), { at, by, action, subject, details: '{}' })
    expect(sealed).toBe(hash)
    expect(operations.counts.auditRemoved).toBe(2)
    await folder[Symbol.asyncDispose]()
  })

  it('of rules keeps what is in force, and of the others what is young', async () => {
    await using it = await books()
    const record = (version: string) =>
      it.ruleChanges.record([{ id: 'burst-pipe', version, declared: {} }], { by: 'li', reason: 'better' })
    for (const version of ['a', 'b']) await record(version)
    await it.passDays(900)
    expect((await it.ruleChanges.list(PAGE)).items.map(({ to }) => to)).toEqual(['b'])
    expect(await record('b'), 'which is known').toEqual([])
  })
})

it('a gateway does it ten minutes after its start and then every day, and says where it cannot', async () => {
  await using folder = await operationsFolder()
  const clock = handClock(T0)
  const failures: unknown[] = []
  await using operations = await folder.open(clock, {
    options: OPTIONS,
    cutFailed: (cause) => failures.push(cause),
  })
  await operations.audit.note({ by: 'li', action: 'test.noted', subject: 'old' })
  clock.setWall(T0 + 900 * DAY_MS)
  clock.pass(10 * 60_000)
  await vi.waitFor(() => expect(operations.counts.auditRemoved).toBe(1), { timeout: 120_000 })
  const file = new DatabaseSync(`${folder.dir}/operations.sqlite`)
  file.exec('DROP TABLE shelves; DROP TABLE audit')
  clock.pass(DAY_MS)
  await vi.waitFor(() => expect(failures).toHaveLength(1), { timeout: 120_000 })
  file.close()
})
