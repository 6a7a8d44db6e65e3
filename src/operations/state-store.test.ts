import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { stateStore } from './state-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-states-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const freshFile = () => join(folder, `${++files}.sqlite`)

const shadow = (device: string, value: number) => ({
  device,
  lastSeenAt: 1_000 + value,
  latest: { flow: { value, at: 1_000, quality: 'good' as const } },
})

it('brings back after a restart the states and shadows as they were saved, each with the offset they hold at', async () => {
  const file = freshFile()
  {
    await using store = stateStore(file)
    expect(await store.offset('alarms.states')).toBe(0)
    await store.saveRuleStates('alarms.states', 7, [
      { rule: 'burst', subject: 'm-1', kept: { state: { since: 5 } } },
      { rule: 'burst', subject: 'm-2', kept: { state: {} } },
    ])
    await store.saveRuleStates('alarms.states', 9, [{ rule: 'burst', subject: 'm-2', kept: null }])
    await store.saveShadows('devices', 8, [shadow('m-2', 2), shadow('m-1', 1)])
    await store.saveShadows('devices', 10, [shadow('m-1', 3)])
  }
  await using store = stateStore(file)
  expect([await store.offset('alarms.states'), await store.offset('devices')]).toEqual([9, 10])
  expect(await store.ruleStates()).toEqual([{ rule: 'burst', subject: 'm-1', kept: { state: { since: 5 } } }])
  expect(await store.shadows()).toEqual([shadow('m-1', 3), shadow('m-2', 2)])
})

it('keeps a save whole or not at all, and goes on after one that it could not keep', async () => {
  await using store = stateStore(freshFile())
  const wrong = { rule: 'burst', subject: null as unknown as string, kept: { state: 1 } }
  const right = { rule: 'burst', subject: 'm-1', kept: { state: 1 } }
  await expect(store.saveRuleStates('alarms.states', 3, [right, wrong])).rejects.toThrow(/rule_states/)
  expect(await store.offset('alarms.states')).toBe(0)
  expect(await store.ruleStates()).toEqual([])
  await store.saveRuleStates('alarms.states', 4, [right])
  expect(await store.ruleStates()).toEqual([right])
})

const states = (rule: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({ rule, subject: `m-${n}`, kept: { state: { n } } }))

it('keeps saves of several at once apart, however many rows they have', async () => {
  const file = freshFile()
  {
    await using store = stateStore(file)
    const shadows = Array.from({ length: 1_700 }, (_, n) => shadow(`m-${n}`, n))
    const [, , found] = await Promise.all([
      store.saveRuleStates('alarms.states', 5, states('burst', 2_300)),
      store.saveShadows('devices', 6, shadows),
      store.shadows(),
      store.saveRuleStates('alarms.states', 7, states('leak', 501)),
    ])
    expect(found).toHaveLength(1_700)
  }
  await using store = stateStore(file)
  expect([await store.offset('alarms.states'), await store.offset('devices')]).toEqual([7, 6])
  expect(await store.ruleStates()).toHaveLength(2_801)
})

it('keeps nothing of a save that fails late, and is not disturbed by it', async () => {
  await using store = stateStore(freshFile())
  const circle: { self?: unknown } = {}
  circle.self = circle
  const unsayable = { rule: 'burst', subject: 'last', kept: circle }
  const ends = await Promise.allSettled([
    store.saveRuleStates('alarms.states', 3, [...states('burst', 1_200), unsayable]),
    store.saveRuleStates('alarms.states', 4, states('leak', 2)),
  ])
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  expect(await store.offset('alarms.states')).toBe(4)
  expect((await store.ruleStates()).map(({ rule }) => rule)).toEqual(['leak', 'leak'])
})

it('says which file cannot be opened', async () => {
  await using store = stateStore(join(folder, 'nowhere', 'states.sqlite'))
  await expect(store.ruleStates()).rejects.toThrow(/nowhere\/states\.sqlite cannot be used/)
})
