import { expect, it } from 'vitest'
import { BARE_SITE } from '../../tests/support/bare-site.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder } from '../../tests/support/operations.ts'
import { SILENT_LOG } from '../model/log.ts'
import { said } from '../model/refusal.ts'
import type { Site } from '../model/site.ts'
import { bindRules } from '../rules/bind.ts'
import { RulesOptions } from '../rules/index.ts'
import { keepRules } from './rulebook.ts'

const SITE: Site = {
  ...BARE_SITE,
  calendars: [
    {
      id: 'office',
      name: 'Office',
      hours: {},
      makeUpHours: [],
      years: { 2026: { holidays: [], workdays: [] } },
    },
  ],
}
const rule = (verifyMs: number) => ({ id: 'quiet', kind: 'silent', severity: 'low', verifyMs, options: {} })
const bound = (...rules: object[]) => bindRules(RulesOptions.parse({ rules }).rules, SITE, () => undefined)

async function opened(first = bound(rule(1))) {
  const folder = await operationsFolder()
  const clock = handClock(Date.parse('2026-11-30T23:59:00+08:00'))
  const operations = await folder.open(clock)
  const keep = (rules = first) =>
    keepRules({
      folder: folder.dir,
      file: undefined,
      site: SITE,
      bind: () => rules,
      operations,
      clock,
      alarms: {
        engine: { rules, parked: () => [], counts: {} as never },
        exchange: () => Promise.reject(new Error('not asked')),
      },
      log: SILENT_LOG,
    })
  return {
    clock,
    operations,
    keep,
    async [Symbol.asyncDispose]() {
      await operations[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

it('a year without data is said a month before it begins, and while it runs', async () => {
  await using it = await opened()
  using rulebook = await it.keep()
  expect(rulebook.warnings()).toEqual([])
  it.clock.pass(60_000 + 86_400_000)
  expect(rulebook.warnings()).toEqual([
    { code: 'calendar-incomplete', detail: said('calendar-year', { calendar: 'office', year: '2027' }) },
  ])
})

it('what was changed while the gateway was away is recorded at the next start, and nothing twice', async () => {
  await using it = await opened()
  const changes = async () =>
    (await it.operations.ruleChanges.list({ limit: 9 })).items.map(({ rule: id, from, to }) => [id, from, to])
  const [before, after] = [bound(rule(1)), bound(rule(2))].map(([one]) => one?.version)
  ;(await it.keep())[Symbol.dispose]()
  ;(await it.keep())[Symbol.dispose]()
  expect(await changes()).toEqual([['quiet', null, before]])
  ;(await it.keep(bound(rule(2))))[Symbol.dispose]()
  ;(await it.keep([]))[Symbol.dispose]()
  ;(await it.keep())[Symbol.dispose]()
  expect(await changes()).toEqual([
    ['quiet', null, before],
    ['quiet', after, null],
    ['quiet', before, after],
    ['quiet', null, before],
  ])
})

it('without a file of rules there is nothing to read again', async () => {
  await using it = await opened()
  using rulebook = await it.keep()
  await expect(rulebook.reload({ by: 'li', reason: 'r' })).rejects.toMatchObject({
    code: 'rules-refused',
    message: expect.stringContaining('names no file'),
  })
})
