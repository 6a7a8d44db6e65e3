import { expect, it } from 'vitest'
import { openApi, START } from '../../../tests/support/api.ts'

it('the audit is asked for one person, one kind of deed, one thing or one time, and goes on in pages', async () => {
  await using api = await openApi()
  const note = (by: string, action: string, subject: string) =>
    api.operations.audit.note({ by, action, subject, details: {} })
  await note('li', 'order.created', 'one')
  await note('wang', 'order.moved', 'one')
  api.clock.pass(60_000)
  await note('li', 'alarm.acknowledged', 'two')
  await note('li', 'order.moved', 'one')
  await note('wang', 'orders-of-nobody.moved', 'one')
  const asked = async (query: string) => {
    const { items, next } = (await api.as('auditor', 'GET', `/audit?${query}`)).json()
    const deeds = items.map(({ by, action }: { by: string; action: string }) => `${by} ${action}`)
    return { deeds, next }
  }
  expect((await asked('by=li')).deeds).toEqual([
    'li order.moved',
    'li alarm.acknowledged',
    'li order.created',
  ])
  expect((await asked('action=order.moved')).deeds).toEqual(['li order.moved', 'wang order.moved'])
  expect((await asked('action=order&subject=one')).deeds).toEqual([
    'li order.moved',
    'wang order.moved',
    'li order.created',
  ])
  const later = new Date(START + 60_000).toISOString()
  expect((await asked(`action=order&from=${later}`)).deeds).toEqual(['li order.moved'])
  expect((await asked(`action=order&to=${later}`)).deeds).toEqual(['wang order.moved', 'li order.created'])
  const first = await asked('action=order&limit=2')
  expect(first.deeds).toHaveLength(2)
  expect((await asked(`action=order&limit=2&cursor=${first.next}`)).deeds).toEqual(['li order.created'])
  for (const wrong of ['action=or%25', `from=${later}&to=2026-11-01T00:00:00Z`, 'who=li']) {
    expect((await api.as('auditor', 'GET', `/audit?${wrong}`)).statusCode, wrong).toBe(422)
  }
})
