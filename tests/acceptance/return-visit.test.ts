/**
 * The loop with all its detours, as an operator, two contractors and a visitor go through it by HTTP: given
 * to another firm, called done too soon, back again by the readings, left to a person, found again on the
 * visit, closed, and come again.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import type { NewToken } from '../../src/operations/accounts.ts'
import { apiOf, temporaryFolder } from '../support/gateway.ts'
import { gatewayHere } from '../support/gateway-here.ts'
import { openWire, preparePublish } from '../support/mqtt-wire.ts'

const CONFIG = join(import.meta.dirname, '../support/site/gatehouse.yaml')
const NOW = Date.parse('2026-11-16T08:00:00+08:00')

type Order = {
  id: string
  number: number
  state: string
  assignee: string | null
  next: string[]
  version: number
  occurrences: string[]
  awaits: { code: string } | null
  history: { by: string; from: string | null; to: string; note?: string; evidence?: { code: string } }[]
  verification: { state: string; since: string | null; because: { code: string } | null }
}
type Alarm = { id: string; state: string; order: string | null }

it('a burst is raised, passed on, repaired badly, repaired well, proven, visited and closed; nobody does what is another’s', async () => {
  await using opened = new AsyncDisposableStack()
  const dataDir = temporaryFolder('visit')
  opened.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const here = opened.use(
    await gatewayHere(
      loadConfig(CONFIG, {
        GATEHOUSE_DATA_DIR: dataDir,
        GATEHOUSE_HTTP_PORT: '0',
        GATEHOUSE_MQTT_PORT: '0',
      }),
      NOW,
    ),
  )
  const { ports, operations } = here.gateway
  const password = await operations.registry.issueDeviceToken('meter-1', 'test')
  const wire = await openWire(ports.mqtt, 'meter-1', password)
  opened.defer(() => wire.close())
  /** The meter says so each half second. */
  const flows = async (flow: number, seconds: number) => {
    for (let beat = 0; beat < 2 * seconds; beat++) {
      await wire.publish(preparePublish('gatehouse/meter-1/readings', JSON.stringify({ flow })))
      await here.pass(500)
    }
  }

  const person = async (token: NewToken) => {
    const secret = await operations.registry.createToken(token, 'test')
    const api = apiOf(`http://127.0.0.1:${ports.http}`, async () => secret)
    return {
      ask: async <T>(path: string) => (await api(path)).body as T,
      status: async (path: string) => (await api(path)).status,
      post: async (path: string, body: object) => {
        const { status, body: answer } = await api(path, { method: 'POST', body })
        return { status, body: answer as Order & { code: string; by: string } }
      },
    }
  }
  const office = await person({ role: 'operator', label: 'li' })
  const visitor = await person({ role: 'operator', label: 'wang' })
  const plumbers = await person({ role: 'contractor', label: 'plumber', contractor: 'Plumbers' })
  const fitters = await person({ role: 'contractor', label: 'fitter', contractor: 'Fitters' })

  await flows(1, 1)
  await flows(12, 2)
  const { items: alarms } = await office.ask<{ items: Alarm[] }>('/alarms?state=open')
  expect(alarms).toMatchObject([{ state: 'active-unacknowledged', order: expect.any(String) }])
  const [alarm] = alarms as [Alarm]
  const path = `/work-orders/${alarm.order}`
  const order = () => office.ask<Order>(path)
  const by =
    (who: typeof office) =>
    (to: string, more: object = {}) =>
      who.post(`${path}/transitions`, { to, ...more })
  const [li, wang, plumber, fitter] = [by(office), by(visitor), by(plumbers), by(fitters)]

  // Given to one firm, which may do its own work and no more; then to another, and the first has nothing to do with it.
  expect(await plumbers.status(path)).toBe(403)
  expect(await li('accepted')).toMatchObject({ status: 409, body: { code: 'order-state' } })
  expect((await li('dispatched', { assignee: 'Plumbers' })).body.next).toEqual([
    'dispatched',
    'accepted',
    'reported',
    'cancelled',
  ])
  expect(await plumber('cancelled')).toMatchObject({ status: 403, body: { next: ['accepted', 'reported'] } })
  expect(await plumber('done')).toMatchObject({ status: 409, body: { next: ['accepted', 'reported'] } })
  expect(await fitter('accepted')).toMatchObject({ status: 403 })
  expect(await plumber('accepted')).toMatchObject({ status: 200 })
  expect(await plumber('dispatched', { assignee: 'Fitters' })).toMatchObject({ status: 403 })
  const seenAt = (await order()).version
  expect(await li('dispatched', { assignee: 'Fitters', note: 'the other firm has the key' })).toMatchObject({
    body: { state: 'dispatched', assignee: 'Fitters' },
  })
  expect(await plumber('done')).toMatchObject({ status: 403 })
  expect(await plumbers.status(path)).toBe(403)
  expect(await plumbers.ask('/work-orders')).toMatchObject({ items: [] })
  expect(await li('cancelled', { version: seenAt })).toMatchObject({
    status: 409,
    body: { code: 'order-version', state: 'dispatched' },
  })
  expect(await fitter('accepted')).toMatchObject({ status: 200 })

  // Done while it still bursts: no proof begins. The same once more is refused and changes nothing.
  const done = await fitter('done', { note: 'clamp' })
  expect(done.body).toMatchObject({
    state: 'done',
    verification: { state: 'waiting', since: null },
    awaits: { code: 'awaits-clearing' },
  })
  expect(await fitter('done')).toMatchObject({ status: 409, body: { state: 'done', by: 'fitter' } })
  expect(await li('done')).toMatchObject({ status: 409, body: { state: 'done', by: 'fitter' } })
  expect((await order()).version).toBe(done.body.version)
  await flows(2, 0.5)
  expect((await order()).verification).toMatchObject({ state: 'waiting', since: expect.any(String) })

  // It bursts again within the proof.
  await flows(12, 2)
  const failed = await order()
  expect(failed).toMatchObject({
    state: 'accepted',
    assignee: 'Fitters',
    awaits: { code: 'awaits-repair' },
    verification: { state: 'failed' },
  })
  expect(failed.occurrences).toHaveLength(2)
  expect(failed.history.at(-1)).toMatchObject({ by: 'gateway', from: 'done', evidence: expect.anything() })

  // Repaired, but the meter says nothing: somebody else has to say so.
  await flows(1, 1)
  await fitter('done')
  await here.pass(3_000)
  expect(await order()).toMatchObject({
    state: 'done',
    verification: { state: 'manual', because: { code: 'no-good-reading' } },
  })
  expect(await fitter('verified')).toMatchObject({ status: 403 })
  expect(await li('visited')).toMatchObject({ status: 409, body: { next: ['verified', 'accepted'] } })
  expect(await li('verified', { note: 'seen on the meter itself' })).toMatchObject({
    body: { state: 'verified', next: ['visited', 'closed', 'accepted'] },
  })

  // The visitor finds it dripping; the firm comes again, and its work holds.
  expect(await fitter('visited')).toMatchObject({ status: 403 })
  expect(await wang('accepted', { note: 'it drips' })).toMatchObject({
    body: { state: 'accepted', verification: { state: 'none' } },
  })
  await fitter('done', { note: 'new gasket' })
  await flows(1, 3)
  expect(await order()).toMatchObject({
    state: 'verified',
    verification: { state: 'passed' },
    awaits: { code: 'awaits-visit-or-closing' },
  })
  expect(await wang('visited', { note: 'dry, all content' })).toMatchObject({
    body: { state: 'visited', next: ['closed', 'accepted'], awaits: { code: 'awaits-closing' } },
  })

  // What comes after the visit is the same fault still, and whoever calls it done does not visit.
  await flows(12, 2)
  expect(await order()).toMatchObject({ state: 'accepted', verification: { state: 'failed' } })
  await flows(1, 1)
  expect(await li('done', { note: 'the firm told me by phone' })).toMatchObject({ status: 200 })
  await flows(1, 3)
  expect(await li('visited')).toMatchObject({
    status: 409,
    body: { code: 'same-person', next: ['closed', 'accepted'] },
  })
  await wang('visited')
  expect(await fitter('closed')).toMatchObject({ status: 403 })
  expect(await li('closed')).toMatchObject({ body: { state: 'closed', next: [], awaits: null } })
  for (const to of ['accepted', 'visited', 'cancelled', 'closed']) {
    expect(await li(to)).toMatchObject({ status: 409, body: { next: [] } })
  }
  const closed = await order()
  expect(closed.verification.state).toBe('passed')
  expect(closed.history.map(({ by, to }) => `${to} by ${by}`)).toEqual([
    'reported by gateway',
    'dispatched by li',
    'accepted by plumber',
    'dispatched by li',
    'accepted by fitter',
    'done by fitter',
    'accepted by gateway',
    'done by fitter',
    'verified by li',
    'accepted by wang',
    'done by fitter',
    'verified by gateway',
    'visited by wang',
    'accepted by gateway',
    'done by li',
    'verified by gateway',
    'visited by wang',
    'closed by li',
  ])

  // Closed, so what comes now is an order of its own. It is cancelled by mistake, and opened again from its
  // alarm, once.
  await flows(12, 2)
  const { items } = await office.ask<{ items: Order[] }>('/work-orders?state=open')
  expect(items).toMatchObject([{ number: 2, state: 'reported' }])
  const second = `/work-orders/${items[0]?.id}`
  expect(await office.post(`${second}/transitions`, { to: 'cancelled' })).toMatchObject({ status: 200 })
  const { items: active } = await office.ask<{ items: Alarm[] }>('/alarms?state=active')
  const again = await office.post('/work-orders', { alarm: active[0]?.id, note: 'not cancelled after all' })
  expect(again).toMatchObject({ status: 201, body: { number: 3, state: 'reported' } })
  const twice = await visitor.post('/work-orders', { alarm: active[0]?.id })
  expect(twice).toMatchObject({ status: 200, body: { number: 3, version: again.body.version } })
  expect(await office.ask(`/alarms/${active[0]?.id}`)).toMatchObject({ order: again.body.id })
  await flows(1, 1)
  await flows(12, 2)
  expect((await office.ask<Order>(`/work-orders/${again.body.id}`)).occurrences).toHaveLength(2)
})
