import { expect, it } from 'vitest'
import { openApi } from '../../tests/support/api.ts'
import { ROLES } from '../operations/roles.ts'

const NOT_HERE = '00000000-0000-4000-8000-000000000000'

/**
 * Every route, with an input that gets past the door; v o e c a A: viewer, operator, energy, contractor,
 * auditor, admin.
 */
// biome-ignore format: a table
const ROUTES = [
  ['GET',  '/session',                                   'voecaA'],
  ['GET',  '/site',                                      'voecaA'],
  ['GET',  '/summary',                                   'voecaA'],
  ['GET',  '/devices',                                   'voe-aA'],
  ['GET',  '/devices/meter-1',                           'voe-aA'],
  ['GET',  '/devices/meter-1/readings',                  'voe-aA'],
  ['GET',  '/water-use?step=day&by=device&from=2026-11-01T00:00:00%2B08:00&to=2026-11-02T00:00:00%2B08:00', 'voe-aA'],
  ['GET',  '/water-use/totals?step=day&by=device&from=2026-11-01T00:00:00%2B08:00&to=2026-11-02T00:00:00%2B08:00', 'voe-aA'],
  ['GET',  '/water-quotas?year=2026',                    'voe-aA'],
  ['GET',  '/night-flows?by=device&from=2026-11-01T00:00:00%2B08:00&to=2026-11-02T00:00:00%2B08:00', 'voe-aA'],
  ['GET',  '/water-balances?from=2026-11-01T00:00:00%2B08:00&to=2026-11-02T00:00:00%2B08:00', 'voe-aA'],
  ['GET',  '/alarms',                                    'vo--aA'],
  ['GET',  `/alarms/${NOT_HERE}`,                        'vo--aA'],
  ['GET',  `/alarms/${NOT_HERE}/escalation`,             'vo--aA'],
  ['POST', `/alarms/${NOT_HERE}/acknowledge`,            '-o---A'],
  ['POST', `/alarms/${NOT_HERE}/shelve`,                 '-o---A'],
  ['POST', `/alarms/${NOT_HERE}/unshelve`,               '-o---A'],
  ['POST', `/alarms/${NOT_HERE}/reset`,                  '-o---A'],
  ['GET',  '/out-of-service',                            'vo--aA'],
  ['POST', '/devices/meter-1/out-of-service',            '-o---A'],
  ['DELETE', '/devices/meter-1/out-of-service',          '-o---A'],
  ['POST', '/zones/meter-1/out-of-service',              '-o---A'],
  ['DELETE', '/zones/meter-1/out-of-service',            '-o---A'],
  ['GET',  `/alarms/${NOT_HERE}/evidence`,               'vo--aA'],
  ['GET',  '/work-orders',                               'vo-caA'],
  ['GET',  `/work-orders/${NOT_HERE}`,                   'vo-caA'],
  ['POST', '/work-orders',                               '-o---A'],
  ['POST', `/work-orders/${NOT_HERE}/transitions`,       '-o-c-A'],
  ['GET',  '/dead-letters',                              '----aA'],
  ['GET',  '/rules',                                     'vo--aA'],
  ['GET',  '/rules/changes',                             'vo--aA'],
  ['POST', '/rules/reload',                              '-----A'],
  ['POST', '/rules/meter-1/release',                     '-o---A'],
  ['POST', '/rules/meter-1/draft',                       '-o---A'],
  ['POST', '/backtests',                                 '-o---A'],
  ['GET',  '/links',                                     'vo--aA'],
  ['GET',  '/seats',                                     'vo--aA'],
  ['GET',  '/reports/alarm-load?from=2026-11-01T00:00:00%2B08:00&to=2026-11-02T00:00:00%2B08:00', 'vo--aA'],
  ['GET',  '/reports/work-orders?from=2026-11-01T00:00:00%2B08:00&to=2026-11-02T00:00:00%2B08:00', 'vo--aA'],
  ['GET',  '/notifications',                             'vo--aA'],
  ['GET',  '/notifications/channels',                    'vo--aA'],
  ['POST', '/notifications/retry',                       '-o---A'],
  ['POST', '/notifications/0/retry',                     '-o---A'],
  ['GET',  '/audit',                                     '----aA'],
  ['GET',  '/users',                                     '----aA'],
  ['POST', '/users',                                     '-----A'],
  ['POST', '/users/nobody/password',                     '-----A'],
  ['DELETE', '/users/nobody',                            '-----A'],
  ['GET',  '/tokens',                                    '----aA'],
  ['POST', '/tokens',                                    '-----A'],
  ['DELETE', '/tokens/0123456789abcdef',                 '-----A'],
] as const

it('each role reaches what the contract gives it, and nothing else', async () => {
  await using api = await openApi()
  const seen: string[] = []
  for (const [method, path] of ROUTES) {
    let reached = ''
    for (const [i, role] of ROLES.entries()) {
      const { statusCode } = await api.as(role, method, path)
      expect([200, 403, 404, 422, 503], `${role} ${method} ${path}`).toContain(statusCode)
      reached += statusCode === 403 ? '-' : 'voecaA'[i]
    }
    seen.push(`${method} ${path} ${reached}`)
  }
  expect(seen).toEqual(ROUTES.map((route) => route.join(' ')))
})

it('the table above has every route of the API', async () => {
  await using api = await openApi()
  const { paths } = (await api.app.inject('/openapi.json')).json()
  const known = ROUTES.map(([method, path]) => {
    const bare = path
      .split('?')[0]
      ?.replace(NOT_HERE, '{id}')
      .replace('/meter-1', '/{id}')
      .replace('/0/', '/{id}/')
      .replace('/users/nobody', '/users/{name}')
      .replace('0123456789abcdef', '{id}')
    return `${method} /api/v1${bare}`
  })
  const elsewhere = [
    'POST /api/v1/session',
    'DELETE /api/v1/session',
    'POST /api/v1/session/password',
    'GET /api/v1/live',
  ]
  const declared = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(declared.sort()).toEqual([...known, ...elsewhere].sort())
})

it('nothing under /api answers without a token or a session, not even what is not there', async () => {
  await using api = await openApi()
  const answers = await Promise.all(
    [
      ...ROUTES.map(([method, path]) => ({ method, url: `/api/v1${path}` })),
      { method: 'GET' as const, url: '/api/nothing' },
    ].map(async (asked) => (await api.app.inject(asked)).statusCode),
  )
  expect(new Set(answers)).toEqual(new Set([401]))
})

it('a contractor sees and moves the orders of its own, and is refused the others', async () => {
  await using api = await openApi()
  const { id: alarm } = await api.breach()
  const mine = (await api.as('operator', 'POST', '/work-orders', { alarm })).json()
  const other = (
    await api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title: 'Hinge' })
  ).json()
  const dispatch = (id: string, assignee: string) =>
    api.as('operator', 'POST', `/work-orders/${id}/transitions`, { to: 'dispatched', assignee })
  await dispatch(mine.id, 'plumbers')
  await dispatch(other.id, 'locksmiths')

  const listed = (await api.as('contractor', 'GET', '/work-orders')).json()
  expect(listed.items.map(({ id }: { id: string }) => id)).toEqual([mine.id])
  expect((await api.as('contractor', 'GET', `/work-orders/${other.id}`)).statusCode).toBe(403)
  const accept = (id: string) =>
    api.as('contractor', 'POST', `/work-orders/${id}/transitions`, { to: 'accepted' })
  expect((await accept(other.id)).json().code).toBe('forbidden')
  expect((await accept(mine.id)).json()).toMatchObject({ state: 'accepted', assignee: 'plumbers' })
  expect((await api.as('contractor', 'GET', '/work-orders?assignee=locksmiths')).statusCode).toBe(403)
  expect((await api.as('contractor', 'GET', '/summary')).json().orders.open).toBe(1)
  expect((await api.as('contractor', 'GET', '/site')).json().vehicles).toEqual([])
})
