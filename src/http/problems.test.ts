import { expect, it } from 'vitest'
import { openApi } from '../../tests/support/api.ts'
import { SILENT_LOG } from '../model/log.ts'

const ZH = { 'accept-language': 'zh-CN' }

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
  expect(chinese.json()).toMatchObject({ title: '没有找到', code: 'not-found' })
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
})

it.each([
  ['a limit of nothing', '/alarms?limit=0', 'limit'],
  ['a limit beyond the greatest', '/alarms?limit=1001', 'limit'],
  ['a limit that is no number', '/alarms?limit=1e2', 'limit'],
  ['a filter that there is not', '/alarms?sate=open', ''],
  ['a state that there is not', '/alarms?state=ringing', 'state'],
  ['a time without a zone', '/alarms?from=2026-11-22T10:00:00', 'from'],
  ['a day that there is not', '/alarms?from=2026-02-30T10:00:00Z', 'from'],
])('%s is 422', async (_what, path, place) => {
  await using api = await openApi()
  const answer = await api.as('viewer', 'GET', path)
  expect([answer.statusCode, answer.json().code]).toEqual([422, 'invalid-input'])
  expect(answer.json().errors[0].path).toBe(place)
})

it.each(['/alarms', '/devices', '/work-orders', '/links', '/rules', '/devices/meter-1/readings'])(
  'a cursor that no page gave out is 422 on %s',
  async (path) => {
    await using api = await openApi()
    for (const cursor of ['nonsense', Buffer.from('[null]').toString('base64url')]) {
      const { statusCode } = await api.as('admin', 'GET', `${path}?cursor=${cursor}`)
      expect(statusCode).toBe(422)
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
    ...{ method: 'POST', url: '/api/v1/work-orders', payload },
    headers: { authorization, 'content-type': type },
  })
  expect([answer.statusCode, answer.json().code]).toEqual([422, 'invalid-input'])
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

it('an address that cannot be decoded is a problem too', async () => {
  await using api = await openApi()
  const answer = await api.app.inject('/api/v1/devices/%zz')
  expect(answer.json()).toMatchObject({ code: 'invalid-input', status: 422 })
})
