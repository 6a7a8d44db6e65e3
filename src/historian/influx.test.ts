/** The drainer against a server that answers by a script, every status once. */
import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import {
  commit,
  drainerTo,
  HALF_A_BODY,
  HANG,
  manyOf,
  RESET,
  type Reply,
  STORE,
  scripted,
  status,
  strict,
  volumes,
} from '../../tests/support/scripted-influx.ts'
import { SILENT_LOG } from '../model/log.ts'
import { InfluxOptions, influxHistorian } from './influx.ts'

it.each([
  ['a server that is overloaded', status(429), [1_000]],
  ['a server that says when to come back', status(429, { headers: { 'retry-after': '7' } }), [7_000]],
  [
    'a server that names the date to come back at',
    status(503, { headers: { 'retry-after': new Date(Date.UTC(2026, 0, 1, 0, 0, 9)).toUTCString() } }),
    [9_000],
  ],
  ['a server that says at once, again and again', status(503, { headers: { 'retry-after': '0' } }), [1_000]],
  [
    'a server that names a date that is over',
    status(503, { headers: { 'retry-after': new Date(Date.UTC(2025, 0, 1)).toUTCString() } }),
    [1_000],
  ],
  ['a server that fails', status(500), [1_000]],
  ['a gateway before it that fails', status(502), [1_000]],
  ['a request that took too long for it', status(408), [1_000]],
  ['a connection that is reset', RESET, [1_000]],
  ['an answer that breaks off', HALF_A_BODY, [1_000]],
  ['a token that is not known', status(401), [60_000]],
  ['a token that may not write', status(403), [60_000]],
  ['a bucket that is not there', status(404), [60_000]],
  [
    'a proxy before it that is spoken to in the clear',
    status(400, {
      headers: { 'content-type': 'text/html' },
      body: '<html>The plain HTTP request was sent to HTTPS port</html>',
    }),
    [60_000],
  ],
  ['a redirect', status(302, { headers: { location: '/elsewhere' } }), [60_000]],
  ['a success that may have left lines out', status(201), [60_000]],
  ['a success that is none', status(200, { body: '<html>' }), [60_000]],
] as const)('%s loses nothing: the same batch again, in time', async (_what, reply, waits) => {
  await using server = await scripted(reply, STORE)
  const { historian, waited, refused } = drainerTo(server.url)
  await using _closed = historian
  await historian.write([commit(1, 10, 20)])
  expect({ waited, refused, durable: historian.durable, state: historian.state.is }).toEqual({
    waited: waits,
    refused: [],
    durable: 1,
    state: 'storing',
  })
  expect(volumes(server.stored)).toEqual([10, 20])
  expect(server.sizes).toEqual([2, 2])
})

it('a server that never answers is given up in time and asked again', async () => {
  await using server = await scripted(HANG, STORE)
  const { historian, waited } = drainerTo(server.url, { timeoutMs: 1_000 })
  await using _closed = historian
  await historian.write([commit(1, 10)])
  expect(waited).toEqual([1_000])
  expect(volumes(server.stored)).toEqual([10])
})

it('the wait doubles from a second to a minute and begins anew after a success', async () => {
  const away = Array.from({ length: 8 }, () => status(503))
  await using server = await scripted(...away, STORE, status(503), STORE)
  const { historian, waited } = drainerTo(server.url)
  await using _closed = historian
  await historian.write([commit(1, 10)])
  expect(waited).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
  await historian.write([commit(2, 20)])
  expect(waited.slice(8)).toEqual([1_000])
})

it('while the server refuses us that can be seen, with its own words', async () => {
  const told: unknown[] = []
  await using server = await scripted(
    status(401, {
      headers: { 'content-type': 'application/json' },
      body: '{"message":"unauthorized access"}',
    }),
    (response) => {
      told.push(historian.state)
      response.writeHead(204).end()
    },
  )
  const { historian } = drainerTo(server.url)
  await using _closed = historian
  await historian.write([commit(1, 10)])
  expect(told).toMatchObject([{ is: 'refused', because: '401 unauthorized access' }])
})

it.each([400, 422])('exactly the bad lines are rejected, all others are stored (%i)', async (code) => {
  await using server = await scripted(strict(/volume=(?:17|18|999)\b/, code))
  const { historian, refused, waited } = drainerTo(server.url)
  await using _closed = historian
  await historian.write([manyOf(1_000)])
  expect(refused).toMatchObject([{ lines: 3, reason: `${code} {"error":"unable to parse"}` }])
  expect(volumes(refused.map(({ example }) => example))).toEqual([17])
  expect(volumes(server.stored)).toEqual(
    Array.from({ length: 1_000 }, (_, i) => i).filter((i) => ![17, 18, 999].includes(i)),
  )
  expect({ waited, durable: historian.durable, ...historian.counts }).toMatchObject({
    waited: [],
    durable: 1,
    stored: 997,
    rejected: 3,
  })
})

it('a batch that is too large is halved until it fits', async () => {
  const atMost100: Reply = (response, lines) => response.writeHead(lines.length > 100 ? 413 : 204).end()
  await using server = await scripted(atMost100)
  const { historian, refused } = drainerTo(server.url)
  await using _closed = historian
  await historian.write([manyOf(700)])
  expect(volumes(server.stored)).toEqual(Array.from({ length: 700 }, (_, i) => i))
  expect(refused).toEqual([])
})

it('a bad line is found also while the server comes and goes', async () => {
  const moods = [strict(/=3\b/), status(500), strict(/=3\b/), RESET, status(401), strict(/=3\b/)]
  await using server = await scripted(...moods, strict(/=3\b/))
  const { historian, refused } = drainerTo(server.url)
  await using _closed = historian
  await historian.write([manyOf(8)])
  expect(volumes(refused.map(({ example }) => example))).toEqual([3])
  expect(volumes(server.stored)).toEqual([0, 1, 2, 4, 5, 6, 7])
})

it('no request carries more lines than allowed, and they go one request at a time', async () => {
  let [under, most] = [0, 0]
  const slow: Reply = (response) => {
    most = Math.max(most, ++under)
    setImmediate(() => {
      under--
      response.writeHead(204).end()
    })
  }
  await using server = await scripted(slow)
  const { historian } = drainerTo(server.url, { maxLines: 300 })
  await using _closed = historian
  await Promise.all([historian.write([manyOf(1_000)]), historian.write([commit(2, 1), commit(3, 2)])])
  expect({ most, sizes: server.sizes, durable: historian.durable }).toEqual({
    most: 1,
    sizes: [300, 300, 300, 100, 2],
    durable: 3,
  })
})

it('a number that no line can hold is rejected and its neighbours are stored', async () => {
  await using server = await scripted(STORE)
  const { historian, refused } = drainerTo(server.url)
  await using _closed = historian
  await historian.write([commit(1, 1, Number.NaN, 3)])
  expect(refused).toEqual([{ lines: 1, example: 'meter-1 1001', reason: 'volume is NaN' }])
  expect(volumes(server.stored)).toEqual([1, 3])
})

/** On a clock that stands still: what waits, waits until it is called off. */
const heldUp = (url: string) =>
  influxHistorian({
    options: InfluxOptions.parse({ url, org: 'campus', bucket: 'gatehouse', timeoutMs: 300_000 }),
    repeatsBy: () => 'point',
    durable: 41,
    noteRefused: () => expect.unreachable(),
    clock: handClock(0),
    log: SILENT_LOG,
  })

it('a stop ends the wait for a server that is away, and nothing counts as stored', async () => {
  await using server = await scripted(status(503))
  const historian = heldUp(server.url)
  const written = historian.write([commit(42, 1)])
  await expect.poll(() => historian.state.is).toBe('waiting')
  expect(historian.trouble).toBe(historian.state.because)
  await Promise.all([
    historian[Symbol.asyncDispose](),
    expect(written).rejects.toMatchObject({ code: 'historian-busy' }),
  ])
  expect(historian.durable).toBe(41)
})

it.each([
  ['is away', status(503)],
  ['takes the batch and never answers', HANG],
])(
  'a writer that is stopped ends its own write while the server %s, and the history stays open',
  async (_what, reply) => {
    await using server = await scripted(reply, STORE)
    const historian = heldUp(server.url)
    await using _closed = historian
    const stopping = new AbortController()
    const written = historian.write([commit(42, 1)], stopping.signal)
    await expect.poll(() => server.sizes.length).toBe(1)
    const closed = server.closedConnections()
    stopping.abort()
    if (reply === HANG) await closed // an open one would keep the process alive
    await expect(written).rejects.toMatchObject({ code: 'historian-busy' })
    expect(historian.durable).toBe(41)
    expect(historian.trouble !== undefined, 'only a server that said so is away').toBe(reply !== HANG)
    await historian.write([commit(42, 1)], new AbortController().signal)
    expect({ durable: historian.durable, stored: volumes(server.stored) }).toEqual({
      durable: 42,
      stored: [1],
    })
  },
)

it('a stop ends a question that the server never answers', async () => {
  await using server = await scripted(HANG)
  const historian = heldUp(server.url)
  const asked = historian.readings({ device: 'meter-1', from: 0, to: 1, limit: 1 })
  const told = expect(asked).rejects.toMatchObject({ code: 'historian-busy' })
  await expect.poll(() => server.sizes.length).toBe(1)
  await historian[Symbol.asyncDispose]()
  await told
})

it('version 1 writes to /write with the database and a user, version 2 to its own API with a token', async () => {
  const seen: unknown[] = []
  const look: Reply = (response, _lines, { url, headers: { authorization } }) => {
    seen.push([url, authorization])
    response.writeHead(204).end()
  }
  await using server = await scripted(look)
  const two = drainerTo(server.url).historian
  const one = drainerTo(server.url, { version: '1', database: 'd&b', username: 'u', password: 'p' }).historian
  await two.write([commit(1, 1)])
  await one.write([commit(1, 1)])
  await Promise.all([one[Symbol.asyncDispose](), two[Symbol.asyncDispose]()])
  expect(seen).toEqual([
    ['/api/v2/write?org=campus&bucket=gatehouse&precision=ns', 'Token secret'],
    ['/write?db=d%26b&precision=ns', 'Basic dTpw'],
  ])
})

it.each([
  ['a query is refused', status(401), 'historian-refused'],
  [
    'the database is gone',
    status(200, { body: '{"results":[{"error":"database not found: x"}]}' }),
    'historian-refused',
  ],
  ['the server is away', status(503), 'historian-busy'],
  ['the server answers with a page', status(200, { body: '<html>' }), 'historian-busy'],
] as const)('%s: the reader is told so', async (_what, reply, code) => {
  await using server = await scripted(reply)
  const { historian } = drainerTo(server.url)
  await using _closed = historian
  await expect(historian.readings({ device: 'meter-1', from: 0, to: 1, limit: 1 })).rejects.toMatchObject({
    code,
  })
})

it('what a version needs to know has to be given', () => {
  const url = 'http://127.0.0.1:8086'
  expect(InfluxOptions.safeParse({ url }).error?.issues.map(({ path }) => path)).toEqual([
    ['org'],
    ['bucket'],
  ])
  expect(InfluxOptions.safeParse({ url, version: '1' }).error?.issues.map(({ path }) => path)).toEqual([
    ['database'],
  ])
})

it('a large write is made in pieces, so that an alarm does not wait for all of it', async () => {
  await using server = await scripted(HANG)
  const { historian } = drainerTo(server.url)
  let turns = 0
  let isMaking = true
  const others = () => {
    turns++
    if (isMaking && historian.counts.requests === 0) setImmediate(others)
  }
  setImmediate(others)
  void historian.write([manyOf(5_000)]).catch(() => {})
  await expect.poll(() => historian.counts.requests).toBe(1)
  isMaking = false
  expect(turns).toBeGreaterThanOrEqual(9)
  await historian[Symbol.asyncDispose]()
})
