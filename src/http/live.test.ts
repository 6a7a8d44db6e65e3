import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { type Api, type ApiSetting, openApi, START } from '../../tests/support/api.ts'
import type { Role } from '../operations/roles.ts'
import { createHttp } from './server.ts'

type Event = { event?: string; id?: string; data?: string }

/** A browser's end of the stream: blocks of lines, in the order in which they came. */
async function listen(url: string, token: string, headers: Record<string, string> = {}) {
  const stop = new AbortController()
  const answer = await fetch(`${url}/api/v1/live`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: stop.signal,
  })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const events: Event[] = []
  let ended = false
  const pump = async () => {
    try {
      for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
        text += read.value
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) {
          events.push(Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))))
        }
      }
    } catch {
      // Cut off; what came is what counts.
    }
    ended = true
  }
  const done = pump()
  return {
    answer,
    events,
    done,
    get ended() {
      return ended
    },
    durable: () => events.filter(({ id, data }) => id && data).map(({ id, event }) => `${id} ${event}`),
    /** Waits for what satisfies; the test's own limit ends it. */
    async until(satisfied: () => boolean) {
      while (!satisfied()) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}

async function openLive(setting: ApiSetting = {}) {
  const api = await openApi(setting)
  const http = await createHttp(api.options, api.services)
  await http.listen()
  const url = `http://127.0.0.1:${http.port}`
  return {
    api,
    http,
    url,
    as: async (role: Role, headers?: Record<string, string>) => listen(url, await api.tokenOf(role), headers),
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]()
      await api[Symbol.asyncDispose]()
    },
  }
}

const acknowledge = async (api: Api, id: string) =>
  void (await api.as('operator', 'POST', `/alarms/${id}/acknowledge`))

it('an alarm and its acknowledgement arrive as they happen, as REST would say it, in the reader’s language', async () => {
  await using live = await openLive()
  await using english = await live.as('viewer')
  await using chinese = await live.as('viewer', { 'accept-language': 'zh-CN' })
  expect(english.answer.headers.get('content-type')).toContain('text/event-stream')
  expect(english.answer.headers.get('x-accel-buffering')).toBe('no')
  const { id } = await live.api.breach()
  await acknowledge(live.api, id)
  for (const client of [english, chinese]) await client.until(() => client.durable().length === 2)
  expect(english.durable()).toEqual(['1 alarm.raised', '2 alarm.acknowledged'])
  const said = (client: typeof english) =>
    JSON.parse(client.events.findLast(({ id }) => id === '2')?.data ?? '')
  expect(said(english)).toEqual((await live.api.as('viewer', 'GET', `/alarms/${id}`)).json())
  expect(said(chinese).because.text).toMatch(/\p{Script=Han}/u)
})

it('an order that moves offers each of those who watch it what they may do', async () => {
  await using live = await openLive()
  const { api } = live
  const { id } = (
    await api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title: 'Hinge' })
  ).json()
  await using office = await live.as('operator')
  await using plumbers = await live.as('contractor')
  await using onlooker = await live.as('viewer')
  await api.as('operator', 'POST', `/work-orders/${id}/transitions`, {
    to: 'dispatched',
    assignee: 'plumbers',
  })
  const clients = [office, plumbers, onlooker]
  for (const client of clients) await client.until(() => client.durable().length === 1)
  const nextOf = ({ events }: typeof office) =>
    JSON.parse(events.find(({ event }) => event === 'order.moved')?.data ?? '').next
  expect(clients.map(nextOf)).toEqual([
    ['dispatched', 'accepted', 'reported', 'cancelled'],
    ['accepted', 'reported'],
    [],
  ])
})

it('an order that was called done says to whoever did it that it is theirs, and to others whose it was', async () => {
  await using live = await openLive()
  const { api } = live
  const { id } = (
    await api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title: 'Hinge' })
  ).json()
  const move = (role: 'operator' | 'contractor', to: string, more = {}) =>
    api.as(role, 'POST', `/work-orders/${id}/transitions`, { to, ...more })
  await move('operator', 'dispatched', { assignee: 'plumbers' })
  await move('contractor', 'accepted')
  await using plumbers = await live.as('contractor')
  await using onlooker = await live.as('viewer')
  await move('contractor', 'done')
  // Neither may move it: only who did it tells them apart.
  const awaitsOf = async (client: typeof plumbers) => {
    await client.until(() => client.durable().length === 1)
    return JSON.parse(client.events.find(({ event }) => event === 'order.moved')?.data ?? '').awaits.code
  }
  expect([await awaitsOf(onlooker), await awaitsOf(plumbers)]).toEqual(['awaits-person', 'awaits-yours'])
})

it('a client that comes back gets what it missed and what happens meanwhile, each once and in order', async () => {
  await using live = await openLive()
  const faults = Array.from({ length: 450 }, (_, i) => `fault-${i}`)
  for (const fault of faults.slice(0, 420)) await live.api.breach('meter-1', fault)
  await using client = await live.as('viewer', { 'last-event-id': '7' })
  for (const fault of faults.slice(420)) await live.api.breach('meter-1', fault)
  await client.until(() => client.durable().length >= 443)
  expect(client.durable()).toEqual(Array.from({ length: 443 }, (_, i) => `${i + 8} alarm.raised`))
})

it('a client that never had an event still knows where to go on', async () => {
  await using live = await openLive()
  await live.api.breach('meter-1', 'before')
  const first = await live.as('viewer')
  await first.until(() => first.events.some(({ event }) => event === 'heartbeat'))
  await first[Symbol.asyncDispose]()
  expect(first.durable()).toEqual([])
  const lastId = first.events.findLast(({ id }) => id)?.id ?? ''
  await live.api.breach('meter-1', 'meanwhile')
  await using again = await live.as('viewer', { 'last-event-id': lastId })
  await again.until(() => again.durable().length === 1)
  expect(again.durable()).toEqual(['2 alarm.raised'])
})

it('an id older than what is kept, or of another life, is told to start again and then follows', async () => {
  await using live = await openLive({ eventsKept: 100 })
  for (let i = 0; i < 230; i++) await live.api.breach('meter-1', `fault-${i}`)
  expect(await live.api.operations.events.oldestId()).toBeGreaterThan(2)
  for (const lastId of ['1', '99999']) {
    await using client = await live.as('viewer', { 'last-event-id': lastId })
    await client.until(() => client.events.some(({ event }) => event === 'heartbeat'))
    expect(client.events.map(({ event }) => event)).toContain('reset')
    const before = client.durable().length
    await live.api.breach('meter-1', `after-${lastId}`)
    await client.until(() => client.durable().length > before)
    expect(client.durable()).toHaveLength(1)
  }
})

it('each sees what its role may: energy devices only, a contractor its own orders only', async () => {
  await using live = await openLive()
  await using energy = await live.as('energy')
  await using contractor = await live.as('contractor')
  await using viewer = await live.as('viewer')
  const { api } = live
  await api.breach()
  for (const assignee of ['locksmiths', 'plumbers']) {
    const { id } = (
      await api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title: 'Hinge' })
    ).json()
    await api.as('operator', 'POST', `/work-orders/${id}/transitions`, { to: 'dispatched', assignee })
  }
  const latest = { flow: { value: 1, at: START, quality: 'good' as const } }
  api.tell({ kind: 'device.latest', shadows: [{ device: 'meter-1', lastSeenAt: START, latest }] })
  api.tell({ kind: 'link.changed', link: { source: 'opcua', state: 'up', since: START } })
  await viewer.until(() => viewer.events.some(({ event }) => event === 'link.changed'))
  await contractor.until(() => contractor.durable().length === 1)
  await energy.until(() => energy.events.some(({ event }) => event === 'device.latest'))
  const named = ({ events }: typeof viewer) =>
    events.map(({ event }) => event).filter((e) => e && e !== 'heartbeat')
  expect(named(energy)).toEqual(['device.latest'])
  expect(named(contractor)).toEqual(['order.moved'])
  expect(named(viewer)).toEqual([
    'alarm.raised',
    'order.created',
    'order.moved',
    'order.created',
    'order.moved',
    'device.latest',
    'link.changed',
  ])
  const device = viewer.events.find(({ event }) => event === 'device.latest')
  expect(device?.id).toBeUndefined()
  expect(JSON.parse(device?.data ?? '')).toEqual({
    id: 'meter-1',
    status: 'online',
    lastSeenAt: '2026-11-22T10:00:00.000+08:00',
    latest: { flow: { value: 1, unit: 'm³/h', at: '2026-11-22T10:00:00.000+08:00', quality: 'good' } },
  })
})

it('a session that ended ends its stream at the next heartbeat', async () => {
  await using live = await openLive()
  const { registry } = live.api.operations
  const { session } = await registry.signIn('admin', (await registry.firstAdmin()) ?? '', '192.0.2.1')
  const answer = await fetch(`${live.url}/api/v1/live`, {
    headers: { cookie: `gatehouse_session=${session}` },
  })
  await registry.signOut(session)
  live.api.clock.pass(15_000)
  expect(await answer.text()).toContain('event: heartbeat')
})

it.each([
  [
    'a token that is revoked',
    'DELETE',
    async ({ operations }: Api) => {
      const [token] = await operations.registry.tokens()
      return `/tokens/${token?.id}`
    },
  ],
  ['a user who is removed', 'DELETE', async () => '/users/li'],
  ['a user whose password is set', 'POST', async () => '/users/li/password'],
] as const)('%s loses its streams at once, and nobody else does', async (what, method, pathOf) => {
  await using live = await openLive()
  const { registry } = live.api.operations
  await registry.createUser({ name: 'li', role: 'viewer', password: 'correct horse' }, 'admin')
  await using other = await live.as('operator')
  await live.api.tokenOf('admin')
  live.api.clock.pass(1)
  const { session } = await registry.signIn('li', 'correct horse', '192.0.2.1')
  const token = await registry.createToken({ role: 'viewer', label: 'screen' }, 'admin')
  const headers = what.includes('token')
    ? { authorization: `Bearer ${token}` }
    : { cookie: `gatehouse_session=${session}` }
  const answer = await fetch(`${live.url}/api/v1/live`, { headers })
  const { status } = await fetch(`${live.url}/api/v1${await pathOf(live.api)}`, {
    method,
    headers: {
      authorization: `Bearer ${await live.api.tokenOf('admin')}`,
      ...(method === 'POST' && { 'content-type': 'application/json' }),
    },
    ...(method === 'POST' && { body: JSON.stringify({ password: 'another horse' }) }),
  })
  expect(status).toBe(204)
  expect(await answer.text()).toContain('event: heartbeat')
  expect(other.ended).toBe(false)
})

it('a client that reads nothing is let go, and nobody else notices', async () => {
  await using live = await openLive({ options: { live: { heartbeatMs: 15_000, clients: 10, queue: 20 } } })
  const slow = connect(live.http.port, '127.0.0.1')
  await once(slow, 'connect')
  const token = await live.api.tokenOf('viewer')
  slow.write(`GET /api/v1/live HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`)
  slow.on('error', () => {}) // cut off at the end
  await once(slow, 'readable')
  slow.pause()
  await using quick = await live.as('viewer')
  const note = 'x'.repeat(2_000)
  const { desk } = live.api.operations
  const { id } = (
    await live.api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title: 'Hinge' })
  ).json()
  const letGo = async () => /live_let_go_total 1/.test(await (await fetch(`${live.url}/metrics`)).text())
  for (let moves = 1; moves % 20 !== 0 || !(await letGo()); moves++) {
    await desk.moveOrder(id, { to: 'dispatched', assignee: 'test', note }, { name: 'test', role: 'operator' })
    await quick.until(() => quick.durable().length === moves + 1 || quick.ended)
  }
  expect(quick.ended).toBe(false)
  slow.destroy()
})

it('more streams than allowed are told to come later', async () => {
  await using live = await openLive({ options: { live: { heartbeatMs: 15_000, clients: 1, queue: 20 } } })
  await using first = await live.as('viewer')
  expect(first.answer.status).toBe(200)
  const second = await fetch(`${live.url}/api/v1/live`, {
    headers: { authorization: `Bearer ${await live.api.tokenOf('viewer')}` },
  })
  expect([second.status, second.headers.get('retry-after')]).toEqual([503, '10'])
})

it('one token takes half of the streams at most, so that there is room for the others', async () => {
  await using live = await openLive({ options: { live: { heartbeatMs: 15_000, clients: 4, queue: 20 } } })
  await using first = await live.as('viewer')
  await using second = await live.as('viewer')
  const third = await fetch(`${live.url}/api/v1/live`, {
    headers: { authorization: `Bearer ${await live.api.tokenOf('viewer')}` },
  })
  expect([first.answer.status, second.answer.status, third.status]).toEqual([200, 200, 503])
  await using other = await live.as('operator')
  expect(other.answer.status).toBe(200)
})

it('no more are let in than allowed while the book answers slowly', async () => {
  await using api = await openApi({ options: { live: { heartbeatMs: 15_000, clients: 3, queue: 20 } } })
  const { events } = api.operations
  const book = Promise.withResolvers<void>()
  const slowly = { ...events, newestId: () => book.promise.then(events.newestId) }
  const operations = { ...api.services.operations, events: slowly }
  const http = await createHttp(api.options, { ...api.services, operations })
  await http.listen()
  const authorization = `Bearer ${await api.tokenOf('viewer')}`
  const open = () => fetch(`http://127.0.0.1:${http.port}/api/v1/live`, { headers: { authorization } })
  const first = [open(), open(), open()]
  const beyond = await Promise.race([open(), open(), ...first])
  expect(beyond.status).toBe(503)
  book.resolve()
  await http[Symbol.asyncDispose]()
  await Promise.allSettled(first)
})

it('the end of the gateway ends every stream instead of waiting for it', async () => {
  const live = await openLive()
  const client = await live.as('viewer')
  await live[Symbol.asyncDispose]()
  await client.done
  expect(client.ended).toBe(true)
})
