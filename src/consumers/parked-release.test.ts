import { expect, it } from 'vitest'
import * as z from 'zod'
import { BARE_SITE } from '../../tests/support/bare-site.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder } from '../../tests/support/operations.ts'
import { scriptedJournal } from '../../tests/support/scripted-journal.ts'
import type { Device } from '../model/device.ts'
import { SILENT_LOG } from '../model/log.ts'
import { believed } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import type { Operations } from '../operations/operations.ts'
import { bindRules } from '../rules/bind.ts'
import { declareKind } from '../rules/bound-rule.ts'
import { defineRule } from '../rules/rule.ts'
import { ruleConfigOf } from '../rules/rule-config.ts'
import { startAlarms } from './alarms.ts'

const T0 = Date.UTC(2026, 0, 5)
const UNLUCKY = 13

/** Breached above 8, and broken by 13. */
const fragile = defineRule<object, boolean>({
  kind: 'fragile',
  summary: '',
  codes: ['high', 'fine'],
  options: z.strictObject({}),
  state: z.boolean(),
  points: () => ['flow'],
  start: () => ({ state: false }),
  step(state, moment) {
    const value = 'reading' in moment ? believed(moment.reading, 'flow') : 0
    if (value === UNLUCKY) throw new Error('unlucky')
    const breached = typeof value === 'number' && value > 8
    if (breached === state) return { state }
    return {
      state: breached,
      verdict: { breached, because: { code: breached ? 'high' : 'fine', figures: {} } },
    }
  },
})
const KIND = declareKind(fragile, {
  families: ['water-meter'],
  declared: z.strictObject({}),
  options: () => ({}),
})

const METER: Device = {
  id: 'meter',
  name: 'Meter',
  family: 'water-meter',
  profile: 'p',
  place: { institution: 'school' },
}
const SITE: Site = {
  ...BARE_SITE,
  devices: [METER],
}
const bound = (severity: 'low' | 'high' = 'low') => {
  const config = { id: 'flow', kind: 'fragile', severity, verifyMs: 1, options: {} }
  const declared = ruleConfigOf('fragile', KIND.declared).parse(config)
  return bindRules([{ ...declared, fault: 'flow' }], SITE, () => undefined, [KIND])
}

const atOf = (offset: number) => T0 + offset * 700
/** It breaches, breaks, and is fine from then on. */
const COMMITS = [9, UNLUCKY, 1, 1, 1, 1].map((flow, i) => {
  const [offset, at] = [i + 1, atOf(i + 1)]
  return {
    offset,
    receivedAt: at,
    records: [{ is: 'reading' as const, device: 'meter', at, values: { flow } }],
  }
})

/** A gateway over those books; where `upTo` is given it finds a journal of so many commits. */
async function gateway(operations: Operations, upTo = 0) {
  const clock = handClock(T0)
  const journal = scriptedJournal(COMMITS)
  if (upTo > 0) journal.release(upTo)
  const alarms = await startAlarms({
    operations,
    journal,
    clock,
    log: SILENT_LOG,
    rules: bound(),
    history: { reached: async () => {}, readings: async () => [] },
    placeOf: () => ({ institution: 'school' }),
  })
  /** Lets the next commit out, before which what was asked is done. */
  const next = () => {
    const offset = journal.head.offset + 1
    clock.pass(atOf(offset) - clock.now())
    journal.release(offset)
    return alarms.reached(offset)
  }
  return { alarms, next, [Symbol.asyncDispose]: () => alarms[Symbol.asyncDispose]() }
}

/** A meter that was parked in the midst of a breach, and let go. */
async function released() {
  const folder = await operationsFolder()
  const operations = await folder.open(handClock(T0))
  const it = await gateway(operations)
  for (let i = 0; i < 2; i++) await it.next()
  expect(it.alarms.engine.parked()).toMatchObject([{ subject: 'meter', cause: 'Error: unlucky' }])
  const answered = it.alarms.release('flow', 'meter')
  const stateOf = async () => (await operations.alarms.list({ state: 'all', limit: 9 })).items[0]?.state
  return {
    it,
    operations,
    answered,
    stateOf,
    async [Symbol.asyncDispose]() {
      await it[Symbol.asyncDispose]()
      await operations[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

it('a subject that is let go starts anew with the next commit, and its breach ends', async () => {
  await using plant = await released()
  await plant.it.next()
  expect(await plant.answered).toBe(true)
  expect(plant.it.alarms.engine.parked()).toEqual([])
  expect(await plant.stateOf()).toBe('cleared-unacknowledged')
})

it('one that is not parked cannot be let go', async () => {
  await using plant = await released()
  await plant.it.next()
  const again = plant.it.alarms.release('flow', 'meter')
  await plant.it.next()
  expect(await again).toBe(false)
})

it('a kill right after the answer does not park it again', async () => {
  await using plant = await released()
  await plant.it.next()
  expect(await plant.answered).toBe(true)
  await using after = await gateway(plant.operations, 3)
  await after.alarms.reached(3)
  await after.next()
  expect(after.alarms.engine.parked()).toEqual([])
  expect(await plant.stateOf()).toBe('cleared-unacknowledged')
})

it('nor does an exchange of the rules at the same moment', async () => {
  await using plant = await released()
  const exchanged = plant.it.alarms.exchange({ rules: bound('high'), record: async () => {} })
  await plant.it.next()
  expect(await plant.answered).toBe(true)
  await exchanged
  await plant.it.next()
  expect(plant.it.alarms.engine.parked()).toEqual([])
  expect(await plant.stateOf()).toBe('cleared-unacknowledged')
})

it('where it cannot be done in time it is refused', async () => {
  await using plant = await released()
  const refused = expect(plant.answered).rejects.toMatchObject({ code: 'rules-busy' })
  await plant.it.alarms[Symbol.asyncDispose]()
  await refused
})
