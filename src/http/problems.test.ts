import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openApi } from '../../tests/support/api.ts'
import { SILENT_LOG } from '../model/log.ts'

const ZH = { 'accept-language': 'zh-CN' }
const DAY = 'from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z'
const BACK = 'from=2026-11-23T00:00:00Z&to=2026-11-22T00:00:00Z'
const ODD = 'from=2026-11-22T00:07:00Z&to=2026-11-23T00:00:00Z'

it('an unknown thing is a problem with a code, a title in the language asked for and a sentence', async () => {
  await using api = await openApi()
  const english = await api.as('viewer', 'GET', '/devices/nobody')
  expect(english.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  expect(english.json()).toEqual({
    type: 'urn:gatehouse:error:not-found',
    title: 'There is no such thing',
    status: 404,
    code: 'not-found',
    detail: 'There is no device nobody.',
  })
  const chinese = await api.as('viewer', 'GET', '/devices/nobody', undefined, ZH)
  expect(chinese.json()).toMatchObject({
    title: '没有找到',
    code: 'not-found',
    detail: '没有设备 nobody。',
  })
  expect(chinese.headers).toMatchObject({ 'content-language': 'zh-CN', vary: 'Accept-Language' })
})

it('a wrong input is 422 and names each place, in both languages', async () => {
  await using api = await openApi()
  const wrong = (headers = {}) =>
    api.as('operator', 'POST', '/work-orders', { device: 'meter-1', title: 5 }, headers)
  const english = await wrong()
  expect(english.statusCode).toBe(422)
  expect(english.json().errors).toEqual([
    { path: 'title', message: 'Invalid input: expected string, received number' },
  ])
  const chinese = (await wrong(ZH)).json()
  expect(chinese.errors[0].path).toBe('title')
  expect(chinese.errors[0].message).toMatch(/\p{Script=Han}/u)
  expect(chinese.detail, 'said once, and by nobody else').toBe(`title：${chinese.errors[0].message}`)
})

it.each([
  ['a limit of nothing', '/alarms?limit=0', 'limit'],
  ['a limit beyond the greatest', '/alarms?limit=1001', 'limit'],
  ['a limit that is no number', '/alarms?limit=1e2', 'limit'],
  ['a time that is needed and not there', '/water-use?to=2026-11-22T10:00:00Z&by=meter', 'from'],
  ['a filter that there is not', '/alarms?sate=open', 'sate'],
  ['a state that there is not', '/alarms?state=ringing', 'state'],
  ['a time without a zone', '/alarms?from=2026-11-22T10:00:00', 'from'],
  ['a day that there is not', '/alarms?from=2026-02-30T10:00:00Z', 'from'],
])('%s is 422', async (_what, path, place) => {
  await using api = await openApi()
  const answer = await api.as('viewer', 'GET', path)
  expect([answer.statusCode, answer.json().code]).toEqual([422, 'invalid-input'])
  expect(answer.json().errors[0].path).toBe(place)
})

it('a key that is not known is named, with the one that was meant, or with all that there are', async () => {
  await using api = await openApi()
  const wrong = async (path: string, headers = {}) =>
    (await api.as('viewer', 'GET', path, undefined, headers)).json().errors
  expect(await wrong('/alarms?sate=open&limit=0')).toEqual([
    { path: 'limit', message: 'Too small: expected number to be >=1' },
    { path: 'sate', message: 'not known here; did you mean state?' },
  ])
  expect(await wrong('/alarms?sate=open', ZH)).toEqual([
    { path: 'sate', message: '没有此项；是否应为 state？' },
  ])
  expect(await wrong('/rules?colour=red')).toEqual([
    { path: 'colour', message: 'not known here; known are cursor, limit' },
  ])
  expect(await wrong('/site?colour=red')).toEqual([{ path: 'colour', message: 'not known here' }])
  const body = await api.as('operator', 'POST', '/work-orders', { device: 'meter-1', titel: 'leak' })
  expect(body.json().errors).toContainEqual({
    path: 'titel',
    message: 'not known here; did you mean title?',
  })
})

it.each(['/alarms', '/devices', '/work-orders', '/links', '/rules', '/devices/meter-1/readings'])(
  'a cursor that no page gave out is 422 on %s',
  async (path) => {
    await using api = await openApi()
    const keys = ['[null]', '[-3]', '[0.5]', '[1e300]', '[1,-5]', '[1e300,"a"]', '[9e15,"a"]', '[9e15,0]']
    for (const cursor of ['nonsense', ...keys.map((key) => Buffer.from(key).toString('base64url'))]) {
      const { statusCode } = await api.as('admin', 'GET', `${path}?cursor=${cursor}`)
      expect(statusCode, Buffer.from(cursor, 'base64url').toString()).toBe(422)
    }
  },
)

it.each([
  ['broken JSON', 'application/json', '{"device":'],
  ['a key that would reach the prototype', 'application/json', '{"__proto__": {"role": "admin"}}'],
  ['a form', 'application/x-www-form-urlencoded', 'device=meter-1'],
  ['plain text', 'text/plain', '{"device": "meter-1", "title": "leak"}'],
  [
    'a body beyond the limit',
    'application/json',
    JSON.stringify({ device: 'x'.repeat(70_000), title: 'leak' }),
  ],
])('%s is 422', async (_what, type, payload) => {
  await using api = await openApi()
  const authorization = `Bearer ${await api.tokenOf('operator')}`
  const answer = await api.app.inject({
    method: 'POST',
    url: '/api/v1/work-orders',
    payload,
    headers: { authorization, 'content-type': type },
  })
  expect([answer.statusCode, answer.json().code]).toEqual([422, 'invalid-input'])
})

it('a parameter that is missing is called needed, a body of another type how to send it', async () => {
  await using api = await openApi()
  const missing = async (headers = {}) =>
    (await api.as('operator', 'POST', '/work-orders', { device: 'meter-1' }, headers)).json().errors
  expect(await missing()).toEqual([{ path: 'title', message: 'needed' }])
  expect(await missing(ZH)).toEqual([{ path: 'title', message: '必填' }])
  const authorization = `Bearer ${await api.tokenOf('operator')}`
  const form = await api.app.inject({
    method: 'POST',
    url: '/api/v1/work-orders',
    payload: 'device=meter-1',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect(form.json().detail).toContain('content-type: application/json')
})

it.each([
  ['nobody signed in', undefined, 'GET', '/alarms', undefined],
  ['a right that the role has not', 'energy', 'GET', '/alarms', undefined],
  ['an address that there is not', 'viewer', 'GET', '/pumps', undefined],
  ['broken JSON', 'operator', 'POST', '/work-orders', '{"device":'],
  ['a body beyond the limit', 'operator', 'POST', '/work-orders', `{"device":"${'x'.repeat(70_000)}"}`],
  ['a time without a zone', 'viewer', 'GET', '/alarms?from=2026-11-22T10:00:00', undefined],
  ['a seat that there is not', 'viewer', 'GET', `/reports/alarm-load?${DAY}&seat=roof`, undefined],
  ['a time that ends before it begins', 'viewer', 'GET', `/devices/meter-1/readings?${BACK}`, undefined],
  ['a boundary that is none', 'viewer', 'GET', `/water-use?${ODD}&by=meter`, undefined],
  ['the last admin', 'admin', 'DELETE', '/users/admin', undefined],
  ['an alarm that there is not', 'operator', 'POST', '/alarms/none/acknowledge', undefined],
  ['a cursor of nothing', 'viewer', 'GET', '/alarms?cursor=nonsense', undefined],
] as const)('%s is refused in Chinese to who reads Chinese', async (_what, role, method, url, payload) => {
  await using api = await openApi()
  const answer = await api.app.inject({
    method,
    url: `/api/v1${url}`,
    ...(payload !== undefined && { payload }),
    headers: {
      ...ZH,
      ...(role && { authorization: `Bearer ${await api.tokenOf(role)}` }),
      ...(payload !== undefined && { 'content-type': 'application/json' }),
    },
  })
  const { title, detail, errors = [] } = answer.json()
  for (const text of [title, detail, ...errors.map(({ message }: { message: string }) => message)]) {
    expect(text).toMatch(/\p{Script=Han}/u)
  }
})

it('a path that leads out of the page is not there, rather than wrong', async () => {
  const pageDirectory = mkdtempSync(join(tmpdir(), 'gatehouse-page-'))
  writeFileSync(join(pageDirectory, 'index.html'), '<!doctype html>')
  await using api = await openApi({ services: { pageDirectory } })
  for (const url of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/.%2e/secret']) {
    const { statusCode, json } = await api.app.inject(url)
    expect([statusCode, json().code], url).toEqual([404, 'not-found'])
  }
  rmSync(pageDirectory, { recursive: true })
})

it('a program that asks for what the API has not is told so, and never handed the page', async () => {
  const pageDirectory = mkdtempSync(join(tmpdir(), 'gatehouse-page-'))
  writeFileSync(join(pageDirectory, 'index.html'), '<!doctype html>')
  await using api = await openApi({ services: { pageDirectory } })
  const accept = { accept: 'text/html,*/*' }
  const long = 'x'.repeat(200)
  for (const path of [
    '',
    '/',
    '/pumps',
    '/pumps?all=1',
    '/devices/a/b',
    `/devices/${long}`,
    `/alarms/${long}`,
  ]) {
    const { statusCode, body } = await api.as('viewer', 'GET', path, undefined, accept)
    expect([statusCode, JSON.parse(body).code], path).toEqual([404, 'not-found'])
    const stranger = await api.app.inject({ url: `/api/v1${path}`, headers: accept })
    expect(stranger.statusCode, path).toBe(401)
  }
  const moved = await api.as('operator', 'POST', `/alarms/${long}/acknowledge`, {}, ZH)
  expect(moved.statusCode).toBe(404)
  expect((await api.app.inject({ url: '/pumps', headers: accept })).body).toBe('<!doctype html>')
  rmSync(pageDirectory, { recursive: true })
})

it('what went wrong inside is logged with its cause and told without it', async () => {
  const logged: object[] = []
  const log = { ...SILENT_LOG, error: (figures: object) => void logged.push(figures) }
  const historian = {
    readings: () => Promise.reject(new Error('password of the database')),
  }
  await using api = await openApi({ services: { log, historian } })
  const answer = await api.as('viewer', 'GET', '/devices/meter-1/readings')
  expect(answer.json()).toMatchObject({ status: 500, code: 'internal' })
  expect(answer.body).not.toContain('password')
  expect(logged).toMatchObject([{ err: { message: 'password of the database' }, method: 'GET' }])
})

it('an address that cannot be decoded is a problem too, guarded and counted like every other', async () => {
  await using api = await openApi()
  const answer = await api.app.inject('/api/v1/devices/%zz')
  expect(answer.json()).toMatchObject({ code: 'invalid-input', status: 422 })
  expect(answer.headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    vary: 'Accept-Language',
    'content-security-policy': expect.stringContaining("default-src 'self'"),
  })
  const { body } = await api.app.inject('/metrics')
  expect(body).toContain('gatehouse_http_responses_total{status="4xx"} 1')
})
