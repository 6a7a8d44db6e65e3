import { expect, it } from 'vitest'
import { openApi } from '../../../tests/support/api.ts'

const WANG = { name: 'wang', role: 'operator', password: 'correct horse' }

const signIn = (api: Awaited<ReturnType<typeof openApi>>, user: string, password: string) =>
  api.app.inject({ method: 'POST', url: '/api/v1/session', payload: { user, password } })

it('an admin makes a user who signs in, gets another password when it is forgotten, and goes', async () => {
  await using api = await openApi()
  expect((await api.as('admin', 'POST', '/users', WANG)).statusCode).toBe(204)
  const again = await api.as('admin', 'POST', '/users', WANG)
  expect([again.statusCode, again.json().detail]).toEqual([422, expect.stringContaining('wang')])
  const { cookies } = await signIn(api, 'wang', WANG.password)
  const headers = { cookie: `${cookies[0]?.name}=${cookies[0]?.value}` }
  const me = () => api.app.inject({ url: '/api/v1/session', headers })
  expect((await me()).json()).toMatchObject({ user: 'wang', role: 'operator' })
  const users = (await api.as('auditor', 'GET', '/users')).json().items
  expect(users).toMatchObject([{ name: 'wang', role: 'operator', seenAt: expect.stringContaining('+08:00') }])
  expect(JSON.stringify(users)).not.toContain('argon2')

  const set = await api.as('admin', 'POST', '/users/wang/password', { password: 'battery staple' })
  expect(set.statusCode).toBe(204)
  expect((await me()).statusCode).toBe(401)
  expect((await signIn(api, 'wang', WANG.password)).statusCode).toBe(401)
  expect((await signIn(api, 'wang', 'battery staple')).statusCode).toBe(200)

  expect((await api.as('admin', 'DELETE', '/users/wang')).statusCode).toBe(204)
  expect((await signIn(api, 'wang', 'battery staple')).statusCode).toBe(401)
  expect((await api.as('admin', 'DELETE', '/users/wang')).statusCode).toBe(404)
  const deeds = (await api.as('auditor', 'GET', '/audit'))
    .json()
    .items.map((entry: { action: string }) => entry.action)
  expect(deeds).toEqual(expect.arrayContaining(['user.created', 'user.password-set', 'user.removed']))
})

it('the last admin stays', async () => {
  await using api = await openApi()
  await api.operations.registry.firstAdmin()
  expect((await api.as('admin', 'DELETE', '/users/admin')).statusCode).toBe(422)
  await api.as('admin', 'POST', '/users', { ...WANG, role: 'admin' })
  expect((await api.as('admin', 'DELETE', '/users/admin')).statusCode).toBe(204)
})

it('a token that leaked is found by its label and opens nothing once revoked', async () => {
  await using api = await openApi()
  const made = await api.as('admin', 'POST', '/tokens', { role: 'viewer', label: 'grafana' })
  expect(made.statusCode).toBe(201)
  const { token } = made.json() as { token: string }
  const site = () => api.app.inject({ url: '/api/v1/site', headers: { authorization: `Bearer ${token}` } })
  expect((await site()).statusCode).toBe(200)
  const tokens = (await api.as('admin', 'GET', '/tokens')).json().items as { id: string; label: string }[]
  const { id } = tokens.find(({ label }) => label === 'grafana') ?? expect.unreachable()
  expect((await api.as('admin', 'DELETE', `/tokens/${id}`)).statusCode).toBe(204)
  expect((await site()).statusCode).toBe(401)
  for (const unknown of [id, '%25', 'nothing'])
    expect((await api.as('admin', 'DELETE', `/tokens/${unknown}`)).statusCode).toBe(404)
})
