import { describe, expect, it } from 'vitest'
import {
  breach,
  clear,
  LI,
  only,
  onlyOrder,
  PAGE,
  plant,
  T0,
  WANG,
} from '../../tests/support/found-faults.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder } from '../../tests/support/operations.ts'
import type { CommitFindings, Finding } from './findings.ts'

const HOUR_MS = 3_600_000
const REASON = 'sensor being replaced'

/** Of one breach at 10 ms, on the wall. */
async function plantWithAlarm(more: Parameters<typeof breach>[1] = {}) {
  const { ...it } = await plant()
  await it.commit(10, [breach(10, more)])
  const { id } = only((await it.alarms.list(PAGE)).items)
  it.told.length = 0
  const alarm = async () => (await it.alarms.get(id)) ?? expect.unreachable()
  const shelve = (forMs: number, oneShot = false) =>
    it.desk.shelve(id, { forMs, reason: REASON, oneShot }, LI)
  const listed = async (state: 'shelved' | 'suppressed') => (await it.alarms.list({ ...PAGE, state })).items
  return { ...it, id, alarm, shelve, listed }
}

describe('a shelved alarm', () => {
  it('keeps when it rang before; one that was raised under the shelf has not rung until that ends', async () => {
    await using it = await plantWithAlarm()
    await it.shelve(100)
    expect(await it.alarm()).toMatchObject({ rangAt: T0 + 10, suppression: { by: 'shelved' } })
    await it.commit(20, [clear(20)])
    await it.commit(30, [breach(30)])
    const [second = expect.unreachable()] = await it.listed('shelved')
    expect(second.raisedAt).toBe(T0 + 30)
    expect(second.rangAt).toBeUndefined()
    await it.commit(200, [])
    expect(await it.alarms.get(second.id)).toMatchObject({ rangAt: T0 + 200 })
    expect(await it.alarm()).toMatchObject({ rangAt: T0 + 10 })
  })

  it('does not cover what its rule finds after its end, though both come with one commit', async () => {
    await using it = await plantWithAlarm()
    await it.shelve(1_000)
    await it.commit(20, [clear(20)])
    it.told.length = 0
    await it.commit(2_000, [breach(1_500)])
    expect(it.told).toEqual(['alarm.unshelved', 'alarm.raised'])
  })

  it('covers what is learnt late too: it does not ring once it has settled', async () => {
    await using it = await plantWithAlarm()
    await it.shelve(HOUR_MS)
    await it.commit(20, [clear(20)])
    it.told.length = 0
    await it.commit(100_000, [breach(30)])
    await it.commit(200_000, [])
    expect(it.told).toEqual(['alarm.shelved'])
  })

  it('says by whom, why and until when, is told and audited, and stays what it was', async () => {
    await using it = await plantWithAlarm()
    const shelved = await it.shelve(HOUR_MS)
    expect(shelved).toMatchObject({
      state: 'active-unacknowledged',
      suppression: { by: 'shelved', at: T0 + 10, until: T0 + 10 + HOUR_MS, reason: REASON, who: 'li' },
    })
    expect(await it.alarm()).toEqual(shelved)
    expect(it.told).toEqual(['alarm.shelved'])
    expect(only(await it.listed('shelved'))).toEqual(shelved)
    const entry = (await it.audit.list(PAGE)).items[0]
    expect(entry).toMatchObject({
      action: 'alarm.shelved',
      by: 'li',
      subject: it.id,
      details: { reason: REASON },
    })
  })

  it('rings again at the very instant at which its shelf ends, if it still holds', async () => {
    await using it = await plantWithAlarm()
    await it.shelve(1_000)
    await it.commit(1_009, [])
    expect(it.told).toEqual(['alarm.shelved'])
    await it.commit(1_010, [])
    expect(it.told).toEqual(['alarm.shelved', 'alarm.unshelved', 'alarm.raised'])
    expect(await it.alarm()).not.toHaveProperty('suppression')
    expect(await it.listed('shelved')).toEqual([])
    expect((await it.audit.list(PAGE)).items[0]).toMatchObject({ action: 'alarm.unshelved', by: 'gateway' })
  })

  it('that somebody had answered before is unshelved without a sound', async () => {
    await using it = await plantWithAlarm()
    await it.desk.acknowledge(it.id, WANG)
    await it.shelve(1_000)
    await it.commit(2_000, [])
    expect(it.told).toEqual(['alarm.acknowledged', 'alarm.shelved', 'alarm.unshelved'])
    expect(await it.alarm()).toMatchObject({ state: 'active-acknowledged' })
  })

  it('is covered with all that its rule finds there, and nothing else', async () => {
    await using it = await plantWithAlarm()
    await it.shelve(HOUR_MS)
    await it.commit(100, [clear(100)])
    await it.commit(200, [breach(200)])
    await it.commit(300, [
      breach(300, { rule: 'night-flow', fault: 'night-flow' }),
      breach(300, { subject: 'meter-2' }),
    ])
    const quiet = only(await it.listed('shelved'))
    expect(quiet, 'the newest of them').toMatchObject({ raisedAt: T0 + 200, suppression: { by: 'shelved' } })
    expect(await it.alarm(), 'it ended without ringing').toMatchObject({ state: 'cleared' })
    expect(it.told.filter((kind) => kind === 'alarm.raised')).toHaveLength(2)
  })

  it('stays on the list of what is shelved while its shelf lasts, also once it is over', async () => {
    await using it = await plantWithAlarm()
    await it.shelve(HOUR_MS)
    await it.commit(100, [clear(100)])
    expect(only(await it.listed('shelved'))).toMatchObject({ id: it.id, state: 'cleared' })
    await it.desk.unshelve(it.id, WANG)
    expect(await it.listed('shelved')).toEqual([])
    expect(await it.alarm(), 'the record, with the end as it came').toMatchObject({
      suppression: { by: 'shelved', until: T0 + 100 },
    })
  })

  it('ends with its alarm where it is a one-shot', async () => {
    await using it = await plantWithAlarm()
    await it.shelve(HOUR_MS, true)
    await it.commit(100, [clear(100)])
    expect(await it.listed('shelved')).toEqual([])
    await it.commit(200, [breach(200)])
    expect(it.told).toEqual(['alarm.shelved', 'alarm.cleared', 'alarm.unshelved', 'alarm.raised'])
  })

  it('rings when a person takes it off the shelf; again is the same answer', async () => {
    await using it = await plantWithAlarm()
    await it.shelve(HOUR_MS)
    const back = await it.desk.unshelve(it.id, WANG)
    expect(back).not.toHaveProperty('suppression')
    expect(await it.desk.unshelve(it.id, WANG)).toEqual(back)
    expect(it.told).toEqual(['alarm.shelved', 'alarm.unshelved', 'alarm.raised'])
  })

  it('can be shelved for longer or shorter, as the last one said', async () => {
    await using it = await plantWithAlarm()
    await it.shelve(HOUR_MS)
    await it.desk.shelve(it.id, { until: T0 + 500, reason: 'sooner' }, WANG)
    expect(await it.alarm()).toMatchObject({ suppression: { until: T0 + 500, who: 'wang' } })
    await it.commit(500, [])
    expect(it.told.at(-1)).toBe('alarm.raised')
  })

  it('is shelved for a day at most, and never into the past', async () => {
    await using it = await plantWithAlarm()
    for (const forMs of [24 * HOUR_MS + 1, 0, -1])
      await expect(it.shelve(forMs)).rejects.toMatchObject({ code: 'quiet-too-long' })
    await it.shelve(24 * HOUR_MS)
    await expect(it.desk.shelve('nobody', { forMs: 1, reason: 'x' }, LI)).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('cannot be one of duress or fire; it rings whatever is shelved or out of service', async () => {
    await using it = await plantWithAlarm({ neverShelve: true })
    await expect(it.shelve(1)).rejects.toMatchObject({ code: 'never-shelved' })
    await it.desk.takeOutOfService(
      { kind: 'device', id: 'meter-1' },
      { until: T0 + HOUR_MS, reason: 'x' },
      LI,
    )
    expect(await it.alarm()).not.toHaveProperty('suppression')
    await it.commit(200, [breach(200, { neverShelve: true })])
    expect(it.told).toEqual(['out-of-service.began', 'alarm.raised'])
  })

  it('opens no order by itself, and opens one once it rings', async () => {
    await using it = await plant()
    await it.commit(10, [breach(10, { order: 'none' })])
    const { id } = only((await it.alarms.list(PAGE)).items)
    await it.desk.shelve(id, { forMs: 1_000, reason: REASON }, LI)
    await it.commit(20, [clear(20)])
    await it.commit(30, [breach(30)])
    expect((await it.orders.list(PAGE)).items).toEqual([])
    await it.commit(1_010, [])
    expect(it.told.slice(-3)).toEqual(['alarm.unshelved', 'alarm.raised', 'order.created'])
    expect((await it.alarms.list(PAGE)).items[0]?.order).toBe((await onlyOrder(it)).id)
  })

  it('still speaks against a repair that is called done', async () => {
    await using it = await plantWithAlarm()
    const order = await onlyOrder(it)
    await it.shelve(HOUR_MS)
    await it.commit(20, [clear(20)])
    for (const to of ['dispatched', 'accepted', 'done'] as const)
      await it.desk.moveOrder(order.id, { to, assignee: 'Dongfang' }, LI)
    await it.commit(30, [breach(30)])
    expect(await onlyOrder(it)).toMatchObject({ state: 'accepted', verification: { state: 'failed' } })
  })

  it('is still shelved after a crash, and its shelf ends once', async () => {
    await using folder = await operationsFolder()
    const clock = handClock(T0)
    const at = (atMs: number, offset: number, findings: readonly Finding[]): CommitFindings => {
      const receivedAt = T0 + atMs
      return { offset, receivedAt, learnedAt: receivedAt, findings, readings: [] }
    }
    {
      await using before = await folder.open(clock)
      await before.desk.applyEffects({ from: 0, to: 1, commits: [at(10, 1, [breach(10)])] })
      const { id } = only((await before.alarms.list(PAGE)).items)
      await before.desk.shelve(id, { forMs: 1_000, reason: REASON }, LI)
    }
    const end = { from: 1, to: 2, commits: [at(2_000, 2, [])] }
    const told: string[] = []
    for (const outcome of ['written', 'written-before']) {
      await using after = await folder.open(clock)
      after.events.onEvent((events) => told.push(...events.map(({ kind }) => kind)))
      expect(await after.desk.applyEffects(end)).toBe(outcome)
    }
    expect(told).toEqual(['alarm.unshelved', 'alarm.raised'])
  })
})

describe('a device out of service', () => {
  const METER = { kind: 'device', id: 'meter-1' } as const
  const service = { until: T0 + HOUR_MS, reason: 'pipe work' }

  it('is recorded and does not ring, opens no order, and shows what still holds when it is back', async () => {
    await using it = await plant()
    await it.desk.takeOutOfService(METER, service, LI)
    expect(await it.outOfService.list()).toMatchObject([{ ...METER, ...service, who: 'li' }])
    await it.commit(10, [breach(10), breach(10, { rule: 'tamper', fault: 'tamper' })])
    await it.commit(20, [clear(20)])
    expect(it.told.splice(0)).toEqual([
      'out-of-service.began',
      'alarm.suppressed',
      'alarm.suppressed',
      'alarm.cleared',
    ])
    expect((await it.orders.list(PAGE)).items).toEqual([])
    await it.desk.putBackInService(METER, WANG)
    expect(it.told).toEqual(['out-of-service.ended', 'alarm.unsuppressed', 'alarm.raised', 'order.created'])
    expect((await it.audit.list(PAGE)).items.map(({ action, by }) => [action, by])).toEqual([
      ['service.ended', 'wang'],
      ['service.taken', 'li'],
    ])
    await expect(it.desk.putBackInService(METER, WANG)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('silences what rang before, and comes back by itself', async () => {
    await using it = await plantWithAlarm()
    await it.desk.takeOutOfService(METER, { ...service, until: T0 + 500 }, LI)
    expect(only(await it.listed('suppressed'))).toMatchObject({
      suppression: { by: 'out-of-service', who: 'li' },
    })
    await it.commit(500, [])
    expect(it.told).toEqual([
      'out-of-service.began',
      'alarm.suppressed',
      'out-of-service.ended',
      'alarm.unsuppressed',
      'alarm.raised',
    ])
    const ended = (await it.events.after(0, 10)).find(({ kind }) => kind === 'out-of-service.ended')
    expect(ended).toMatchObject({
      outOfService: { ...METER, reason: 'pipe work', ended: { at: T0 + 500, by: 'gateway' } },
    })
    expect(await it.outOfService.list()).toEqual([])
  })

  it('is so with the whole of its zone', async () => {
    await using it = await plant()
    await it.desk.takeOutOfService({ kind: 'zone', id: 'yard' }, service, LI)
    const yard = { institution: 'school', zone: 'yard' }
    await it.commit(10, [breach(10, { place: yard }), breach(10, { subject: 'meter-2', device: 'meter-2' })])
    expect(it.told).toEqual(['out-of-service.began', 'alarm.suppressed', 'alarm.raised', 'order.created'])
  })

  it('keeps an alarm quiet whose shelf ends meanwhile', async () => {
    await using it = await plantWithAlarm()
    await it.shelve(100)
    await it.desk.takeOutOfService(METER, service, LI)
    await it.commit(1_000, [])
    expect(await it.alarm()).toMatchObject({ suppression: { by: 'out-of-service' } })
    expect(it.told).not.toContain('alarm.raised')
  })

  it('is so for as long as the site allows', async () => {
    await using it = await plant()
    const asked = { ...service, until: T0 + 91 * 24 * HOUR_MS }
    await expect(it.desk.takeOutOfService(METER, asked, LI)).rejects.toMatchObject({ code: 'quiet-too-long' })
  })
})

describe('a latched alarm', () => {
  it('is no fault any more for its repair, stays active, and is let go by whoever sees it then', async () => {
    await using it = await plantWithAlarm({ latching: true })
    const order = await onlyOrder(it)
    for (const to of ['dispatched', 'accepted', 'done'] as const)
      await it.desk.moveOrder(order.id, { to, assignee: 'Dongfang' }, LI)
    await expect(it.desk.reset(it.id, LI)).rejects.toMatchObject({ code: 'alarm-holds' })
    await it.commit(100, [clear(100)])
    expect(await it.alarm()).toMatchObject({ state: 'active-unacknowledged', returnedAt: T0 + 100 })
    expect((await onlyOrder(it)).verification).toMatchObject({ state: 'waiting', since: T0 + 100 })
    await it.desk.acknowledge(it.id, WANG)
    expect(await it.alarm()).toMatchObject({ state: 'cleared', clearedAt: T0 + 100 })
    expect(it.told.filter((kind) => kind.startsWith('alarm.'))).toEqual([
      'alarm.latched',
      'alarm.acknowledged',
      'alarm.cleared',
    ])
  })

  it('is told as latched once, however often its rule finds it over', async () => {
    await using it = await plantWithAlarm({ latching: true })
    await it.commit(100, [clear(100)])
    await it.commit(200, [clear(200)])
    expect(it.told).toEqual(['alarm.latched'])
    expect(await it.alarm()).toMatchObject({ returnedAt: T0 + 100 })
  })

  it('is reset by a person where it was acknowledged before; again is the same answer', async () => {
    await using it = await plantWithAlarm({ latching: true })
    await it.desk.acknowledge(it.id, WANG)
    await it.commit(100, [clear(100)])
    const gone = await it.desk.reset(it.id, LI, 'lamp checked')
    expect(gone).toMatchObject({ state: 'cleared', acknowledged: { by: 'wang' } })
    expect(await it.desk.reset(it.id, LI)).toEqual(gone)
    expect((await it.audit.list(PAGE)).items[0]).toMatchObject({ action: 'alarm.reset', by: 'li' })
  })

  it('that was shelved all the while rings when its shelf ends, but opens no order: nothing is broken any more', async () => {
    await using it = await plantWithAlarm({ latching: true })
    await it.desk.moveOrder((await onlyOrder(it)).id, { to: 'cancelled' }, WANG)
    await it.desk.acknowledge(it.id, WANG)
    await it.commit(20, [clear(20)])
    await it.desk.reset(it.id, WANG)
    await it.shelve(1_000)
    await it.commit(30, [breach(30, { latching: true }), clear(40)])
    it.told.length = 0
    await it.commit(5_000, [])
    expect(it.told).toEqual(['alarm.unshelved', 'alarm.raised'])
    expect((await it.orders.list({ ...PAGE, state: 'open' })).items).toEqual([])
  })

  it('does not keep the next breach from being an alarm of its own', async () => {
    await using it = await plantWithAlarm({ latching: true })
    await it.commit(100, [clear(100)])
    await it.commit(200, [breach(200, { latching: true })])
    expect((await it.alarms.list({ ...PAGE, state: 'active' })).items).toHaveLength(2)
  })
})
