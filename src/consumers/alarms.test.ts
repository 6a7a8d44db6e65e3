import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  atOf,
  beat,
  bound,
  COOL,
  commitsOf,
  DOWN,
  FLOW,
  HOT,
  OPEN,
  PAGE,
  PEOPLE,
  plant,
  QUIET,
  QUIETLY,
  SOURCES,
  STEP_MS,
  says,
  start,
  T0,
  UP,
} from '../../tests/support/alarms-plant.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder, operationsFor } from '../../tests/support/operations.ts'
import { scriptedJournal } from '../../tests/support/scripted-journal.ts'
import type { JournalRecord } from '../model/commit.ts'
import type { OrderState } from '../model/work-order.ts'
import type { Operations } from '../operations/operations.ts'
import type { Mover } from '../operations/roles.ts'

describe('the alarms consumer', () => {
  it('turns a breach into an alarm with its reason and an order with what will prove it repaired', async () => {
    await using it = await plant(commitsOf([[HOT], [HOT], [HOT], [HOT], [COOL]]))
    await it.run(5)
    const { items } = await it.operations.alarms.list(PAGE)
    expect(items).toMatchObject([
      {
        rule: 'burst',
        fault: 'burst',
        subject: 'meter',
        device: 'meter',
        severity: 'high',
        state: 'cleared-unacknowledged',
        raisedAt: atOf(3),
        clearedAt: atOf(5),
        because: { code: 'above-for' },
        clearedBecause: { code: 'below' },
      },
    ])
    expect(it.told).toEqual(['alarm.raised', 'order.created', 'alarm.cleared'])
  })

  it('drives a fault from breach to verified by readings alone, once people have done their part', async () => {
    const cools = Array.from({ length: 8 }, () => [COOL])
    await using it = await plant(commitsOf([[HOT], [HOT], [HOT], ...cools]))
    await it.run(4)
    const order = (await it.operations.orders.list(PAGE)).items[0] ?? expect.unreachable()
    for (const to of ['dispatched', 'accepted', 'done'] as const) {
      await it.operations.desk.moveOrder(order.id, { to, assignee: 'Dongfang' }, PEOPLE[0] as Mover)
    }
    await it.run(3)
    expect((await it.operations.orders.get(order.id))?.state).toBe('done')
    await it.run(1)
    expect(await it.operations.orders.get(order.id)).toMatchObject({
      state: 'verified',
      verification: { state: 'passed', since: atOf(4), until: atOf(8) },
    })
  })

  it('waits while the database cannot be written, and then writes the same effects, once', async () => {
    const clock = handClock(T0)
    const journal = scriptedJournal(commitsOf([[HOT], [HOT], [HOT], [HOT]]))
    await using operations = await operationsFor(clock)
    let refused = 2
    const desk = {
      ...operations.desk,
      applyEffects: (effects: Parameters<typeof operations.desk.applyEffects>[0]) =>
        refused-- > 0 ? Promise.reject(new Error('disk away')) : operations.desk.applyEffects(effects),
    }
    await using alarms = await start({ journal, clock, operations: { ...operations, desk } })
    const arrived = alarms.reached(4)
    for (let i = 0; i < 4; i++) beat(journal, clock)
    await expect.poll(() => alarms.trouble).toBe('disk away')
    clock.pass(250)
    await expect.poll(() => alarms.counts.failedWrites).toBe(2)
    clock.pass(500)
    await arrived
    expect(alarms.trouble).toBeUndefined()
    expect((await operations.events.after(0, 10)).map(({ kind }) => kind)).toEqual([
      'alarm.raised',
      'order.created',
    ])
  })

  it('after an outage rings for what still holds, with both times, and records what came and went', async () => {
    const beats = [HOT, HOT, HOT, COOL, HOT, HOT, HOT, HOT].map((record) => [record])
    const backAt = atOf(9) + 3 * 3_600_000
    const commits = [
      ...commitsOf(beats),
      { offset: 9, receivedAt: backAt + 4_999, records: [] },
      { offset: 10, receivedAt: backAt + 5_000, records: [] },
    ]
    const clock = handClock(backAt)
    const journal = scriptedJournal(commits)
    await using operations = await operationsFor(clock)
    const told: unknown[] = []
    operations.events.onEvent((events) => {
      for (const event of events) {
        if ('alarm' in event) told.push([event.kind, event.alarm.raisedAt, event.alarm.learnedAt])
      }
    })
    journal.release(8)
    await using alarms = await start({ journal, operations, clock }, bound([FLOW]))
    await alarms.reached(8)
    clock.pass(5_000)
    journal.release(9)
    await alarms.reached(9)
    expect(told, 'nothing rings before it has held for a moment').toEqual([])
    journal.release(10)
    await alarms.reached(10)
    expect(told).toEqual([
      ['alarm.cleared', atOf(3), backAt],
      ['alarm.raised', atOf(7), backAt],
    ])
  })

  it('clears what a rule had raised that is gone from the configuration', async () => {
    const commits = commitsOf([[HOT], [HOT], [HOT], [HOT], [HOT]])
    const clock = handClock(T0)
    const journal = scriptedJournal(commits)
    await using operations = await operationsFor(clock)
    {
      await using alarms = await start({ journal, operations, clock })
      for (let i = 0; i < 4; i++) await alarms.reached(beat(journal, clock))
    }
    await using alarms = await start({ journal, operations, clock }, bound([QUIET]))
    await alarms.reached(beat(journal, clock))
    const { items } = await operations.alarms.list(PAGE)
    expect(items).toMatchObject([{ rule: 'burst', state: 'cleared-unacknowledged' }])
  })

  it.each([
    ['gone', [QUIET], 'cleared-unacknowledged'],
    ['there, as before', [FLOW, OPEN, QUIET], 'active-unacknowledged'],
  ])('cut off and started with its rule %s, the books agree with the rules', async (_how, rules, state) => {
    const commits = commitsOf([[HOT], [HOT], [HOT], [HOT], [HOT]])
    const clock = handClock(T0)
    const journal = scriptedJournal(commits)
    await using folder = await operationsFolder()
    {
      await using operations = await folder.open(clock)
      const cut = withoutCheckpoints(operations)
      await using alarms = await start({ journal, clock, operations: cut })
      for (let i = 0; i < 4; i++) await alarms.reached(beat(journal, clock))
    }
    await using operations = await folder.open(clock)
    await using alarms = await start({ journal, operations, clock }, bound(rules))
    await alarms.reached(beat(journal, clock))
    expect((await operations.alarms.list(PAGE)).items).toMatchObject([{ rule: 'burst', state }])
  })
})

/** As if the process died before each checkpoint. */
const withoutCheckpoints = (operations: Operations): Operations => ({
  ...operations,
  checkpoints: {
    ...operations.checkpoints,
    saveRuleStates: () => Promise.reject(new Error('cut off')),
  },
})

describe('killed and started again at any commit', () => {
  type Beat = {
    readonly records: readonly ((offset: number) => JournalRecord)[]
    /** What a person does after it. */
    readonly act: 'acknowledge' | 'move' | 'shelve' | 'unshelve' | 'out of service' | 'nothing'
    /** How the process ends at this commit, if it does. */
    readonly end: 'before the effects' | 'after the effects' | 'before a checkpoint' | 'properly' | 'not'
  }

  /** Every write from the cut on fails; `after the effects`: the write was made, but nobody heard. */
  function dying(operations: Operations, how: Beat['end']): Operations & { die(): void } {
    let dead = false
    const { desk, checkpoints } = operations
    const cut = () => Promise.reject(new Error('cut off'))
    return {
      ...operations,
      die() {
        dead = true
      },
      desk: {
        ...desk,
        async applyEffects(effects) {
          if (!dead || how === 'before a checkpoint') return desk.applyEffects(effects)
          if (how === 'after the effects') await desk.applyEffects(effects)
          return cut()
        },
      },
      checkpoints: {
        ...checkpoints,
        saveRuleStates: (to, rows) => (dead ? cut() : checkpoints.saveRuleStates(to, rows)),
      },
    }
  }

  async function act(operations: Operations, what: Beat['act'], turn: number): Promise<void> {
    const by = PEOPLE[turn % 2] as Mover
    const { desk } = operations
    const newest = (await operations.alarms.list({ ...PAGE, state: 'all' })).items.toSorted(byTime).at(-1)
    if (what === 'shelve' && newest) {
      const shelving = { forMs: 3 * STEP_MS, reason: 'noisy', oneShot: turn % 2 === 0 }
      await desk.shelve(newest.id, shelving, by)
    } else if (what === 'unshelve' && newest) await desk.unshelve(newest.id, by)
    else if (what === 'out of service') {
      const until = atOf(turn + 6)
      await desk.takeOutOfService({ kind: 'device', id: 'gate' }, { until, reason: 'paint' }, by)
    } else if (what === 'acknowledge') {
      const { items } = await operations.alarms.list(PAGE)
      const first = items.filter(({ acknowledged }) => !acknowledged).toSorted(byTime)[0]
      if (first) await operations.desk.acknowledge(first.id, by)
    } else if (what === 'move') {
      const { items } = await operations.orders.list({ ...PAGE, state: 'open' })
      const order = items.at(-1)
      const onward: Partial<Record<OrderState, OrderState>> = {
        reported: 'dispatched',
        dispatched: 'accepted',
        accepted: 'done',
      }
      const to = order && onward[order.state]
      if (order && to) await operations.desk.moveOrder(order.id, { to, assignee: 'Dongfang' }, by)
    }
  }
  type Told = { readonly raisedAt: number; readonly rule: string; readonly subject: string }
  /** Two devices may fall silent at one instant: without the subject their order would be that of random ids. */
  const byTime = (a: Told, b: Told) =>
    a.raisedAt - b.raisedAt || a.rule.localeCompare(b.rule) || a.subject.localeCompare(b.subject)

  /** What is in the books in the end, ids replaced by the order in which they appear. */
  async function books(operations: Operations): Promise<string> {
    const events = (await operations.events.after(0, 10_000)).map(({ id: _id, at: _at, ...event }) => event)
    const orders = (await operations.orders.list(PAGE)).items
    const alarms = (await operations.alarms.list({ ...PAGE, state: 'all' })).items.toSorted(byTime)
    const ids = new Map<string, string>()
    return JSON.stringify({ events, orders, alarms }, undefined, 1).replace(
      /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
      (id) => {
        if (!ids.has(id)) ids.set(id, `#${ids.size}`)
        return ids.get(id) as string
      },
    )
  }

  async function play(beats: readonly Beat[], disturbed: boolean): Promise<string> {
    await using folder = await operationsFolder()
    const clock = handClock(T0)
    const journal = scriptedJournal(commitsOf(beats.map(({ records }) => records)))
    let next = 0
    for (;;) {
      await using operations = await folder.open(clock, QUIETLY)
      const end = beats.findIndex((beat, i) => i >= next && disturbed && beat.end !== 'not')
      const mortal = dying(operations, beats[end]?.end ?? 'not')
      await using alarms = await start({ journal, clock, operations: mortal }, bound(), SOURCES)
      await alarms.reached(journal.head.offset)
      if (next > 0) await act(operations, beats[next - 1]?.act ?? 'nothing', next - 1)
      for (; next < beats.length; next++) {
        const dies = next === end && beats[end]?.end !== 'properly'
        if (dies) mortal.die()
        const offset = beat(journal, clock)
        if (dies && beats[end]?.end !== 'before a checkpoint') {
          await Promise.race([alarms.reached(offset), untilIt(() => alarms.trouble !== undefined)])
        } else await alarms.reached(offset)
        if (next === end) break
        await act(operations, beats[next]?.act ?? 'nothing', next)
      }
      if (next >= beats.length) return await books(operations)
      next++
    }
  }
  const untilIt = async (holds: () => boolean) => {
    while (!holds()) await new Promise(setImmediate)
  }

  const record = fc.constantFrom(
    ...[HOT, HOT, HOT, COOL, COOL],
    says('gate', { door: 'open' }),
    says('gate', { door: 'closed' }),
    ...[DOWN, UP, UP],
  )
  const beats = fc.array(
    fc.record<Beat>({
      records: fc.array(record, { maxLength: 2 }),
      act: fc.constantFrom(
        ...(['nothing', 'acknowledge', 'move', 'move', 'move', 'move', 'move'] as const),
        ...(['shelve', 'unshelve', 'out of service'] as const),
      ),
      end: fc.constantFrom(
        ...(['not', 'not', 'not', 'not', 'not', 'not'] as const),
        ...(['before the effects', 'after the effects', 'before a checkpoint', 'properly'] as const),
      ),
    }),
    { minLength: 15, maxLength: 45 },
  )

  it('has the same alarms, orders and events as if it had never stopped', async () => {
    let eventful = 0
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(beats, async (script) => {
        const undisturbed = await play(script, false)
        if (undisturbed.includes('"verified"')) eventful++
        for (const [kind] of undisturbed.matchAll(/alarm\.\w+/g)) seen.add(kind)
        expect(await play(script, true)).toBe(undisturbed)
      }),
      { numRuns: 12, endOnFailure: true },
    )
    expect([...seen]).toEqual(
      expect.arrayContaining(['alarm.shelved', 'alarm.unshelved', 'alarm.suppressed']),
    )
    expect(eventful, 'some of the runs come as far as a verified order').toBeGreaterThan(0)
  })
})
