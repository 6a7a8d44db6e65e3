/**
 * A draft over the history of a living campus: over the API and by the command, beside what runs and what
 * really was.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { COMMANDS, runCommand } from '../../src/cli/index.ts'
import { openVirtualCampus } from '../support/virtual-campus.ts'

const MINUTE_MS = 60_000
const RULES = readFileSync('examples/campus/rules.yaml', 'utf8')
const FROM = '2026-03-02T09:00:00+08:00'
const TO = '2026-03-02T09:08:00+08:00'

type Report = {
  readings: number
  rules: { rule: string; change: string; alarms: number }[]
  beside: Record<'running' | 'fired', { same: number; added: number; gone: number }>
  alarms: { rule: string; subject: string; raisedAt: string; clearedAt: string | null }[]
  absences: { knownFrom: string | null }
}

const burst = (above: number) => `rules:
  - id: burst-pipe
    kind: sustained
    severity: critical
    verifyMs: 60000
    scope: { families: [water-meter] }
    options: { point: flow, above: ${above}, clearBelow: 6, forMs: 20000, heldMs: 60000 }
`

async function command(dataDir: string, ...args: string[]) {
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const environment = { GATEHOUSE_DATA_DIR: dataDir }
  const terminal = { environment, until: new AbortController().signal, out: say, err: say }
  return { code: await runCommand(COMMANDS, args, terminal), said: said.join('\n') }
}

it('a draft is tested beside the rules that run and the alarms that were, while the gateway runs', async () => {
  const strike = { startsAfterMs: MINUTE_MS, lastsMs: 2 * MINUTE_MS }
  await using campus = await openVirtualCampus('2026-03-02T09:00', [
    { name: 'burst-pipe', device: 'meter-01', ...strike },
    { name: 'burst-pipe', device: 'meter-04', ...strike },
  ])
  await campus.pass(8)
  const test = async (rules: string, more: object = {}) =>
    (await campus.api('/backtests', { rules, from: FROM, to: TO, ...more })) as Report

  const same = await test(RULES)
  const bursts = same.alarms.filter(({ rule }) => rule === 'burst-pipe')
  expect(bursts.map(({ subject }) => subject)).toEqual(['meter-01', 'meter-04'])
  const { items } = (await campus.api('/alarms?state=all')) as { items: { rule: string; raisedAt: string }[] }
  expect(bursts.map(({ raisedAt }) => raisedAt)).toEqual(
    items
      .filter(({ rule }) => rule === 'burst-pipe')
      .map(({ raisedAt }) => raisedAt)
      .toSorted(),
  )
  expect(same.rules.find(({ rule }) => rule === 'burst-pipe')).toMatchObject({ change: 'same', alarms: 2 })
  expect(same.beside.running).toMatchObject({ added: 0, gone: 0 })
  expect(same.absences.knownFrom).not.toBeNull()

  const deaf = await test(burst(1_000))
  expect(deaf.beside.running).toMatchObject({ same: 0, added: 0 })
  expect(deaf.beside.fired).toMatchObject({ same: 0, added: 0, gone: 2 })
  const one = await test(burst(8), { devices: ['meter-04'] })
  expect(one.beside.fired).toMatchObject({ same: 1, added: 0, gone: 0 })

  // Both bursts stand at 09:02: a run that begins there finds them anew, one that had run before knows of them.
  const later = { from: '2026-03-02T09:02:00+08:00' }
  expect((await test(burst(8), later)).alarms).toHaveLength(2)
  expect((await test(burst(8), { ...later, warmUpMs: 2 * MINUTE_MS })).alarms).toEqual([])

  await expect(test('rules: [{ id: x }]')).rejects.toThrow(/422.*kind/)
  await expect(test(RULES, { devices: ['nobody'] })).rejects.toThrow(/422.*nobody/)

  const file = join(campus.dataDir, 'draft.yaml')
  writeFileSync(file, burst(8))
  const asked = ['backtest', '--rules', file, '--from', '2026-03-02T09:00', '--to', '2026-03-02T09:08']
  const shown = await command(campus.dataDir, ...asked)
  expect(shown.code).toBe(0)
  expect(shown.said).toMatch(/^burst-pipe +sustained +same +2 /m)
  expect(shown.said).toContain('Beside the alarms that were: 2 the same, 0 new, 0 gone')
  const json = await command(campus.dataDir, ...asked, '--format', 'json')
  expect(JSON.parse(json.said)).toMatchObject({ rules: [{ rule: 'burst-pipe', alarms: 2 }], cut: false })
  const warmed = await command(campus.dataDir, ...asked, '--warm-up', '1h')
  expect(warmed.said).toMatch(/^The rules ran from .*08:00/m)
  for (const wrong of [asked.slice(0, 3), [...asked, '--warm-up', 'soon']])
    expect((await command(campus.dataDir, ...wrong)).code).toBe(2)
})

it('the command replay reaches the verdict of an alarm again, and says what differs where it does not', async () => {
  await using campus = await openVirtualCampus('2026-03-02T09:00', [
    { name: 'burst-pipe', device: 'meter-01', startsAfterMs: MINUTE_MS, lastsMs: 2 * MINUTE_MS },
  ])
  await campus.pass(3)
  const { items } = (await campus.api('/alarms?state=all')) as { items: { id: string; rule: string }[] }
  const { id = '' } = items.find(({ rule }) => rule === 'burst-pipe') ?? {}
  const { code, said } = await command(campus.dataDir, 'replay', id)
  expect(said).toMatch(/by its step: +2026-03-02T01:01:20.000Z .*the same/)
  expect(said).toMatch(/by readings: +2026-03-02T01:01:20.000Z .*the same/)
  expect(code).toBe(0)
  expect(await command(campus.dataDir, 'replay', 'nobody')).toMatchObject({
    code: 1,
    said: 'There is no alarm nobody [not-found]',
  })
})
