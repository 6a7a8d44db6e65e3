import { expect, it } from 'vitest'
import { openApi, SITE } from '../../../tests/support/api.ts'
import type { Role } from '../../operations/roles.ts'
import { clocksIn } from '../../work-orders/clocks.ts'
import { WorkOrdersOptions } from '../../work-orders/options.ts'

it('an order for an alarm is opened once; a second alarm of the fault gets the same one', async () => {
  await using api = await openApi()
  const { id: alarm } = await api.breach()
  const first = await api.as('operator', 'POST', '/work-orders', { alarm, note: 'main valve' })
  expect(first.statusCode).toBe(201)
  expect(first.headers.location).toBe(`/api/v1/work-orders/${first.json().id}`)
  expect(first.json()).toMatchObject({
    number: 1,
    kind: 'repair',
    fault: 'burst-pipe',
    state: 'reported',
    assignee: null,
    version: 1,
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

it('an order is moved by the ETag that was read, and by no older one', async () => {
  await using api = await openApi()
  const made = await api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title: 'Hinge' })
  const { id } = made.json()
  const path = `/work-orders/${id}`
  const read = await api.as('operator', 'GET', path)
  expect([made.headers.etag, read.headers.etag]).toEqual(['"1"', '"1"'])
  const move = (to: string, match: string, more = {}) =>
    api.as('operator', 'POST', `${path}/transitions`, { to, ...more }, { 'if-match': match })
  const moved = await move('dispatched', '"1"', { assignee: 'plumbers' })
  expect([moved.statusCode, moved.headers.etag]).toEqual([200, '"2"'])
  const late = await move('accepted', 'W/"1"')
  expect(late.json()).toMatchObject({
    code: 'precondition-failed',
    status: 412,
    version: 2,
    next: ['dispatched', 'accepted', 'reported', 'cancelled'],
  })
  for (const wrong of ['1', '"one"', '"1", "2"']) expect((await move('accepted', wrong)).statusCode).toBe(422)
  expect((await move('accepted', '"2"', { version: 1 })).json().errors).toMatchObject([{ path: 'version' }])
  expect((await move('accepted', '*')).json()).toMatchObject({ state: 'accepted', version: 3 })
})

it('an order for a device or an alarm that there is not is 404', async () => {
  await using api = await openApi()
  const open = async (body: object) => (await api.as('operator', 'POST', '/work-orders', body)).statusCode
  expect(await open({ device: 'nobody', title: 'Look' })).toBe(404)
  expect(await open({ alarm: 'nobody' })).toBe(404)
  expect(await open({ alarm: 'a', device: 'gate-1', title: 'both' })).toBe(422)
  expect(await open({ device: 'gate-1' })).toBe(422)
})

it('an order offers each who asks what they may do, and nothing else', async () => {
  await using api = await openApi()
  const { id } = (
    await api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title: 'Hinge' })
  ).json()
  const move = (to: string, more = {}) =>
    api.as('operator', 'POST', `/work-orders/${id}/transitions`, { to, ...more })
  const nextOf = async (role: Role) => (await api.as(role, 'GET', `/work-orders/${id}`)).json().next
  await move('dispatched', { assignee: 'plumbers' })
  expect(await nextOf('operator')).toEqual(['dispatched', 'accepted', 'reported', 'cancelled'])
  expect(await nextOf('contractor')).toEqual(['accepted', 'reported'])
  expect(await nextOf('viewer')).toEqual([])
  const list = await api.as('contractor', 'GET', '/work-orders')
  expect(list.json().items[0].next).toEqual(['accepted', 'reported'])
  const accepted = await api.as('contractor', 'POST', `/work-orders/${id}/transitions`, { to: 'accepted' })
  expect(accepted.json().next).toEqual(['done', 'reported'])
  const refused = await api.as('contractor', 'POST', `/work-orders/${id}/transitions`, { to: 'cancelled' })
  expect(refused.json()).toMatchObject({ code: 'forbidden', status: 403, next: ['done', 'reported'] })
  await move('done')
  expect(await nextOf('contractor')).toEqual([])
  // No rule watches it, so a person has to say that it is well: another one.
  expect(await nextOf('operator')).toEqual(['accepted'])
  expect(await nextOf('admin')).toEqual(['verified', 'accepted'])
  const awaits = async (role: Role) => (await api.as(role, 'GET', `/work-orders/${id}`)).json().awaits
  expect(await awaits('operator')).toMatchObject({ code: 'awaits-yours' })
  expect(await awaits('admin')).toMatchObject({ code: 'awaits-person', figures: { user: 'operator' } })
})

it('what a move lacks is said at its field, in the reader’s language', async () => {
  await using api = await openApi()
  const { id } = (
    await api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title: 'Hinge' })
  ).json()
  const path = `/work-orders/${id}/transitions`
  const chinese = { 'accept-language': 'zh-CN' }
  const unnamed = await api.as('operator', 'POST', path, { to: 'dispatched', assignee: '  ' })
  const nobody = await api.as('operator', 'POST', path, { to: 'dispatched' }, chinese)
  expect([unnamed.statusCode, nobody.statusCode]).toEqual([422, 422])
  expect(nobody.json()).toMatchObject({
    code: 'invalid-input',
    errors: [{ path: 'assignee', message: '工单 #1 派单时须指定处理方（物业服务商或人员）。' }],
  })
  await api.as('operator', 'POST', path, { to: 'dispatched', assignee: 'plumbers' })
  const mute = await api.as('contractor', 'POST', path, { to: 'reported', note: ' ' })
  expect(mute.json()).toMatchObject({
    code: 'invalid-input',
    errors: [{ path: 'note', message: expect.stringContaining('Say why') }],
  })
  const back = await api.as('contractor', 'POST', path, { to: 'reported', note: 'not our gate' })
  expect(back.json()).toMatchObject({
    state: 'reported',
    assignee: null,
    next: [],
    awaits: { code: 'awaits-dispatch' },
    history: [{}, { assignee: 'plumbers' }, { note: 'not our gate', assignee: 'plumbers' }],
  })
  expect((await api.as('contractor', 'GET', `/work-orders/${id}`)).statusCode).toBe(403)
})

it('a 409 says who moved the order, to what, and what is possible now, in the reader’s language', async () => {
  await using api = await openApi()
  const { id } = (
    await api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title: 'Hinge' })
  ).json()
  const path = `/work-orders/${id}/transitions`
  await api.as('admin', 'POST', path, { to: 'dispatched', assignee: 'plumbers' })
  const stale = await api.as('operator', 'POST', path, { to: 'cancelled', version: 1 })
  expect(stale.json()).toMatchObject({
    code: 'order-version',
    status: 409,
    state: 'dispatched',
    version: 2,
    by: 'admin',
    at: '2026-11-22T02:00:00.000Z',
    next: ['dispatched', 'accepted', 'reported', 'cancelled'],
    detail:
      'Work order 1 has changed since you read it: admin moved it to “dispatched”. You may move it to “dispatched”, “accepted”, “reported”, “cancelled”.',
  })
  const chinese = { 'accept-language': 'zh-CN' }
  const wrong = await api.as('contractor', 'POST', path, { to: 'done' }, chinese)
  expect(wrong.json()).toMatchObject({
    code: 'order-state',
    next: ['accepted', 'reported'],
    detail: '工单 #1 不能流转为“已完工”：admin 已将其改为“已派单”。您可将其改为：“已接单”、“已报修”。',
  })
  await api.as('operator', 'POST', path, { to: 'cancelled' })
  const late = await api.as('contractor', 'POST', path, { to: 'accepted' })
  expect(late.json()).toMatchObject({
    code: 'order-state',
    next: [],
    by: 'operator',
    state: 'cancelled',
    detail:
      'Work order 1 cannot be moved to “accepted”: operator moved it to “cancelled”. There is no move that you may make.',
  })
})

it('orders are found by when they were raised, ended and will be proven, page after page', async () => {
  await using api = await openApi()
  const open = async () =>
    (await api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title: 'Look' })).json().id
  const cancel = (id: string) =>
    api.as('operator', 'POST', `/work-orders/${id}/transitions`, { to: 'cancelled' })
  const ids: string[] = []
  for (let made = 0; made < 5; made++) {
    ids.push(await open())
    api.clock.pass(86_400_000)
  }
  await cancel(ids[1] as string)
  api.clock.pass(86_400_000)
  await cancel(ids[3] as string)
  const page = async (query: string) => (await api.as('viewer', 'GET', `/work-orders?${query}`)).json()
  const found = async (query: string) =>
    (await page(query)).items.map(({ id }: { id: string }) => ids.indexOf(id))
  const from = '2026-11-23T10:00:00%2B08:00'
  const to = '2026-11-25T10:00:00%2B08:00'
  expect(await found(`from=${from}&to=${to}`)).toEqual([2, 1])
  expect(await found(`from=${from}`)).toEqual([4, 3, 2, 1])
  expect(await found('endedFrom=2026-11-27T10:00:00%2B08:00')).toEqual([3, 1])
  expect(await found('endedTo=2026-11-28T10:00:00%2B08:00')).toEqual([1])
  expect(await found(`from=${from}&to=${to}&state=open`)).toEqual([2])
  expect(await found(`dueFrom=${from}`)).toEqual([])
  const first = await page(`from=${from}&limit=3`)
  expect(first.items.map(({ id }: { id: string }) => ids.indexOf(id))).toEqual([4, 3, 2])
  expect(await found(`from=${from}&limit=3&cursor=${first.next}`)).toEqual([1])
  expect((await page(`endedFrom=${to}&endedTo=${from}`)).errors).toEqual([
    { path: 'endedTo', message: 'before `endedFrom`' },
  ])
})

it('an order says what was promised of it, and what was not kept', async () => {
  const targets = { medium: { acceptMs: 60_000, repairMs: null } }
  const clocksOf = clocksIn(WorkOrdersOptions.parse({ targets }), SITE)
  await using api = await openApi({ services: { clocksOf } })
  const made = await api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title: 'Hinge' })
  const { id, clocks } = made.json()
  const promised = { clock: 'acceptance', limitMs: 60_000, dueAt: '2026-11-22T10:01:00.000+08:00' }
  expect(clocks).toEqual([{ ...promised, metAt: null, overdue: false }])
  const path = `/work-orders/${id}/transitions`
  api.clock.pass(90_000)
  await api.as('operator', 'POST', path, { to: 'dispatched', assignee: 'plumbers' })
  const accepted = await api.as('contractor', 'POST', path, { to: 'accepted' })
  expect(accepted.json().clocks).toEqual([
    { ...promised, metAt: '2026-11-22T10:01:30.000+08:00', overdue: true },
  ])
  const held = await api.as('contractor', 'POST', path, { to: 'on-hold', note: 'a valve is on its way' })
  expect(held.statusCode, 'whoever is judged by the clock does not stop it').toBe(403)
  const why = { to: 'on-hold', note: 'a valve is on its way' }
  expect((await api.as('operator', 'POST', path, { to: 'on-hold' })).statusCode).toBe(422)
  expect((await api.as('operator', 'POST', path, why)).json()).toMatchObject({
    state: 'on-hold',
    next: ['accepted', 'dispatched', 'reported', 'cancelled'],
    awaits: { code: 'awaits-resumption' },
  })
})

it('what a person reports is as urgent as they say, and of medium urgency otherwise', async () => {
  await using api = await openApi()
  const severityOf = async (more: object) => {
    const body = { device: 'gate-1', title: 'Water in the lobby', ...more }
    const answer = await api.as('operator', 'POST', '/work-orders', body)
    return answer.json().severity ?? answer.statusCode
  }
  expect(await severityOf({})).toBe('medium')
  expect(await severityOf({ severity: 'critical' })).toBe('critical')
  expect(await severityOf({ severity: 'fatal' })).toBe(422)
})
