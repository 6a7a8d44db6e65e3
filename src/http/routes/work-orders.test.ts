import { expect, it } from 'vitest'
import { openApi } from '../../../tests/support/api.ts'

it('an order for an alarm is opened once; a second alarm of the fault gets the same one', async () => {
  await using api = await openApi()
  const { id: alarm } = await api.breach()
  const first = await api.as('operator', 'POST', '/work-orders', { alarm, note: 'main valve' })
  expect(first.statusCode).toBe(201)
  expect(first.headers.location).toBe(`/api/v1/work-orders/${first.json().id}`)
  expect(first.json()).toMatchObject({
    ...{ number: 1, kind: 'repair', fault: 'burst-pipe', state: 'reported', assignee: null, version: 1 },
    occurrences: [alarm],
    createdAt: '2026-11-22T10:00:00.000+08:00',
    history: [{ by: 'operator', from: null, to: 'reported', note: 'main valve' }],
    verification: { state: 'none', since: null, until: null, because: null },
    where: { name: 'Main', place: { institution: 'bureau', building: 'east' } },
    next: ['dispatched', 'cancelled'],
  })
  const again = await api.as('admin', 'POST', '/work-orders', { alarm })
  expect([again.statusCode, again.json().id]).toEqual([200, first.json().id])
  expect((await api.as('viewer', 'GET', `/alarms/${alarm}`)).json().order).toBe(first.json().id)
})

it('a move that cannot be is 409 and says where it may go', async () => {
  await using api = await openApi()
  const { id } = (
    await api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title: 'Hinge' })
  ).json()
  const move = (body: object) => api.as('operator', 'POST', `/work-orders/${id}/transitions`, body)
  const refused = await move({ to: 'closed' })
  expect(refused.statusCode).toBe(409)
  expect(refused.json()).toMatchObject({
    code: 'order-state',
    status: 409,
    next: ['dispatched', 'cancelled'],
  })
  const moved = (await move({ to: 'dispatched', assignee: 'plumbers', version: 1 })).json()
  expect(moved).toMatchObject({ state: 'dispatched', assignee: 'plumbers', version: 2 })
  expect((await move({ to: 'accepted', version: 1 })).json()).toMatchObject({
    code: 'order-version',
    status: 409,
  })
})

it('an order is found by state, assignee and device', async () => {
  await using api = await openApi()
  const open = async (device: string) =>
    (await api.as('operator', 'POST', '/work-orders', { device, title: 'Look' })).json().id
  const [gate, meter] = [await open('gate-1'), await open('meter-1')]
  await api.as('operator', 'POST', `/work-orders/${gate}/transitions`, { to: 'cancelled' })
  const found = async (query: string) =>
    (await api.as('viewer', 'GET', `/work-orders?${query}`)).json().items.map(({ id }: { id: string }) => id)
  expect(await found('state=open')).toEqual([meter])
  expect(await found('state=cancelled')).toEqual([gate])
  expect(await found('device=gate-1')).toEqual([gate])
  expect(await found('')).toEqual([meter, gate])
  expect(await found('assignee=plumbers')).toEqual([])
})

it('an order for a device or an alarm that there is not is 404', async () => {
  await using api = await openApi()
  const open = async (body: object) => (await api.as('operator', 'POST', '/work-orders', body)).statusCode
  expect(await open({ device: 'nobody', title: 'Look' })).toBe(404)
  expect(await open({ alarm: 'nobody' })).toBe(404)
  expect(await open({ alarm: 'a', device: 'gate-1', title: 'both' })).toBe(422)
  expect(await open({ device: 'gate-1' })).toBe(422)
})
