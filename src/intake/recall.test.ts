import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { memoryJournal } from '../journal/memory.ts'
import type { JournalRecord } from '../model/commit.ts'
import type { Device } from '../model/device.ts'
import { DeviceProfile } from '../profiles/device-profile.ts'
import { compileProfiles } from '../profiles/directory.ts'
import { createIntake } from './intake.ts'
import { IntakeOptions } from './options.ts'
import { openIntake, recentSamples } from './recall.ts'

const NOW = Date.UTC(2026, 9, 1)

const PROFILE = DeviceProfile.parse({
  vendor: 'test',
  model: 'gate',
  description: 'A gate.',
  family: 'access-control-gate',
  measuresEveryMs: null,
  reportsEveryMs: null,
  codec: 'gatehouse-json',
  points: { access: { type: 'string', oneOf: ['granted', 'denied'] } },
})
const GATE: Device = {
  id: 'gate-1',
  name: 'East',
  family: 'access-control-gate',
  profile: 'test/gate',
  place: { institution: 'bureau' },
}

const reading = (at: number): JournalRecord => ({
  is: 'reading',
  device: 'gate-1',
  at,
  values: { access: 'denied' },
})

const denied = (at: number) => ({
  is: 'publish' as const,
  source: 'broker',
  topic: 'gatehouse/gate-1/readings',
  retained: false,
  payload: Buffer.from(JSON.stringify({ time: at, access: 'denied' })),
})

it('a door event that was committed before a kill, and is sent again after it, stays one', async () => {
  const clock = handClock(NOW)
  const journal = memoryJournal({ clock })
  const directory = compileProfiles([PROFILE], [GATE])
  const options = IntakeOptions.parse({})
  const before = createIntake({ directory, journal, clock, options })
  await before.deliver([denied(NOW - 2_000), denied(NOW - 1_000)])
  const after = await openIntake({ directory, journal, clock, options })
  await after.deliver([denied(NOW - 1_000), denied(NOW)])
  expect(after.counts).toMatchObject({ readings: 1, repeats: 1 })
})

it('recalls the newest samples in their order, through commits of any size and none', async () => {
  const clock = handClock(NOW)
  const journal = memoryJournal({ clock })
  expect(await recentSamples(journal)).toEqual([])
  for (let commit = 0; commit < 120; commit++) {
    const records = Array.from({ length: commit % 3 }, (_, one) => reading(commit * 10 + one))
    await journal.append(records)
  }
  const instants = (await recentSamples(journal)).map(({ at }) => at)
  expect(instants).toHaveLength(120)
  expect(instants).toEqual(instants.toSorted((one, other) => one - other))
})

it('reads no more of a journal of large commits than it remembers', async () => {
  const clock = handClock(NOW)
  const journal = memoryJournal({ clock })
  for (let commit = 0; commit < 100; commit++) {
    await journal.append(Array.from({ length: 1_000 }, (_, one) => reading(commit * 1_000 + one)))
  }
  const asked: number[] = []
  const samples = await recentSamples({
    head: journal.head,
    read(after, limit) {
      asked.push(after)
      return journal.read(after, limit)
    },
  })
  expect(samples).toHaveLength(20_000)
  expect(samples.at(-1)?.at).toBe(99_999)
  expect(asked.every((after) => after >= 50)).toBe(true)
})
