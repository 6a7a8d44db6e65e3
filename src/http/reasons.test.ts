/** Every reason that a person reads on the page, asked for in Chinese. */
import { expect, it } from 'vitest'
import { openApi } from '../../tests/support/api.ts'
import { checkYaml } from '../config/yaml.ts'
import { GatehouseError } from '../model/errors.ts'
import { RulesOptions } from '../rules/index.ts'
import type { Services } from './services.ts'

const CHINESE = { 'accept-language': 'zh-CN' }
const HAN = /[\u4e00-\u9fff]/

it('why a message is a dead letter, a link is down, a channel waits and the gateway is not ready is said in Chinese too', async () => {
  const channel = { name: 'office', kind: 'webhook', state: 'waiting', since: 0, waiting: 1 } as const
  const because = 'fetch failed: connect ECONNREFUSED 10.0.0.7:443'
  const notify: Services['notify'] = { channels: () => [{ ...channel, because }], wake() {} }
  await using api = await openApi({ services: { notify } })
  const { operations, links, warnings, obstacles, clock } = api
  const reason =
    'none of its points is known: it has "Volume", and gatehouse/meter reads volume; did you mean volume?'
  const letter = { source: 'mqtt', topic: 'a/b', code: 'no-known-point', reason, payload: '' } as const
  await operations.checkpoints.saveLetters({
    to: 1,
    links: [],
    deadLetters: [{ ...letter, at: clock.now() }],
  })
  links.set('plant', {
    source: 'plant',
    state: 'down',
    since: clock.now(),
    detail: 'The connection was lost',
  })
  obstacles.push({ code: 'operations-failed', detail: 'database is locked' })
  warnings.push({ code: 'history-failing', detail: 'InfluxDB did not answer: 401 unauthorized' })
  warnings.push({ code: 'notify-failing', detail: `office: ${because}` })
  await api.breach()
  const [one = expect.unreachable()] = await operations.outbox.waiting('office', 1)
  await operations.outbox.dead({ ids: [one.id], at: clock.now(), because: '503 Service Unavailable' })

  const asked = async (path: string) => (await api.as('admin', 'GET', path, undefined, CHINESE)).json()
  const ready = (await api.app.inject({ url: '/readyz', headers: CHINESE })).json()
  const summary = await asked('/summary')
  const said: string[] = [
    ...(await asked('/dead-letters')).items.map((it: { reason: string }) => it.reason),
    ...(await asked('/links')).items.map((it: { detail: string }) => it.detail),
    ...(await asked('/notifications/channels')).items.map((it: { because: string }) => it.because),
    ...(await asked('/notifications?state=dead')).items.map((it: { because: string }) => it.because),
    ...[...ready.because, ...ready.warnings, ...summary.notices].map((it: { detail: string }) => it.detail),
  ]
  expect(said).toHaveLength(10)
  for (const sentence of said) expect(sentence).toMatch(HAN)
  expect(said[0]).toBe('没有已知测点：数据中有 "Volume"，规格 gatehouse/meter 读取 volume；是否应为 volume？')
  const english = (await api.as('admin', 'GET', '/dead-letters')).json()
  expect(english.items[0].reason).toBe(reason)
})

const DRAFT = `rules:
  - id: Leak
    kind: sustained
    severity: grave
    scope: { devices: [meter-1] }
    options: { point: flow, above: 1, clearBelow: 2, forMs: soon }
    verfyMs: 5
  - id: open-door
    kind: expression
    severity: low
    scope: { families: [access-control-gate] }
    options: { expression: 'door = "open"' }
  - kind: nonsense
    id: 7
`

it('each slip of a draft of rules is said in Chinese too', async () => {
  const slips = () => {
    try {
      return checkYaml('rules', DRAFT, RulesOptions)
    } catch (cause) {
      const { message } = cause as GatehouseError
      const errors = message.split('\n').map((one) => ({ path: 'rules', message: one }))
      throw new GatehouseError('invalid-input', message, { details: { errors } })
    }
  }
  await using api = await openApi({ services: { backtest: async () => slips() as never } })
  const asked = { rules: DRAFT, from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' }
  const refused = (await api.as('operator', 'POST', '/backtests', asked, CHINESE)).json()
  expect(refused.errors.length).toBeGreaterThan(5)
  for (const { message } of refused.errors) expect(message).toMatch(HAN)
  for (const line of refused.detail.split('\n')) expect(line).not.toContain('原文')
})
