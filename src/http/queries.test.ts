import { expect, it } from 'vitest'
import { openApi } from '../../tests/support/api.ts'
import { openApiDocument } from './document.ts'

type Operation = { parameters?: { name: string; in: string }[]; responses: Record<string, Answer> }
type Answer = { content?: Record<string, { schema?: Shape }> }
type Shape = { properties?: Record<string, unknown> }

const { paths } = (await openApiDocument()) as { paths: Record<string, Record<string, Operation>> }
const questions = Object.entries(paths).flatMap(([path, { get }]) => (get ? [{ path, get }] : []))

it.each(questions.map(({ path }) => path))('GET %s refuses a key that it does not know', async (path) => {
  await using api = await openApi()
  const url = path.replace('/api/v1', '').replace(/\{\w+\}/, 'meter-1')
  const { statusCode, json } = await api.as('admin', 'GET', `${url}?sate=open`)
  expect([statusCode, json().code]).toEqual([422, 'invalid-input'])
})

const lists = questions.filter(({ get }) => {
  const { schema } = get.responses[200]?.content?.['application/json'] ?? {}
  return schema?.properties?.items !== undefined
})

it.each(lists.map(({ path, get }) => [path, get] as const))('the list %s comes in pages', (_path, get) => {
  const asked = get.parameters?.filter((one) => one.in === 'query').map(({ name }) => name)
  expect(asked).toEqual(expect.arrayContaining(['limit', 'cursor']))
  expect(get.responses[200]?.content?.['application/json']?.schema?.properties).toHaveProperty('next')
})

it('users and tokens come in pages, each of them once', async () => {
  await using api = await openApi()
  for (const name of ['chen', 'li', 'wang', 'zhao']) {
    const user = { name, role: 'viewer', password: 'correct horse battery' }
    expect((await api.as('admin', 'POST', '/users', user)).statusCode).toBe(204)
  }
  for (const path of ['/users', '/tokens']) {
    const whole = (await api.as('admin', 'GET', path)).json().items
    const seen: object[] = []
    let next: string | null = ''
    while (next !== null) {
      const page = await api.as('admin', 'GET', `${path}?limit=2${next && `&cursor=${next}`}`)
      seen.push(...page.json().items)
      next = page.json().next
    }
    expect(seen, path).toEqual(whole)
  }
})

it.each(['/alarms', '/dead-letters'])('%s of a time that ends before it begins is 422', async (path) => {
  await using api = await openApi()
  const time = 'from=2026-11-23T00:00:00Z&to=2026-11-22T00:00:00Z'
  const { statusCode, json } = await api.as('admin', 'GET', `${path}?${time}`)
  expect([statusCode, json().errors?.[0]?.path]).toEqual([422, 'to'])
})
