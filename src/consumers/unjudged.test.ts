/**
 * A repair is proven by a rule that judged and stayed quiet. A rule that is gone, rests, or has given up is
 * quiet too.
 */

import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { BARE_SITE } from '../../tests/support/bare-site.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFor } from '../../tests/support/operations.ts'
import { scriptedJournal } from '../../tests/support/scripted-journal.ts'
import type { Device } from '../model/device.ts'
import { SILENT_LOG } from '../model/log.ts'
import { believed } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import type { OrderState } from '../model/work-order.ts'
import { bindRules } from '../rules/bind.ts'
import { declareKind } from '../rules/bound-rule.ts'
import { RulesOptions } from '../rules/index.ts'
import { defineRule } from '../rules/rule.ts'
import { ruleConfigOf } from '../rules/rule-config.ts'
import { type AlarmsParts, startAlarms } from './alarms.ts'

const MINUTE_MS = 60_000
/** A quarter to eight in the evening. */
const T0 = Temporal.ZonedDateTime.from('2026-03-02T19:45[Asia/Shanghai]').epochMilliseconds
const LI = { name: 'li', role: 'operator' } as const
const VERIFY_MS = 5 * MINUTE_MS
const UNLUCKY = 13

const METER: Device = {
  id: 'meter',
  name: 'Meter',
  family: 'water-meter',
  profile: 'p',
  place: { institution: 'school' },
}
const SITE: Site = {
  ...BARE_SITE,
  devices: [METER],
}

const burst = (more: object = {}) =>
  bindRules(
    RulesOptions.parse({
      rules: [
        {
          id: 'burst',
          kind: 'sustained',
          severity: 'high',
          verifyMs: VERIFY_MS,
          options: { point: 'flow', above: 8, forMs: 2 * MINUTE_MS, heldMs: 10 * MINUTE_MS },
          ...more,
        },
      ],
    }).rules,
    SITE,
    () => undefined,
  )

/** Breached above 8, and given up by 13. */
const KIND = declareKind(
  defineRule<object, boolean>({
    kind: 'fragile',
    summary: '',
    codes: ['high', 'fine'],
    options: z.strictObject({}),
    state: z.boolean(),
    points: () => ['flow'],
    start: () => ({ state: false }),
    step(state, moment) {
      const value = 'reading' in moment ? believed(moment.reading, 'flow') : 0
      if (value === UNLUCKY) throw new Error('unlucky')
      const breached = typeof value === 'number' && value > 8
      if (breached === state) return { state }
      const because = { code: breached ? 'high' : 'fine', figures: {} }
      return { state: breached, verdict: { breached, because } }
    },
  }),
  { families: ['water-meter'], declared: z.strictObject({}), options: () => ({}) },
)
const fragile = () => {
  const config = { id: 'fragile', kind: 'fragile', severity: 'low', verifyMs: VERIFY_MS, options: {} }
  const declared = ruleConfigOf('fragile', KIND.declared).parse(config)
  return bindRules([{ ...declared, fault: 'fragile' }], SITE, () => undefined, [KIND])
}

/** The meter says a flow each minute. */
async function plant(flows: readonly number[], rules: AlarmsParts['rules']) {
  const clock = handClock(T0)
  const commits = flows.map((flow, i) => {
    const at = T0 + i * MINUTE_MS
    const record = { is: 'reading', device: 'meter', at, values: { flow } } as const
    return { offset: i + 1, receivedAt: at, records: [record] }
  })
  const journal = scriptedJournal(commits)
  const operations = await operationsFor(clock)
  const alarms = await startAlarms({
    operations,
    journal,
    clock,
    log: SILENT_LOG,
    rules,
    history: { reached: async () => {}, readings: async () => [] },
    placeOf: () => ({ institution: 'school' }),
  })
  const beat = () => {
    const offset = journal.head.offset + 1
    clock.pass(Math.max(0, T0 + (offset - 1) * MINUTE_MS - clock.now()))
    journal.release(offset)
    return alarms.reached(offset)
  }
  const order = async () => (await operations.orders.list({ limit: 1 })).items[0] ?? expect.unreachable()
  return {
    alarms,
    order,
    async run(beats: number) {
      for (let i = 0; i < beats; i++) await beat()
    },
    async repair() {
      const { id } = await order()
      for (const to of ['dispatched', 'accepted', 'done'] satisfies OrderState[])
        await operations.desk.moveOrder(id, { to, assignee: 'Dongfang' }, LI)
    },
    async exchange(other: AlarmsParts['rules']) {
      const answered = alarms.exchange({ rules: other, record: async () => {} })
      // Before the clock goes on: for longer than half a minute nobody waits for an answer.
      journal.release(journal.head.offset + 1)
      await answered
      await alarms.reached(journal.head.offset)
    },
    async [Symbol.asyncDispose]() {
      await alarms[Symbol.asyncDispose]()
      await operations[Symbol.asyncDispose]()
    },
  }
}

const times = (count: number, flow: number) => Array.from({ length: count }, () => flow)
const UNJUDGED = { state: 'done', verification: { state: 'manual', because: { code: 'not-judged' } } }

describe('a repair is left to a person', () => {
  it('where its rule went while it was being watched', async () => {
    await using it = await plant([...times(3, 9), ...times(9, 1)], burst())
    await it.run(4)
    await it.repair()
    await it.run(1)
    await it.exchange([])
    await it.run(6)
    expect(await it.order()).toMatchObject(UNJUDGED)
  })

  it('where its alarm ended with its rule, though water runs as before', async () => {
    await using it = await plant(times(15, 9), burst())
    await it.run(4)
    await it.repair()
    expect(await it.order()).toMatchObject({ verification: { state: 'waiting' } })
    await it.exchange([])
    await it.run(8)
    expect(await it.order()).toMatchObject(UNJUDGED)
  })

  it('where its alarm ended with the hours of its rule', async () => {
    await using it = await plant(times(30, 9), burst({ when: { from: '07:00', to: '20:00' } }))
    await it.run(10)
    await it.repair()
    await it.run(20)
    expect(await it.order()).toMatchObject(UNJUDGED)
  })

  it('where it was called done outside the hours of its rule: what is read then was not judged', async () => {
    await using it = await plant(times(40, 9), burst({ when: { from: '07:00', to: '20:00' } }))
    await it.run(18)
    await it.repair()
    await it.run(10)
    expect(await it.order()).toMatchObject({
      state: 'done',
      verification: { state: 'manual', because: { code: 'no-good-reading' } },
    })
  })

  it('where its rule was made to overlook it while it was being watched, at once and not at the end', async () => {
    await using it = await plant([...times(3, 9), 1, ...times(9, 9)], burst())
    await it.run(4)
    await it.repair()
    await it.exchange(burst({ options: { point: 'flow', above: 20, forMs: MINUTE_MS, heldMs: MINUTE_MS } }))
    const changed = { state: 'manual', because: { code: 'judged-otherwise' } }
    expect(await it.order()).toMatchObject({ state: 'done', verification: changed })
    await it.run(7)
    expect(await it.order()).toMatchObject({ state: 'done', verification: changed })
  })

  it('where its rule was changed and its alarm ended by that, though water runs as before', async () => {
    await using it = await plant(times(15, 9), burst())
    await it.run(4)
    await it.repair()
    await it.exchange(burst({ options: { point: 'flow', above: 20, forMs: MINUTE_MS, heldMs: MINUTE_MS } }))
    await it.run(8)
    expect(await it.order()).toMatchObject({
      state: 'done',
      verification: { state: 'manual', because: { code: 'judged-otherwise' } },
    })
  })

  it('where its rule has given the meter up', async () => {
    await using it = await plant([9, 1, 1, UNLUCKY, ...times(10, 9)], fragile())
    await it.run(2)
    await it.repair()
    await it.run(9)
    expect(it.alarms.engine.parked()).toHaveLength(1)
    expect(await it.order()).toMatchObject(UNJUDGED)
  })
})

it('an order does not wait for ever for the end of an alarm that nobody judges any more', async () => {
  await using it = await plant([9, 9, UNLUCKY, ...times(10, 9)], fragile())
  await it.run(3)
  await it.repair()
  expect(await it.order()).toMatchObject({ verification: { state: 'waiting' } })
  await it.run(1)
  expect(await it.order()).toMatchObject(UNJUDGED)
})

describe('a repair is proven', () => {
  it('by its rule in other words, which goes on from where it was', async () => {
    await using it = await plant([...times(3, 9), ...times(9, 1)], burst())
    await it.run(4)
    await it.repair()
    await it.run(1)
    await it.exchange(burst({ severity: 'critical' }))
    await it.run(6)
    expect(await it.order()).toMatchObject({ state: 'verified', verification: { state: 'passed' } })
  })

  it('by its rule as it is now, where that has found the fault again', async () => {
    await using it = await plant([...times(3, 9), 1, ...times(4, 9), ...times(12, 1)], burst())
    await it.run(4)
    const other = { point: 'flow', above: 7, forMs: MINUTE_MS, heldMs: 10 * MINUTE_MS }
    await it.exchange(burst({ options: other }))
    await it.run(3)
    await it.repair()
    await it.run(10)
    expect(await it.order()).toMatchObject({ state: 'verified', verification: { state: 'passed' } })
  })

  it('within the hours of its rule', async () => {
    await using it = await plant(
      [...times(3, 9), ...times(9, 1)],
      burst({ when: { from: '07:00', to: '20:00' } }),
    )
    await it.run(4)
    await it.repair()
    await it.run(7)
    expect(await it.order()).toMatchObject({ state: 'verified' })
  })
})
