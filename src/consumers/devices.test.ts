import { expect, it, vi } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { operationsFolder, operationsFor } from '../../tests/support/operations.ts'
import { scriptedJournal } from '../../tests/support/scripted-journal.ts'
import type { Commit, JournalRecord } from '../model/commit.ts'
import { SILENT_LOG } from '../model/log.ts'
import { OperationsOptions } from '../operations/options.ts'
import { type DeviceChanges, startDevices } from './devices.ts'

const commits = (...beats: JournalRecord[][]): Commit[] =>
  beats.map((records, i) => ({ offset: i + 1, receivedAt: 1_000 * (i + 1), records }))
const says = (device: string, at: number, values: Record<string, number>): JournalRecord => ({
  is: 'reading',
  device,
  at,
  values,
})
const letter = (code: string, device?: string): JournalRecord => ({
  is: 'dead-letter',
  source: 'mqtt',
  topic: 't',
  code,
  reason: 'not JSON',
  payload: 'eA==',
  ...(device && { device }),
})
const link = (state: 'up' | 'down'): JournalRecord => ({ is: 'link', source: 'broker', state })

it('keeps the newest of each point; a late reading tells only that the device is heard', async () => {
  const clock = handClock(0)
  await using operations = await operationsFor(clock)
  const journal = scriptedJournal(
    commits(
      [says('m', 900, { flow: 1, volume: 10 })],
      [says('m', 1_900, { flow: 2 })],
      [says('m', 950, { flow: 7 })],
    ),
  )
  journal.release(3)
  await using devices = await startDevices({ journal, operations, clock, log: SILENT_LOG })
  await devices.reached(3)
  expect(devices.shadows.get('m')).toEqual({
    device: 'm',
    lastSeenAt: 3_000,
    latest: {
      flow: { value: 2, at: 1_900, quality: 'good' },
      volume: { value: 10, at: 900, quality: 'good' },
    },
  })
})

it('tells the news in batches, each device once', async () => {
  const clock = handClock(0)
  await using operations = await operationsFor(clock)
  const journal = scriptedJournal(
    commits([says('m', 1, { flow: 1 }), says('n', 1, { flow: 1 })], [says('m', 2, { flow: 2 })]),
  )
  await using devices = await startDevices({ journal, operations, clock, log: SILENT_LOG })
  const heard: DeviceChanges[] = []
  devices.onChange((changes) => heard.push(changes))
  journal.release(2)
  await devices.reached(2)
  expect(heard).toEqual([])
  clock.pass(250)
  expect(heard).toMatchObject([{ kind: 'device.latest', shadows: [{ device: 'm' }, { device: 'n' }] }])
})

it('tells of many devices a few a turn, so that an alarm need not wait for all of them, and of what is newer next time', async () => {
  const clock = handClock(0)
  await using operations = await operationsFor(clock)
  const names = Array.from({ length: 250 }, (_, n) => `m-${n}`)
  const journal = scriptedJournal(
    commits(
      names.map((name) => says(name, 1, { flow: 1 })),
      [says('m-249', 2, { flow: 2 })],
    ),
  )
  await using devices = await startDevices({ journal, operations, clock, log: SILENT_LOG })
  const told: string[][] = []
  devices.onChange((changes) => {
    if (changes.kind === 'device.latest') told.push(changes.shadows.map(({ device }) => device))
  })
  journal.release(1)
  await devices.reached(1)
  clock.pass(250)
  expect(told.map((some) => some.length)).toEqual([100])
  journal.release(2)
  await devices.reached(2)
  await vi.waitFor(() => expect(told.flat()).toEqual(names), { timeout: 120_000 })
  clock.pass(250)
  expect(told.at(-1)).toEqual(['m-249'])
})

it('shows a lost link since when it was lost, once, and keeps it', async () => {
  const clock = handClock(0)
  await using operations = await operationsFor(clock)
  const journal = scriptedJournal(commits([link('up')], [link('down')], [link('down')]))
  await using devices = await startDevices({ journal, operations, clock, log: SILENT_LOG })
  const heard: DeviceChanges[] = []
  devices.onChange((changes) => heard.push(changes))
  journal.release(3)
  await devices.reached(3)
  expect(heard.map((changes) => changes.kind === 'link.changed' && changes.link.state)).toEqual([
    'up',
    'down',
  ])
  expect(await operations.links.all()).toEqual([{ source: 'broker', state: 'down', since: 2_000 }])
})

it('goes on after a crash where it was saved: no dead letter twice, none lost, the newest complete', async () => {
  const clock = handClock(0)
  await using folder = await operationsFolder()
  const journal = scriptedJournal(
    commits(
      [says('m', 1_000, { flow: 1 })],
      [letter('payload-not-json', 'm')],
      [says('m', 3_000, { flow: 3 })],
      [letter('bad-time')],
    ),
  )
  {
    await using operations = await folder.open(clock)
    const { checkpoints } = operations
    let saved = 0
    const saveShadows: typeof checkpoints.saveShadows = (to, shadows) =>
      ++saved > 1 ? Promise.reject(new Error('cut off')) : checkpoints.saveShadows(to, shadows)
    const cut = { ...operations, checkpoints: { ...checkpoints, saveShadows } }
    await using devices = await startDevices({ journal, operations: cut, clock, log: SILENT_LOG })
    for (const offset of [1, 2, 3]) {
      clock.pass(offset === 1 ? 3_000 : 0)
      journal.release(offset)
      await devices.reached(offset)
    }
    await vi.waitUntil(() => journal.advanced.has('devices'), { timeout: 120_000 })
  }
  await using operations = await folder.open(clock)
  expect((await operations.shadows())[0]?.latest.flow?.value).toBe(1)
  journal.release(4)
  await using devices = await startDevices({ journal, operations, clock, log: SILENT_LOG })
  await devices.reached(4)
  expect(devices.shadows.get('m')?.latest.flow?.value).toBe(3)
  const { items } = await operations.deadLetters.list({ limit: 10 })
  expect(items.map(({ code, at }) => [code, at])).toEqual([
    ['bad-time', 4_000],
    ['payload-not-json', 2_000],
  ])
})

it('keeps a bounded number of dead letters, the newest, counts the rest, and finds them by what they are', async () => {
  const clock = handClock(0)
  await using operations = await operationsFor(clock, {
    options: OperationsOptions.parse({ deadLettersKept: 100 }),
  })
  const flood = Array.from({ length: 450 }, (_, i) =>
    letter(i % 2 ? 'bad-time' : 'payload-not-json', `d-${i}`),
  )
  const journal = scriptedJournal(commits(flood))
  journal.release(1)
  await using devices = await startDevices({ journal, operations, clock, log: SILENT_LOG })
  await devices.reached(1)
  const { deadLetters } = operations
  expect((await deadLetters.list({ limit: 1_000 })).items).toHaveLength(100)
  expect(operations.counts.deadLettersDropped).toBe(350)
  expect((await deadLetters.list({ limit: 1_000, code: 'bad-time' })).items).toHaveLength(50)
  expect((await deadLetters.list({ limit: 10, device: 'd-449' })).items).toMatchObject([{ device: 'd-449' }])
  expect((await deadLetters.list({ limit: 10, from: 1_001 })).items).toEqual([])
})
