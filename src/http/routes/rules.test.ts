import { expect, it } from 'vitest'
import { openApi, SITE } from '../../../tests/support/api.ts'
import { bindRules } from '../../rules/bind.ts'
import type { RuleConfig } from '../../rules/rule-config.ts'

it('an operator lets a parked subject be judged again, once, and the audit says who did', async () => {
  const parked = new Set(['meter-1'])
  const releaseParked = async (rule: string, subject: string) => rule === 'burst' && parked.delete(subject)
  await using api = await openApi({ services: { releaseParked } })
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

it('a rule says whom it judges, and one that judges nobody says why', async () => {
  const declared: RuleConfig = {
    id: 'forced',
    kind: 'door-forced',
    fault: 'forced',
    severity: 'high',
    order: 'automatic',
    verifyMs: 60_000,
    scope: { institutions: ['bureau'] },
    options: {},
    optionsFor: {},
  }
  const points = (profile: string) => ({ points: profile === 'gatehouse/gate' ? { lock: {} } : {} })
  const rules = bindRules([declared], SITE, points)
  await using api = await openApi({
    services: { rules: { rules, parked: () => [] } },
  })
  const { items } = (await api.as('viewer', 'GET', '/rules')).json()
  expect(items).toMatchObject([
    {
      scope: { institutions: ['bureau'] },
      latching: false,
      neverShelve: false,
      subjects: 0,
      idle: { inScope: 1, points: ['door'] },
    },
  ])
})

it('what the gateway itself gives as a reason is in the language of who asks; what people wrote is theirs', async () => {
  await using api = await openApi()
  const rule = (version: string) => ({ id: 'a', version, declared: { id: 'a' } })
  await api.operations.ruleChanges.record([rule('1')], { by: 'gateway', reason: 'found at the start' })
  await api.operations.ruleChanges.record([rule('2')], { by: 'li', reason: 'found at the start' })
  const reasons = async (path: string, language: string) => {
    const { items } = (
      await api.as('auditor', 'GET', path, undefined, { 'accept-language': language })
    ).json()
    return items.map(({ reason, details }: { reason?: string; details?: { reason: string } }) =>
      details ? details.reason : reason,
    )
  }
  for (const path of ['/rules/changes', '/audit?action=rules.changed']) {
    expect(await reasons(path, 'zh-CN')).toEqual(['found at the start', '启动时发现'])
    expect(await reasons(path, 'en')).toEqual(['found at the start', 'found at the start'])
  }
})

it('the changes of one rule are asked for by its name', async () => {
  await using api = await openApi()
  const rule = (id: string, version: string) => ({ id, version, declared: { id } })
  const { ruleChanges } = api.operations
  await ruleChanges.record([rule('a', '1'), rule('b', '1')], { by: 'li', reason: 'first' })
  await ruleChanges.record([rule('a', '2'), rule('b', '1')], { by: 'li', reason: 'lower limit' })
  const { items } = (await api.as('viewer', 'GET', '/rules/changes?rule=a')).json()
  expect(items.map(({ from, to, reason }: Record<string, string>) => [from, to, reason])).toEqual([
    ['1', '2', 'lower limit'],
    [null, '1', 'first'],
  ])
})
