import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import type { Journal } from '../journal/journal.ts'
import { memoryJournal } from '../journal/memory.ts'
import type { Device } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Publish, RawMessage } from '../model/raw-message.ts'
import { DeviceProfile } from '../profiles/device-profile.ts'
import { compileProfiles } from '../profiles/directory.ts'
import { createIntake } from './intake.ts'
import { IntakeOptions } from './options.ts'

const NOW = Date.UTC(2026, 9, 1)
const MINUTE = 60_000

const common = { vendor: 'test', description: 'A device.', measuresEveryMs: null, reportsEveryMs: null }
const number = { type: 'number', unit: 'm³/h' }
const PROFILES = [
  {
    ...common,
    model: 'meter',
    family: 'water-meter',
    codec: 'gatehouse-json',
    points: { flow: number, volume: { type: 'number', unit: 'm³' } },
  },
  {
    ...common,
    model: 'gate',
    family: 'access-control-gate',
    codec: 'gatehouse-json',
    implausibleTime: 'receivedAt',
    points: { door: { type: 'string', oneOf: ['open', 'closed'] }, credential: { type: 'string' } },
  },
  {
    ...common,
    model: 'opcua-meter',
    family: 'water-meter',
    codec: 'opcua',
    samplingMs: 1000,
    points: {
      flow: { ...number, node: '{address}.F' },
      volume: { type: 'number', unit: 'm³', node: '{address}.V' },
    },
  },
].map((profile) => DeviceProfile.parse(profile))

const device = (id: string, model: string, family: Device['family'], more: Partial<Device> = {}): Device => ({
  id,
  name: id,
  family,
  profile: `test/${model}`,
  place: { institution: 'school' },
  ...more,
})
const DEVICES = [
  device('meter-1', 'meter', 'water-meter'),
  device('meter-2', 'meter', 'water-meter'),
  device('gate-1', 'gate', 'access-control-gate'),
  device('plc-1', 'opcua-meter', 'water-meter', { address: 's=M', source: 'plc' }),
]

type Append = Journal['append']

/** `over` stands between intake and the journal. */
function plant(over: (append: Append) => Append = (append) => append, options: Partial<IntakeOptions> = {}) {
  const clock = handClock(NOW)
  const inner = memoryJournal({ clock })
  const journal: Journal = Object.assign(Object.create(inner), { append: over(inner.append) })
  const directory = compileProfiles(PROFILES, DEVICES)
  const intake = createIntake({
    directory,
    journal,
    clock,
    options: { ...IntakeOptions.parse({}), ...options },
  })
  const commits = async () =>
    (await inner.read(0, 1000)).map(({ records }) => records).filter(({ length }) => length > 0)
  const records = async () => (await commits()).flat()
  return {
    intake,
    clock,
    commits,
    records,
    /** What was kept, as `device instant values`; instants as milliseconds from the start. */
    readings: async () =>
      (await records()).flatMap((record) =>
        record.is === 'reading'
          ? [`${record.device} ${record.at - NOW} ${JSON.stringify(record.values)}`]
          : [],
      ),
    refusals: async () =>
      (await records()).flatMap((record) =>
        record.is === 'dead-letter' ? [`${record.code}: ${record.reason}`] : [],
      ),
  }
}

const says = (from: string, payload: unknown): Publish => ({
  is: 'publish',
  source: 'embedded',
  topic: `gatehouse/${from}/readings`,
  payload: new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  retained: false,
})

const changes = (point: string, value: number, sourceTimestamp: number | undefined): RawMessage => ({
  is: 'data-change',
  source: 'plc',
  nodeId: `s=M.${point}`,
  value,
  statusCode: 0,
  ...(sourceTimestamp === undefined ? {} : { sourceTimestamp }),
})

it('makes one commit of one batch, dead letters among the readings', async () => {
  const { intake, commits, refusals } = plant()
  await intake.deliver([
    says('meter-1', { flow: 1 }),
    says('meter-2', 'nonsense'),
    says('nobody', { flow: 1 }),
  ])
  const kinds = (await commits()).map((records) => records.map(({ is }) => is))
  expect(kinds).toEqual([['reading', 'dead-letter', 'dead-letter']])
  expect(await refusals()).toEqual([
    'payload-not-json: not JSON',
    'unknown-device: no device is bound to the topic gatehouse/nobody/readings',
  ])
  expect(intake.counts).toMatchObject({
    messages: 3,
    readings: 1,
    deadLetters: { 'payload-not-json': 1, 'unknown-device': 1 },
  })
})

it('resolves only when the journal holds it', async () => {
  const disk = Promise.withResolvers<void>()
  const seen: string[] = []
  const { intake } = plant((append) => async (records) => {
    await disk.promise
    seen.push('durable')
    return append(records)
  })
  const delivered = intake.deliver([says('meter-1', { flow: 1 })]).then(() => seen.push('acknowledged'))
  await new Promise(setImmediate)
  expect(seen).toEqual([])
  disk.resolve()
  await delivered
  expect(seen).toEqual(['durable', 'acknowledged'])
})

it('rejects what the journal rejects, counts nothing of it, and takes it when it is sent again', async () => {
  let isFull = true
  const { intake, readings } = plant((append) => (records) => {
    if (isFull) return Promise.reject(new GatehouseError('journal-full', 'The disk is full.'))
    return append(records)
  })
  const message = says('meter-1', { time: NOW, volume: 5 })
  await expect(intake.deliver([message])).rejects.toThrow('The disk is full.')
  expect(intake.counts).toMatchObject({ readings: 0, rejectedBatches: 1 })
  isFull = false
  await intake.deliver([message])
  expect(await readings()).toEqual(['meter-1 0 {"volume":5}'])
  expect(intake.counts).toMatchObject({ readings: 1, repeats: 0 })
})

it('a repeat of what is still being written is not acknowledged before it, and fails with it', async () => {
  const disk = Promise.withResolvers<void>()
  let writes = 0
  const { intake, readings } = plant((append) => async (records) => {
    if (++writes === 1) await disk.promise
    return append(records)
  })
  const message = says('meter-1', { time: NOW, volume: 5 })
  const first = intake.deliver([message])
  const again = intake.deliver([message, says('meter-2', { time: NOW, volume: 7 })])
  disk.reject(new GatehouseError('journal-failed', 'The disk is gone.'))
  await expect(first).rejects.toThrow()
  await expect(again).rejects.toThrow('The disk is gone.')
  await intake.deliver([message, says('meter-2', { time: NOW, volume: 7 })])
  expect(await readings()).toEqual(['meter-2 0 {"volume":7}', 'meter-1 0 {"volume":5}'])
})

it('puts the samples of one message in the order of their time', async () => {
  const { intake, readings } = plant()
  const samples = [3, 1, 2].map((minute) => ({ time: NOW - minute * MINUTE, volume: minute }))
  await intake.deliver([says('meter-1', samples)])
  expect(await readings()).toEqual([
    'meter-1 -180000 {"volume":3}',
    'meter-1 -120000 {"volume":2}',
    'meter-1 -60000 {"volume":1}',
  ])
})

it('dates what says no time by its arrival, never twice the same for one device', async () => {
  const { intake, clock, readings } = plant()
  await intake.deliver([says('meter-1', [{ volume: 1 }, { volume: 1 }]), says('meter-2', { volume: 1 })])
  await intake.deliver([says('meter-1', { volume: 1 })])
  clock.pass(10)
  await intake.deliver([says('meter-1', { volume: 1 })])
  expect(await readings()).toEqual([
    'meter-1 0 {"volume":1}',
    'meter-1 1 {"volume":1}',
    'meter-2 0 {"volume":1}',
    'meter-1 2 {"volume":1}',
    'meter-1 10 {"volume":1}',
  ])
})

it('dates by the journal where the wall clock was set back', async () => {
  const { intake, clock, readings } = plant()
  await intake.deliver([says('meter-1', { volume: 1 })])
  clock.setWall(NOW - MINUTE)
  await intake.deliver([says('meter-2', { volume: 2 })])
  expect(await readings()).toEqual(['meter-1 0 {"volume":1}', 'meter-2 0 {"volume":2}'])
})

const DAY = 24 * 60 * MINUTE

it.each([
  [-30 * DAY, true],
  [-30 * DAY - 1, false],
  [5 * MINUTE, true],
  [5 * MINUTE + 1, false],
])('a meter at %d ms from now is believed: %s', async (offset, isBelieved) => {
  const { intake, readings, refusals } = plant()
  await intake.deliver([says('meter-1', { time: NOW + offset, volume: 1 })])
  expect((await readings()).length).toBe(isBelieved ? 1 : 0)
  expect((await refusals()).length).toBe(isBelieved ? 0 : 1)
})

it('refuses a meter in 1970, in 2099 and after the end of the calendar, and lets a gate with such a clock speak now', async () => {
  const { intake, readings, refusals } = plant()
  const times = ['1970-01-01T00:00:00Z', '2099-01-01T00:00:00Z', 1e300]
  for (const time of times) await intake.deliver([says('meter-1', { time, volume: 1 })])
  expect(await refusals()).toEqual([
    'implausible-time: time: 1970-01-01T00:00:00.000Z is more than 30 days ago',
    'implausible-time: time: 2099-01-01T00:00:00.000Z is more than 5 min ahead',
    'implausible-time: time: 1e+300 ms after 1970 is more than 5 min ahead',
  ])
  for (const time of times) await intake.deliver([says('gate-1', { time, door: 'open' })])
  expect(await readings()).toEqual([0, 1, 2].map((at) => `gate-1 ${at} {"door":"open"}`))
})

it('says of a time that would be right in another unit in which', async () => {
  const { intake, refusals } = plant()
  for (const time of [NOW * 1_000, NOW * 1_000_000])
    await intake.deliver([says('meter-1', { time, volume: 1 })])
  expect(await refusals()).toEqual([
    expect.stringMatching(/more than 5 min ahead, but right if it was microseconds$/),
    expect.stringMatching(/more than 5 min ahead, but right if it was nanoseconds$/),
  ])
})

it('of a meter the first value of a point and instant stands: the same again is a repeat, another a conflict', async () => {
  const { intake, readings } = plant()
  await intake.deliver([says('meter-1', { time: NOW, volume: 5 })])
  await intake.deliver([says('meter-1', { time: NOW, volume: 5 })])
  await intake.deliver([says('meter-1', { time: NOW, volume: 6, flow: 1 })])
  await intake.deliver([says('meter-1', { time: NOW, volume: 5, flow: 1 })])
  expect(await readings()).toEqual(['meter-1 0 {"volume":5}', 'meter-1 0 {"flow":1}'])
  expect(intake.counts).toMatchObject({ repeats: 2, conflicts: 1 })
})

it('of a gate only the whole sample is a repeat: two cards in one millisecond are both kept', async () => {
  const { intake, readings } = plant()
  const card = (credential: string) => ({ time: NOW, door: 'open', credential })
  await intake.deliver([says('gate-1', [card('a'), card('b'), card('a')])])
  expect(await readings()).toEqual([
    'gate-1 0 {"door":"open","credential":"a"}',
    'gate-1 0 {"door":"open","credential":"b"}',
  ])
  expect(intake.counts.repeats).toBe(1)
})

it('forgets the oldest sample where it remembers enough: a repeat of it is written again', async () => {
  const { intake, readings } = plant(undefined, { rememberedSamples: 4 })
  const at = (minute: number) => says('meter-1', { time: NOW - minute * MINUTE, volume: 1 })
  for (const minute of [4, 3, 2, 1, 4, 1]) await intake.deliver([at(minute)])
  expect(await readings()).toHaveLength(5)
})

it('knows a repeat among many of one device, in whatever order they were measured', async () => {
  const { intake, readings } = plant()
  const at = (minute: number) => says('meter-1', { time: NOW - minute * MINUTE, volume: minute })
  const minutes = Array.from({ length: 60 }, (_, i) => (i * 37) % 60)
  for (const minute of minutes) await intake.deliver([at(minute)])
  for (const minute of minutes.toReversed()) await intake.deliver([at(minute)])
  expect(await readings()).toHaveLength(60)
  expect(intake.counts.repeats).toBe(60)
})

it('makes one sample of the OPC UA points of one instant, and a second one of a point that changed again', async () => {
  const { intake, readings } = plant()
  await intake.deliver([
    changes('F', 1, NOW - 1000),
    changes('V', 10, NOW - 1000),
    changes('F', 2, NOW),
    changes('F', 3, undefined),
    changes('V', 11, undefined),
  ])
  expect(await readings()).toEqual([
    'plc-1 -1000 {"flow":1,"volume":10}',
    'plc-1 0 {"flow":2}',
    'plc-1 1 {"flow":3,"volume":11}',
  ])
})

it('writes down links and gaps, and keeps them while the journal takes nothing', async () => {
  let isFull = true
  const { intake, records } = plant((append) => (given) => {
    if (isFull) return Promise.reject(new GatehouseError('journal-full', 'The disk is full.'))
    return append(given)
  })
  intake.link({ source: 'plc', state: 'down', detail: 'timeout' })
  intake.gap({ source: 'plc', from: NOW - 1000, to: NOW, reason: 'no history' })
  await expect(intake.deliver([says('meter-1', { volume: 1 })])).rejects.toThrow()
  isFull = false
  await intake.deliver([says('meter-1', { volume: 1 })])
  expect((await records()).map(({ is }) => is)).toEqual(['link', 'gap', 'reading'])
})

it('makes no commit of nothing', async () => {
  const { intake, commits } = plant()
  await intake.deliver([])
  expect(await commits()).toEqual([])
})
