import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Api, openApi } from '../../../tests/support/api.ts'

const signIn = async (api: Api, password: string, headers = {}, user = 'admin') => {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { user, password },
    headers,
  })
  const cookie = answer.cookies[0]
  return { answer, cookie, headers: { cookie: `${cookie?.name}=${cookie?.value}` } }
}

it('signing in gives an opaque cookie that scripts and other sites cannot use, and ends with signing out', async () => {
  await using api = await openApi()
  const password = (await api.operations.registry.firstAdmin()) ?? ''
  const { answer, cookie, headers } = await signIn(api, password)
  expect(answer.json()).toMatchObject({ user: 'admin', role: 'admin' })
  expect(answer.json().scopes).toContain('audit:read')
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' })
  expect(cookie?.secure).toBeUndefined()
  expect(existsSync(join(api.dir, 'initial-admin-password'))).toBe(false)
  const me = () => api.app.inject({ url: '/api/v1/session', headers })
  expect((await me()).json().user).toBe('admin')
  const out = await api.app.inject({ method: 'DELETE', url: '/api/v1/session', headers })
  expect([out.statusCode, out.body]).toEqual([204, ''])
  expect((await me()).statusCode).toBe(401)
})

it('behind HTTPS the cookie never travels in the clear', async () => {
  await using api = await openApi({ options: { behindHttps: true } })
  const password = (await api.operations.registry.firstAdmin()) ?? ''
  const { answer, cookie } = await signIn(api, password)
  expect(cookie?.secure).toBe(true)
  expect(answer.headers['strict-transport-security']).toBeDefined()
})

it('whoever signs in again leaves no session behind', async () => {
  await using api = await openApi()
  const password = (await api.operations.registry.firstAdmin()) ?? ''
  const { headers } = await signIn(api, password)
  const again = await signIn(api, password, headers)
  const me = (headers: object) => api.app.inject({ url: '/api/v1/session', headers: headers as never })
  expect([(await me(headers)).statusCode, (await me(again.headers)).statusCode]).toEqual([401, 200])
})

it('a wrong password is refused in the language of the request, and guessing is locked out', async () => {
  await using api = await openApi()
  await api.operations.registry.firstAdmin()
  const first = await signIn(api, 'not-the-password', { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' })
  expect(first.answer.statusCode).toBe(401)
  expect(first.answer.headers['content-type']).toContain('application/problem+json')
  expect(first.answer.json()).toMatchObject({
    code: 'wrong-credentials',
    title: '用户名或密码错误',
    status: 401,
  })
  let last = first
  for (let i = 0; i < 6; i++) last = await signIn(api, 'not-the-password')
  expect(last.answer.json()).toMatchObject({ code: 'too-many-attempts', status: 429 })
  expect(Number(last.answer.headers['retry-after'])).toBeGreaterThan(0)
})

it('an address that guesses at many names is locked out, others are not', async () => {
  await using api = await openApi()
  const from = (remoteAddress: string, user: string) =>
    api.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload: { user, password: 'guess-guess' },
      remoteAddress,
    })
  for (let i = 0; i < 30; i++) await from('10.0.0.1', `user-${i}`)
  expect((await from('10.0.0.1', 'somebody')).statusCode).toBe(429)
  expect((await from('10.0.0.2', 'somebody')).statusCode).toBe(401)
  api.clock.pass(5 * 60_000)
  expect((await from('10.0.0.1', 'somebody')).statusCode).toBe(401)
})

it.each([
  ['nobody said that there is a proxy', false, '127.0.0.1', 429],
  [
    'the proxy is on this machine, and what a client wrote before it counts for nothing',
    true,
    '127.0.0.1',
    401,
  ],
  ['it comes from another machine, past the proxy', true, '10.0.0.9', 429],
])('whose guesses they are where %s', async (_what, trustProxy, remoteAddress, status) => {
  await using api = await openApi({ options: { trustProxy } })
  const from = (forwarded: string, user: string) =>
    api.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload: { user, password: 'guess-guess' },
      remoteAddress,
      headers: { 'x-forwarded-for': forwarded },
    })
  for (let i = 0; i < 30; i++) await from(`192.0.2.${i}, 10.0.0.1`, `user-${i}`)
  expect((await from('192.0.2.1, 10.0.0.2', 'somebody')).statusCode).toBe(status)
  expect((await from('192.0.2.99, 10.0.0.1', 'somebody')).statusCode).toBe(429)
})

it('a changed password counts at once, and other sessions end', async () => {
  await using api = await openApi()
  const current = (await api.operations.registry.firstAdmin()) ?? ''
  const [here, there] = [await signIn(api, current), await signIn(api, current)]
  const change = (payload: object, headers: object) =>
    api.app.inject({ method: 'POST', url: '/api/v1/session/password', payload, headers: headers as never })
  expect((await change({ current: 'wrong-wrong', new: 'a better password' }, here.headers)).statusCode).toBe(
    401,
  )
  expect((await change({ current, new: 'short' }, here.headers)).statusCode).toBe(422)
  expect((await change({ current, new: 'a better password' }, here.headers)).statusCode).toBe(204)
  const me = (headers: object) => api.app.inject({ url: '/api/v1/session', headers: headers as never })
  expect([(await me(here.headers)).statusCode, (await me(there.headers)).statusCode]).toEqual([200, 401])
  expect((await signIn(api, 'a better password')).answer.statusCode).toBe(200)
  const authorization = `Bearer ${await api.tokenOf('admin')}`
  expect((await change({ current, new: 'another password' }, { authorization })).statusCode).toBe(403)
})

it.each([
  ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
  ['a sibling host', { 'sec-fetch-site': 'same-site' }, 403],
  ['another origin, where the browser sends that alone', { origin: 'http://evil.example' }, 403],
  ['an opaque origin', { origin: 'null' }, 403],
  ['the page itself', { 'sec-fetch-site': 'same-origin' }, 204],
  ['the page itself over plain HTTP', { origin: 'http://localhost:80' }, 204],
  ['a program that keeps cookies', {}, 204],
])('a change by cookie from %s: %#', async (_from, extra, status) => {
  await using api = await openApi()
  const { headers } = await signIn(api, (await api.operations.registry.firstAdmin()) ?? '')
  const answer = await api.app.inject({
    method: 'DELETE',
    url: '/api/v1/session',
    headers: { host: 'localhost', ...headers, ...extra } as never,
  })
  expect(answer.statusCode).toBe(status)
})

it('a token that is wrong is refused even beside a good cookie', async () => {
  await using api = await openApi()
  const { headers } = await signIn(api, (await api.operations.registry.firstAdmin()) ?? '')
  const answer = await api.app.inject({
    url: '/api/v1/session',
    headers: { ...headers, authorization: 'Bearer nonsense' },
  })
  expect(answer.statusCode).toBe(401)
  expect(answer.headers['www-authenticate']).toContain('Bearer')
})
