import { expect, it } from 'vitest'
import { openApi, SITE } from '../../../tests/support/api.ts'
import { clocksIn } from '../../work-orders/clocks.ts'
import { WorkOrdersOptions } from '../../work-orders/options.ts'

const DAY = 'from=2026-11-22T00:00:00%2B08:00&to=2026-11-23T00:00:00%2B08:00'

it('orders are judged by who has them, and a refusal by who gave it', async () => {
  const targets = { medium: { acceptMs: 60_000, repairMs: 3_600_000 } }
  const clocksOf = clocksIn(WorkOrdersOptions.parse({ targets }), SITE)
  await using api = await openApi({ services: { clocksOf } })
  const open = async (title: string) =>
    (await api.as('operator', 'POST', '/work-orders', { device: 'gate-1', title })).json().id
  const move = (id: string, to: string, more: object = {}) =>
    api.as('operator', 'POST', `/work-orders/${id}/transitions`, { to, ...more })
  const [hinge, rust] = [await open('Hinge'), await open('Rust')]
  await move(hinge, 'dispatched', { assignee: 'plumbers' })
  await api.as('contractor', 'POST', `/work-orders/${hinge}/transitions`, { to: 'reported', note: 'wood' })
  await move(hinge, 'dispatched', { assignee: '=joiners' })
  api.clock.pass(30_000)
  await move(hinge, 'accepted')
  api.clock.pass(30_000)
  await move(hinge, 'done')
  await move(rust, 'cancelled')
  const { rows } = (await api.as('viewer', 'GET', `/reports/work-orders?${DAY}`)).json()
  expect(rows).toMatchObject([
    { group: '', orders: 1, withoutRepair: 1, open: 0 },
    {
      group: '=joiners',
      orders: 1,
      repaired: 1,
      rightFirst: 1,
      clocks: { acceptance: { inTime: 1, late: 0, medianMs: 30_000 }, repair: { inTime: 1, p90Ms: 60_000 } },
    },
    { group: 'plumbers', orders: 0, givenBack: 1 },
  ])
  const csv = await api.as('viewer', 'GET', `/reports/work-orders?${DAY}&by=institution&format=csv`)
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(csv.body.split('\r\n').slice(1)).toEqual([
    'bureau,2,1,1,1,1,0,1,0,0,0,0,1,0,30000,30000,1,0,60000,60000',
    '',
  ])
  const byName = await api.as('viewer', 'GET', `/reports/work-orders?${DAY}&format=csv`)
  expect(byName.body, 'no spreadsheet takes a name for a formula').toContain("'=joiners")
})

it('a stretch that ends before it begins, and one of years, are refused', async () => {
  await using api = await openApi()
  const status = async (query: string) =>
    (await api.as('viewer', 'GET', `/reports/work-orders?${query}`)).statusCode
  expect(await status('from=2026-11-23T00:00:00Z&to=2026-11-22T00:00:00Z')).toBe(422)
  expect(await status('from=2024-11-23T00:00:00Z&to=2026-11-22T00:00:00Z')).toBe(422)
})
