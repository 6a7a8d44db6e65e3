import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { SITE } from '../../tests/support/api.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { WHOLE_SITE } from '../alarms/seat.ts'
import type { Alarm } from '../model/alarm.ts'
import { RulesOptions } from '../rules/index.ts'
import { backtester } from './backtest.ts'
import { reportText } from './text.ts'

const DAY_MS = 86_400_000
const NOW = Date.parse('2026-11-22T10:00:00Z')
const { rules } = RulesOptions.parse({
  rules: [{ id: 'silent', kind: 'silent', severity: 'low', verifyMs: 1, options: { forMs: DAY_MS } }],
})

/** Over an empty history; `clock` is moved by hand, so nothing takes too long by itself. */
function empty(timeLimitMs = DAY_MS, fired: readonly Alarm[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-backtest-'))
  const clock = handClock(NOW)
  const tester = backtester({
    site: SITE,
    profiles: new Map(),
    running: () => rules,
    seats: WHOLE_SITE,
    clock,
    timeLimitMs,
    history: { kind: 'embedded', folder, journalFile: join(folder, 'journal.sqlite') },
    alarms: { list: async () => ({ items: fired, next: null }) },
    processes: 1,
    gentle: true,
  })
  return { tester, clock, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

const asked = { rules, from: NOW - 3 * DAY_MS, to: NOW + DAY_MS }
const never = () => new AbortController().signal

it('over an empty history every device is silent from a day after its beginning on', async () => {
  using it = empty()
  const report = await it.tester.run(asked, never())
  expect(report).toMatchObject({ to: NOW, readings: 0, absences: { known: 0, knownFrom: null } })
  expect(report.rules).toMatchObject([{ rule: 'silent', change: 'same', alarms: SITE.devices.length }])
  expect(report.rules[0]?.standing).toBe(SITE.devices.length)
  expect(report.seats).toMatchObject([{ alarms: SITE.devices.length, peakIn10Min: SITE.devices.length }])
})

it('over an empty history says that nothing was to be judged, not that alarms are gone', async () => {
  const burst = { id: 'burst', kind: 'sustained', severity: 'high', verifyMs: 1 }
  const options = { point: 'flow', above: 8, forMs: 60_000 }
  const draft = RulesOptions.parse({ rules: [{ ...burst, options }] }).rules
  const raisedAt = NOW - DAY_MS
  const alarm = { rule: 'burst', subject: 'meter-1', device: 'meter-1', raisedAt } as Alarm
  using it = empty(DAY_MS, [alarm])
  const report = await it.tester.run({ ...asked, rules: draft }, never())
  expect(report.beside.fired).toMatchObject({ same: 0, added: 0, gone: 0, unjudged: 1 })
  const text = reportText(report, 'Asia/Shanghai').join('\n')
  expect(text).toContain('There is no reading in this span: nothing was there to be judged')
  expect(text).toContain('Beside the alarms that were: 0 the same, 0 new, 0 gone, 1 not judged')
})

it('runs one at a time, and another once that has ended', async () => {
  using it = empty()
  const first = it.tester.run(asked, never())
  await expect(it.tester.run(asked, never())).rejects.toMatchObject({ code: 'backtest-busy' })
  await first
  await it.tester.run(asked, never())
  expect(it.tester.counts).toEqual({ runs: 2, failed: 0, running: 0 })
})

it('is called off by whoever asked, and by its time limit', async () => {
  using it = empty(60_000)
  const calling = new AbortController()
  const called = it.tester.run(asked, calling.signal)
  calling.abort(new Error('never mind'))
  await expect(called).rejects.toThrow('never mind')
  const slow = it.tester.run(asked, never())
  it.clock.pass(60_001)
  await expect(slow).rejects.toMatchObject({ code: 'backtest-failed' })
  expect(it.tester.counts).toEqual({ runs: 2, failed: 2, running: 0 })
})

it('none of its processes outlives it, done or called off', async () => {
  const processes = async () => {
    for (let turns = 0; turns < 2; turns++) await turnOfTheLoop() // its handle is closed behind its end
    return process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap')
  }
  using it = empty()
  await it.tester.run(asked, never())
  expect(await processes()).toEqual([])
  const calling = new AbortController()
  const called = it.tester.run(asked, calling.signal)
  expect(await processes()).not.toEqual([])
  calling.abort(new Error('never mind'))
  await expect(called).rejects.toThrow('never mind')
  expect(await processes()).toEqual([])
})

it.each([
  ['an interval that ends before it begins', { to: asked.from }],
  ['the future alone', { from: NOW + DAY_MS, to: NOW + 2 * DAY_MS }],
  ['more than 400 days', { from: NOW - 401 * DAY_MS }],
  ['no rules', { rules: [] }],
  ['a device that there is not', { devices: ['nobody'] }],
])('refuses %s', async (_what, wrong) => {
  using it = empty()
  await expect(it.tester.run({ ...asked, ...wrong }, never())).rejects.toMatchObject({
    code: 'invalid-input',
  })
})
