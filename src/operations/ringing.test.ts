import { describe, expect, it } from 'vitest'
import { breach, clear, flow, LI, only, PAGE, plant, T0, WANG } from '../../tests/support/found-faults.ts'
import { kinshipOf } from '../alarms/kinship.ts'
import { AlarmsOptions } from '../alarms/options.ts'

const KIN = kinshipOf([
  { id: 'meter-1', parent: 'gateway' },
  { id: 'meter-2', parent: 'gateway' },
  { id: 'gateway', source: 'plant' },
  { id: 'meter-3' },
])
const alarms = AlarmsOptions.parse({ parents: { settleMs: 1_000 } })

const silence = (atMs: number, device: string, more: Parameters<typeof breach>[1] = {}) =>
  breach(atMs, {
    rule: 'silent',
    fault: `${device}-silent`,
    subject: device,
    device,
    woken: true,
    severity: 'medium',
    ...more,
  })
/** The gateway has not been heard since then. */
const death = (atMs: number, sinceMs: number) => silence(atMs, 'gateway', { cutsOffSince: T0 + sinceMs })
const heardAgain = (atMs: number, device: string) => clear(atMs, { rule: 'silent', subject: device })

const plantBehindGateway = async () => {
  const it = await plant({ kin: KIN, alarms })
  const of = async (device: string) => (await it.alarms.list({ ...PAGE, state: 'all', device })).items
  const repairs = async () => (await it.orders.list(PAGE)).items.map(({ device }) => device)
  return { ...it, of, repairs }
}

it('the repair of a source is proven by what comes through it, and by nothing else', async () => {
  await using it = await plantBehindGateway()
  const source = {
    subject: 'source:plant',
    device: 'source:plant',
    rule: 'source-down',
    fault: 'source-down',
  }
  const proof = { verifyMs: 1_000, points: [] }
  const repaired = async (atMs: number) => {
    await it.commit(atMs, [breach(atMs, { ...source, proof })])
    await it.commit(atMs + 10, [clear(atMs + 10, source)])
    const { id } = only((await it.orders.list({ ...PAGE, state: 'open' })).items)
    for (const to of ['dispatched', 'accepted', 'done'] as const)
      await it.desk.moveOrder(id, { to, assignee: 'Dongfang' }, LI)
    return id
  }
  const first = await repaired(10)
  await it.commit(500, [], [flow(500, 'meter-3')])
  await it.commit(1_100, [])
  expect((await it.orders.get(first))?.verification).toMatchObject({
    state: 'manual',
    because: { code: 'no-good-reading' },
  })
  await it.desk.moveOrder(first, { to: 'verified' }, WANG)
  await it.desk.moveOrder(first, { to: 'closed' }, WANG)
  const second = await repaired(2_000)
  await it.commit(2_500, [], [flow(2_500, 'meter-1')])
  await it.commit(3_100, [])
  expect(await it.orders.get(second)).toMatchObject({ state: 'verified', verification: { state: 'passed' } })
})

describe('a dead parent', () => {
  it('is one alarm; those of its children are recorded, counted on it, and open no order', async () => {
    await using it = await plantBehindGateway()
    await it.commit(100, [death(100, 40), silence(100, 'meter-1')])
    await it.commit(200, [silence(200, 'meter-2'), silence(200, 'meter-3')])
    const parent = only(await it.of('gateway'))
    expect(parent).toMatchObject({ state: 'active-unacknowledged', suppresses: 2 })
    expect(only(await it.of('meter-1'))).toMatchObject({ suppression: { by: 'parent', parent: parent.id } })
    expect(
      it.told.filter((kind) => kind === 'alarm.raised'),
      'the gateway, and a meter not behind it',
    ).toHaveLength(2)
    expect(await it.repairs()).toEqual(['meter-3', 'gateway'])
    const quiet = (await it.alarms.list({ ...PAGE, state: 'suppressed' })).items
    expect(quiet.map(({ device }) => device)).toEqual(['meter-2', 'meter-1'])
  })

  it('that comes back and dies again before its children could be heard still keeps them quiet', async () => {
    await using it = await plantBehindGateway()
    await it.commit(100, [death(100, 40), silence(100, 'meter-1')])
    await it.commit(200, [heardAgain(200, 'gateway')])
    await it.commit(900, [death(900, 600)])
    const [again, first] = await it.of('gateway')
    await it.commit(1_300, []) // the first death is settled
    expect(only(await it.of('meter-1'))).toMatchObject({
      state: 'active-unacknowledged',
      suppression: { by: 'parent', parent: again?.id },
    })
    expect([first?.suppresses, (await it.of('gateway'))[0]?.suppresses]).toEqual([1, 1])
    await it.commit(1_400, [heardAgain(1_400, 'gateway')])
    await it.commit(2_500, []) // it stayed, and the meter is not heard: that is news
    expect(only(await it.of('meter-1')).suppression).toBeUndefined()
    expect(it.told.filter((kind) => kind === 'alarm.raised')).toHaveLength(3)
  })

  it('takes the alarm of a child with it that came a moment before its own', async () => {
    await using it = await plantBehindGateway()
    await it.commit(80, [silence(80, 'meter-1')])
    await it.commit(100, [death(100, 40)])
    expect(only(await it.of('meter-1'))).toMatchObject({ suppression: { by: 'parent' } })
    expect(it.told).toEqual([
      'alarm.raised',
      'order.created',
      'alarm.raised',
      'order.created',
      'alarm.suppressed',
    ])
  })

  it('has nothing to do with what was wrong before it died, or with what a child said', async () => {
    await using it = await plantBehindGateway()
    await it.commit(30, [silence(30, 'meter-1')])
    await it.commit(50, [breach(50, { subject: 'meter-2', device: 'meter-2' })])
    await it.commit(100, [death(100, 40)])
    await it.commit(110, [breach(110)])
    expect((await it.alarms.list({ ...PAGE, state: 'suppressed' })).items).toEqual([])
  })

  it('does not take over what was wrong before it died when the shelf of that ends', async () => {
    await using it = await plantBehindGateway()
    await it.commit(30, [silence(30, 'meter-1')])
    const { id } = only(await it.of('meter-1'))
    await it.desk.shelve(id, { forMs: 1_000, reason: 'known' }, LI)
    await it.commit(100, [death(100, 40)])
    await it.commit(2_000, [])
    expect(only(await it.of('meter-1'))).not.toHaveProperty('suppression')
    expect(it.told.at(-1)).toBe('alarm.raised')
  })

  it('hides nothing of a child that is heard all the same', async () => {
    await using it = await plantBehindGateway()
    await it.commit(100, [death(100, 40), silence(100, 'meter-1'), silence(100, 'meter-2')])
    it.told.length = 0
    await it.commit(200, [], [flow(200, 'meter-1')])
    expect(it.told, 'it holds, and nothing explains it').toEqual([
      'alarm.unsuppressed',
      'alarm.raised',
      'order.created',
    ])
    await it.commit(300, [heardAgain(300, 'meter-1')])
    await it.commit(400, [silence(400, 'meter-1')])
    expect(it.told.slice(3)).toEqual(['alarm.cleared', 'alarm.raised'])
    expect(only(await it.of('meter-2'))).toMatchObject({ suppression: { by: 'parent' } })
  })

  it('heard again gives its children a while; what still holds then rings, once', async () => {
    await using it = await plantBehindGateway()
    await it.commit(100, [death(100, 40), silence(100, 'meter-1')])
    await it.commit(500, [heardAgain(500, 'gateway')])
    await it.commit(600, [silence(600, 'meter-2')])
    it.told.length = 0
    await it.commit(700, [heardAgain(700, 'meter-1')])
    await it.commit(1_499, [])
    expect(it.told).toEqual(['alarm.cleared'])
    expect(only(await it.of('meter-1'))).toMatchObject({ state: 'cleared' })
    await it.commit(1_500, [])
    await it.commit(9_000, [])
    expect(it.told.slice(1)).toEqual(['alarm.unsuppressed', 'alarm.raised', 'order.created'])
    expect(await it.repairs()).toEqual(['meter-2', 'gateway'])
  })

  it('that dies again while its children settle keeps them quiet', async () => {
    await using it = await plantBehindGateway()
    await it.commit(100, [death(100, 40), silence(100, 'meter-1')])
    await it.commit(500, [heardAgain(500, 'gateway')])
    await it.commit(900, [silence(900, 'gateway', { cutsOffSince: T0 + 100 })])
    await it.commit(5_000, [])
    const [second] = await it.of('gateway')
    expect(only(await it.of('meter-1'))).toMatchObject({ suppression: { by: 'parent', parent: second?.id } })
  })

  it('is itself a child: of a source that is down', async () => {
    await using it = await plantBehindGateway()
    const source = {
      rule: 'source-down',
      fault: 'source-down',
      order: 'none',
      cutsOffSince: T0 + 10,
    } as const
    await it.commit(50, [breach(50, { ...source, subject: 'source:plant', device: 'source:plant' })])
    await it.commit(100, [death(100, 60), silence(100, 'meter-1')])
    expect(it.told).toEqual(['alarm.raised', 'alarm.suppressed', 'alarm.suppressed'])
    const down = only(await it.of('source:plant'))
    expect(only(await it.of('gateway'))).toMatchObject({ suppression: { parent: down.id }, suppresses: 1 })
  })

  it('that is shelved still answers for its children', async () => {
    await using it = await plantBehindGateway()
    await it.commit(100, [death(100, 40), silence(100, 'meter-1')])
    await it.desk.shelve(only(await it.of('gateway')).id, { forMs: 10_000, reason: 'spare on its way' }, LI)
    await it.commit(200, [silence(200, 'meter-2')])
    expect(it.told.filter((kind) => kind === 'alarm.raised')).toHaveLength(1)
  })

  it('leaves an order alone whose proof it has made impossible', async () => {
    await using it = await plantBehindGateway()
    await it.commit(10, [silence(10, 'meter-1')])
    await it.commit(20, [heardAgain(20, 'meter-1')])
    const order = only((await it.orders.list(PAGE)).items)
    for (const to of ['dispatched', 'accepted', 'done'] as const)
      await it.desk.moveOrder(order.id, { to, assignee: 'Dongfang' }, LI)
    await it.commit(100, [death(100, 40), silence(100, 'meter-1')])
    expect(await it.repairs()).toEqual(['gateway', 'meter-1'])
    expect((await it.orders.list(PAGE)).items[1]).toMatchObject({
      state: 'done',
      verification: { state: 'waiting' },
    })
  })

  it('comes to the same whether commits are worked through one by one or in one go', async () => {
    const findings = [
      [silence(80, 'meter-1')],
      [death(100, 40), silence(100, 'meter-2')],
      [heardAgain(500, 'gateway')],
      [heardAgain(700, 'meter-1')],
      [],
    ]
    const times = [80, 100, 500, 700, 1_600]
    const commits = findings.map((found, i) => {
      const at = T0 + (times[i] ?? 0)
      return { offset: i + 1, receivedAt: at, learnedAt: at, findings: found, readings: [] }
    })
    await using one = await plantBehindGateway()
    for (const [i, commit] of commits.entries()) await one.commit(times[i] ?? 0, commit.findings)
    await using other = await plantBehindGateway()
    other.clock.pass(1_600)
    await other.desk.applyEffects({ from: 0, to: commits.length, commits })
    expect(other.told).toEqual(one.told)
    expect(one.told.at(-2)).toBe('alarm.raised')
  })
})

it('a repair behind a gateway that is away waits for a person, unless its device was heard all the same', async () => {
  for (const isHeard of [false, true]) {
    await using it = await plantBehindGateway()
    await it.commit(10, [breach(10)])
    await it.commit(20, [clear(20)])
    const { id } = only((await it.orders.list(PAGE)).items)
    for (const to of ['dispatched', 'accepted', 'done'] as const)
      await it.desk.moveOrder(id, { to, assignee: 'Dongfang' }, LI)
    await it.commit(100, [], [flow(90)])
    await it.commit(500, [death(500, 200)])
    await it.commit(600, [], isHeard ? [flow(600)] : [])
    await it.commit(1_500, [])
    const { state, verification } = (await it.orders.get(id)) ?? expect.unreachable()
    expect([state, verification.because?.code]).toEqual(
      isHeard ? ['verified', 'no-breach'] : ['done', 'not-heard'],
    )
  }
})
