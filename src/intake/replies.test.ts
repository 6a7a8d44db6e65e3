import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { sparkplugPayload, TYPE, type WrittenPayload } from '../../tests/support/sparkplug.ts'
import type { Journal } from '../journal/journal.ts'
import { memoryJournal } from '../journal/memory.ts'
import type { Device } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Publish } from '../model/raw-message.ts'
import { DeviceProfile } from '../profiles/device-profile.ts'
import { compileProfiles } from '../profiles/directory.ts'
import { createIntake } from './intake.ts'
import { IntakeOptions } from './options.ts'

const NOW = Date.UTC(2026, 9, 1)
const PROFILE = DeviceProfile.parse({
  vendor: 'test',
  model: 'meter',
  family: 'water-meter',
  description: 'A meter.',
  codec: 'sparkplug',
  measuresEveryMs: null,
  reportsEveryMs: null,
  points: { volume: { type: 'number', unit: 'm³' } },
})
const METER: Device = {
  id: 'm1',
  name: 'm1',
  family: 'water-meter' as const,
  profile: 'test/meter',
  address: 'G/E/M1',
  place: { institution: 'school' },
}

function plant() {
  const clock = handClock(NOW)
  const inner = memoryJournal({ clock })
  const disk = { isFull: false, holds: Promise.resolve() }
  const journal: Journal = Object.assign(Object.create(inner), {
    append: async (records: Parameters<Journal['append']>[0]) => {
      await disk.holds
      if (disk.isFull) throw new GatehouseError('journal-full', 'The disk is full.')
      return inner.append(records)
    },
  })
  const sent: string[] = []
  const link = { isUp: true }
  const intake = createIntake({
    clock,
    journal,
    directory: compileProfiles([PROFILE], [METER]),
    options: IntakeOptions.parse({}),
    async send(source, topic) {
      if (!link.isUp) throw new Error('not connected')
      sent.push(`${source}: ${topic}`)
    },
  })
  const records = async () => (await inner.read(0, 1000)).flatMap((commit) => commit.records)
  return { clock, disk, sent, link, intake, records }
}

const says = (topic: string, payload: WrittenPayload): Publish => ({
  is: 'publish',
  source: 'plant',
  topic: `spBv1.0/G/${topic}`,
  payload: sparkplugPayload({ timestamp: NOW, ...payload }),
  retained: false,
})
const NODE_BORN = says('NBIRTH/E', { seq: 0 })
const METER_BORN = says('DBIRTH/E/M1', {
  seq: 1,
  metrics: [{ name: 'volume', alias: 1, datatype: TYPE.double, double: 1 }],
})
const data = (seq: number, volume: number) =>
  says('DDATA/E/M1', { seq, metrics: [{ alias: 1, timestamp: NOW + seq, double: volume }] })
const ASKED = 'plant: spBv1.0/G/NCMD/E'

it('asks once the message that leaned on a birth is durable', async () => {
  const { disk, sent, intake } = plant()
  const { promise, resolve } = Promise.withResolvers<void>()
  disk.holds = promise
  const delivered = intake.deliver([data(5, 1)])
  await new Promise(setImmediate)
  expect(sent).toEqual([])
  resolve()
  await delivered
  expect(sent).toEqual([ASKED])
  expect(intake.counts).toMatchObject({ replies: 1, deadLetters: { 'birth-missing': 1 } })
})

it('asks again while there is no answer, and not at every message', async () => {
  const { clock, sent, intake } = plant()
  for (let seq = 0; seq < 10; seq++) await intake.deliver([data(seq, seq)])
  expect(sent).toEqual([ASKED])
  clock.pass(2_000)
  await intake.deliver([data(10, 10)])
  expect(sent).toEqual([ASKED, ASKED])
  expect(intake.counts).toMatchObject({ replies: 2, heldReplies: 9 })
})

it('a reply that could not be sent is counted and hurts nobody', async () => {
  const { clock, link, sent, intake } = plant()
  link.isUp = false
  await intake.deliver([data(5, 1)])
  await new Promise(setImmediate)
  expect(intake.counts).toMatchObject({ replies: 0, failedReplies: 1 })
  link.isUp = true
  clock.pass(2_000)
  await intake.deliver([data(6, 1)])
  expect(sent).toEqual([ASKED])
})

it('what was learned from a rejected batch is not believed, and what was missed is written down', async () => {
  const { clock, disk, sent, intake, records } = plant()
  await intake.deliver([NODE_BORN, METER_BORN])
  await intake.deliver([data(2, 2)])
  disk.isFull = true
  clock.pass(5_000)
  await expect(intake.deliver([data(3, 3)])).rejects.toThrow('The disk is full.')
  disk.isFull = false
  clock.pass(5_000)
  await intake.deliver([data(4, 4)]) // the alias may have changed with what was lost
  expect(sent).toEqual([ASKED])
  clock.pass(5_000)
  await intake.deliver([
    { ...NODE_BORN, payload: sparkplugPayload({ timestamp: NOW + 9, seq: 0 }) },
    METER_BORN,
    data(2, 5),
  ])
  const said = (await records()).map((record) =>
    record.is === 'gap' ? ['gap', record.device, record.from - NOW, record.to - NOW] : record.is,
  )
  expect(said).toEqual(['reading', 'reading', 'dead-letter', ['gap', 'm1', 5_000, 15_000]])
  expect(intake.counts).toMatchObject({ repeats: 1, conflicts: 1 })
})

it('a rejected birth that comes again is a birth', async () => {
  const { disk, sent, intake, records } = plant()
  disk.isFull = true
  await expect(intake.deliver([NODE_BORN, METER_BORN])).rejects.toThrow()
  disk.isFull = false
  await intake.deliver([NODE_BORN, METER_BORN, data(2, 2)])
  expect(
    (await records()).flatMap((record) => (record.is === 'reading' ? [record.values.volume] : [])),
  ).toEqual([1, 2])
  expect(sent).toEqual([])
})
