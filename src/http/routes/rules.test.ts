import { expect, it } from 'vitest'
import { openApi } from '../../../tests/support/api.ts'

it('an operator lets a parked subject be judged again, once, and the audit says who did', async () => {
  const parked = new Set(['meter-1'])
  const release = (rule: string, subject: string) => rule === 'burst' && parked.delete(subject)
  await using api = await openApi({ services: { rules: { rules: [], parked: () => [], release } } })
  const released = () => api.as('operator', 'POST', '/rules/burst/release', { subject: 'meter-1' })
  expect((await released()).statusCode).toBe(204)
  const again = await released()
  expect(again.statusCode).toBe(404)
  expect(again.json()).toMatchObject({ code: 'not-found' })
  expect((await api.as('viewer', 'POST', '/rules/burst/release', { subject: 'meter-1' })).statusCode).toBe(
    403,
  )
  const { items } = (await api.as('auditor', 'GET', '/audit')).json()
  const noted = items.filter(({ action }: { action: string }) => action === 'rules.released')
  expect(noted).toMatchObject([{ by: 'operator', subject: 'burst', details: { subject: 'meter-1' } }])
})
