import { describe, expect, it } from 'vitest'
import { breach, clear, LI, only, PAGE, plant, T0 } from '../../tests/support/found-faults.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder } from '../../tests/support/operations.ts'
import type { EscalationPolicy } from '../alarms/escalation.ts'
import { WHOLE_SITE } from '../alarms/seat.ts'
import type { Watched } from './watch.ts'

const MINUTE = 60_000

const NIGHT: EscalationPolicy = {
  name: 'night',
  steps: [
    { afterMs: 5 * MINUTE, channels: ['duty'] },
    { afterMs: 15 * MINUTE, channels: ['duty', 'chief'] },
  ],
}

const watching = (more: Partial<Watched> = {}) => ({
  watched: { seats: WHOLE_SITE, escalations: [NIGHT], factsOf: () => undefined, ...more },
})

describe('an alarm that nobody acknowledges', () => {
  it('is escalated at each step once, and says which', async () => {
    await using it = await plant(watching())
    await it.commit(0, [breach(0)])
    await it.commit(5 * MINUTE - 1, [])
    expect(it.told).not.toContain('alarm.escalated')
    await it.commit(5 * MINUTE, [])
    const alarm = only((await it.alarms.list(PAGE)).items)
    expect(alarm.escalated).toEqual({ at: T0 + 5 * MINUTE, policy: 'night', step: 1, of: 2 })
    await it.commit(6 * MINUTE, [])
    await it.commit(20 * MINUTE, [])
    await it.commit(90 * MINUTE, [])
    expect(it.told.filter((kind) => kind === 'alarm.escalated')).toHaveLength(2)
    const { items } = await it.audit.list(PAGE)
    expect(items.map(({ by, action, details }) => ({ by, action, details }))).toEqual([
      { by: 'gateway', action: 'alarm.escalated', details: { policy: 'night', step: 2 } },
      { by: 'gateway', action: 'alarm.escalated', details: { policy: 'night', step: 1 } },
    ])
  })

  it('says which step comes next, when, and who is told then; nothing once it was the last or somebody answered', async () => {
    await using it = await plant(watching())
    await it.commit(0, [breach(0)])
    const { id } = only((await it.alarms.list(PAGE)).items)
    const first = { policy: 'night', step: 1, of: 2, dueAt: T0 + 5 * MINUTE, channels: ['duty'] }
    expect(await it.escalations.pending(id)).toEqual([first])
    await it.commit(5 * MINUTE, [])
    const second = { step: 2, dueAt: T0 + 15 * MINUTE, channels: ['duty', 'chief'] }
    expect(await it.escalations.pending(id)).toEqual([{ ...first, ...second }])
    await it.desk.acknowledge(id, LI)
    expect(await it.escalations.pending(id)).toEqual([])
  })

  it('takes both steps at once, in order, where the gateway was away for both', async () => {
    await using it = await plant(watching())
    await it.commit(0, [breach(0)])
    await it.commit(60 * MINUTE, [])
    expect(it.told).toEqual(['alarm.raised', 'order.created', 'alarm.escalated', 'alarm.escalated'])
    const alarm = only((await it.alarms.list(PAGE)).items)
    expect(alarm.escalated).toMatchObject({ at: T0 + 15 * MINUTE, step: 2 })
  })

  it('goes on with its steps after a restart', async () => {
    await using folder = await operationsFolder()
    const clock = handClock(T0)
    const commit = (offset: number, at: number, findings: ReturnType<typeof breach>[]) => [
      { offset, receivedAt: T0 + at, learnedAt: T0 + at, findings, readings: [] },
    ]
    {
      await using before = await folder.open(clock, watching())
      await before.desk.applyEffects({ from: 0, to: 1, commits: commit(1, 0, [breach(0)]) })
      await before.desk.applyEffects({ from: 1, to: 2, commits: commit(2, 5 * MINUTE, []) })
    }
    await using after = await folder.open(clock, watching())
    await after.desk.applyEffects({ from: 2, to: 3, commits: commit(3, 15 * MINUTE, []) })
    await after.desk.applyEffects({ from: 3, to: 4, commits: commit(4, 30 * MINUTE, []) })
    const kinds = (await after.events.after(0, 100)).map((event) =>
      event.kind === 'alarm.escalated' ? `step ${event.alarm.escalated?.step}` : event.kind,
    )
    expect(kinds).toEqual(['alarm.raised', 'order.created', 'step 1', 'step 2'])
  })

  it.each([
    [
      'acknowledged',
      async (it: Awaited<ReturnType<typeof plant>>) => {
        await it.desk.acknowledge(only((await it.alarms.list(PAGE)).items).id, LI)
      },
    ],
    [
      'over',
      async (it: Awaited<ReturnType<typeof plant>>) => {
        await it.commit(7 * MINUTE, [clear(7 * MINUTE)])
      },
    ],
  ])('is escalated no more once it is %s', async (_, stop) => {
    await using it = await plant(watching())
    await it.commit(0, [breach(0)])
    await it.commit(6 * MINUTE, [])
    await stop(it)
    await it.commit(60 * MINUTE, [])
    expect(it.told.filter((kind) => kind === 'alarm.escalated')).toHaveLength(1)
  })

  it('begins its steps anew once it is shelved no more', async () => {
    await using it = await plant(watching())
    await it.commit(0, [breach(0)])
    const { id } = only((await it.alarms.list(PAGE)).items)
    it.clock.pass(MINUTE)
    await it.desk.shelve(id, { forMs: 30 * MINUTE, reason: 'being repaired' }, LI)
    await it.commit(30 * MINUTE, [])
    expect(it.told).not.toContain('alarm.escalated')
    await it.commit(31 * MINUTE, [])
    expect(it.told.slice(-2)).toEqual(['alarm.unshelved', 'alarm.raised'])
    await it.commit(36 * MINUTE - 1, [])
    expect(it.told).not.toContain('alarm.escalated')
    await it.commit(36 * MINUTE, [])
    expect(it.told.at(-1)).toBe('alarm.escalated')
  })

  it('outside of the policy is left alone, and so is one whose policy is gone', async () => {
    const critical = { ...NIGHT, severities: ['critical' as const] }
    await using it = await plant(watching({ escalations: [critical] }))
    await it.commit(0, [breach(0)])
    await it.commit(60 * MINUTE, [])
    expect(it.told).toEqual(['alarm.raised', 'order.created'])
  })
})

describe('a seat', () => {
  const burst = (count: number, from = 0) =>
    Array.from({ length: count }, (_, i) => breach(from + i, { subject: `meter-${from + i}`, order: 'none' }))

  it('is in flood with the eleventh alarm in ten minutes and no more once fewer than five are so young', async () => {
    await using it = await plant(watching({ escalations: [] }))
    await it.commit(20, burst(11))
    expect(it.told.slice(-2)).toEqual(['alarm.raised', 'flood.began'])
    await it.commit(10 * MINUTE + 19, [])
    expect(it.told.at(-1)).toBe('flood.began')
    await it.commit(10 * MINUTE + 20, [])
    const last = (await it.events.after(0, 100)).at(-1)
    expect(last).toMatchObject({
      kind: 'flood.ended',
      flood: { seat: 'control-room', since: T0 + 20, until: T0 + 10 * MINUTE + 20, count: 11 },
    })
  })

  it('counts only what it answers for', async () => {
    const seats = [
      { name: 'school', scope: { institutions: ['school'] } },
      { name: 'bureau', scope: { institutions: ['bureau'] } },
    ]
    await using it = await plant(watching({ seats, escalations: [] }))
    await it.commit(20, burst(11))
    const floods = (await it.events.after(0, 100)).filter(({ kind }) => kind === 'flood.began')
    expect(floods).toMatchObject([{ flood: { seat: 'school' } }])
  })

  it('has the same floods whether commits came one by one or in one go', async () => {
    const at = [0, 1, 2, 3, 700, 720, 760, 900, 905, 906, 907, 908, 909, 910, 911, 912, 913, 2000].map(
      (s) => s * 1_000,
    )
    await using one = await plant(watching({ escalations: [] }))
    for (const ms of at) await one.commit(ms, [breach(ms, { subject: `m-${ms}`, order: 'none' })])
    await using all = await plant(watching({ escalations: [] }))
    await all.desk.applyEffects({
      from: 0,
      to: at.length,
      commits: at.map((ms, i) => ({
        offset: i + 1,
        receivedAt: T0 + ms,
        learnedAt: T0 + ms,
        readings: [],
        findings: [breach(ms, { subject: `m-${ms}`, order: 'none' })],
      })),
    })
    const floods = async (it: typeof one) =>
      (await it.events.after(0, 100)).flatMap((event) =>
        'flood' in event ? [[event.kind, event.flood]] : [],
      )
    expect(await floods(all)).toEqual(await floods(one))
    expect(await floods(one)).toHaveLength(2)
  })
})
