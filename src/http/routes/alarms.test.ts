import { expect, it } from 'vitest'
import { openApi } from '../../../tests/support/api.ts'

it('an alarm says what, where, since when and why, in the words of the reader and the clock of the site', async () => {
  await using api = await openApi()
  const { id } = await api.breach()
  const alarm = (await api.as('viewer', 'GET', `/alarms/${id}`)).json()
  expect(alarm).toEqual({
    id,
    rule: 'burst-pipe',
    fault: 'burst-pipe',
    subject: 'meter-1',
    device: 'meter-1',
    place: { institution: 'bureau', building: 'east' },
    severity: 'critical',
    state: 'active-unacknowledged',
    raisedAt: '2026-11-22T10:00:00.000+08:00',
    learnedAt: '2026-11-22T10:00:00.000+08:00',
    clearedAt: null,
    clearedBecause: null,
    suppression: null,
    because: {
      code: 'above-for',
      figures: { point: 'flow', value: 18.4, above: 6, forMs: 720_000 },
      text: alarm.because.text,
    },
    order: null,
    repeats: null,
  })
  expect(alarm.because.text).toMatch(/18\.4/)
  const chinese = (
    await api.as('viewer', 'GET', `/alarms/${id}`, undefined, { 'accept-language': 'zh' })
  ).json()
  expect(chinese.because).toMatchObject({ code: 'above-for', figures: alarm.because.figures })
  expect(chinese.because.text).toMatch(/\p{Script=Han}/u)
})

it('acknowledging again gives the same answer, whoever does it', async () => {
  await using api = await openApi()
  const { id } = await api.breach()
  const acknowledge = (role: 'operator' | 'admin', body?: object) =>
    api.as(role, 'POST', `/alarms/${id}/acknowledge`, body)
  api.clock.pass(42_000)
  const first = (await acknowledge('operator', { note: 'Li is on his way' })).json()
  expect(first).toMatchObject({
    state: 'active-acknowledged',
    acknowledged: { at: '2026-11-22T10:00:42.000+08:00', by: 'operator', note: 'Li is on his way' },
  })
  api.clock.pass(1_000)
  const again = await acknowledge('admin')
  expect([again.statusCode, again.json()]).toEqual([200, first])
})

it('pages stay whole while alarms are raised between them', async () => {
  await using api = await openApi()
  for (const fault of ['a', 'b', 'c', 'd', 'e']) {
    await api.breach('meter-1', fault)
    api.clock.pass(1_000)
  }
  const seen: string[] = []
  let next = ''
  for (let pages = 0; next !== 'end'; pages++) {
    const page = (await api.as('viewer', 'GET', `/alarms?limit=2${next && `&cursor=${next}`}`)).json()
    seen.push(...page.items.map(({ fault }: { fault: string }) => fault))
    next = page.next ?? 'end'
    if (pages === 0) await api.breach('meter-1', 'f')
  }
  expect(seen).toEqual(['e', 'd', 'c', 'b', 'a'])
})

it('filters narrow, and an interval is half-open', async () => {
  await using api = await openApi()
  await api.breach('meter-1', 'early')
  api.clock.pass(60_000)
  await api.breach('gate-1', 'late', 'high')
  const faults = async (query: string) =>
    (await api.as('viewer', 'GET', `/alarms?${query}`))
      .json()
      .items.map(({ fault }: { fault: string }) => fault)
  expect(await faults('severity=high')).toEqual(['late'])
  expect(await faults('device=meter-1')).toEqual(['early'])
  expect(await faults('from=2026-11-22T02:00:00Z&to=2026-11-22T02:01:00Z')).toEqual(['early'])
  // A bare plus in an address arrives as a space.
  expect(await faults('from=2026-11-22T10:01:00+08:00')).toEqual(['late'])
})
