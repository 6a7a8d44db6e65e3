import { beforeEach, expect, it } from 'vitest'
import {
  sparkplugPayload,
  TYPE,
  type WrittenMetric,
  type WrittenPayload,
} from '../../tests/support/sparkplug.ts'
import type { Device } from '../model/device.ts'
import type { Publish } from '../model/raw-message.ts'
import type { Decoded } from './decoder.ts'
import { DeviceProfile } from './device-profile.ts'
import { compileProfiles, type Directory } from './directory.ts'

const PROFILE = DeviceProfile.parse({
  vendor: 'test',
  model: 'meter',
  family: 'water-meter',
  description: 'A meter.',
  codec: 'sparkplug',
  measuresEveryMs: null,
  reportsEveryMs: null,
  points: {
    flow: { type: 'number', unit: 'm³/h' },
    volume: { type: 'number', unit: 'm³', from: 'Meter/Total Volume', required: true },
  },
})
const meter = (id: string, address: string): Device => ({
  id,
  name: id,
  family: 'water-meter',
  profile: 'test/meter',
  address,
  place: { institution: 'school' },
})
const DEVICES = [meter('m1', 'G/E/M1'), meter('m2', 'G/E/M2'), meter('other', 'G/F/M1')]

const NOW = Date.UTC(2026, 9, 1)
const MINUTE = 60_000
let directory: Directory
let now: number
beforeEach(() => {
  directory = compileProfiles([PROFILE], DEVICES)
  now = NOW
})

const message = (topic: string, payload: WrittenPayload, more: Partial<Publish> = {}): Publish => ({
  is: 'publish',
  source: 'broker',
  topic: `spBv1.0/G/${topic}`,
  payload: sparkplugPayload({ timestamp: now, ...payload }),
  retained: false,
  ...more,
})

/** Each message comes a minute after the last one. */
function hears(topic: string, payload: WrittenPayload, more: Partial<Publish> = {}): Decoded {
  now += MINUTE
  return directory.decode(message(topic, payload, more), now)
}

const bdSeq = (value: number): WrittenMetric => ({ name: 'bdSeq', datatype: TYPE.int64, long: value })
const nodeBorn = (seq = 0, birth = 0) =>
  hears('NBIRTH/E', {
    seq,
    metrics: [bdSeq(birth), { name: 'Node Control/Rebirth', datatype: TYPE.boolean, boolean: false }],
  })
const VOLUME: WrittenMetric = { name: 'Meter/Total Volume', alias: 7, datatype: TYPE.double, double: 10 }
const FLOW: WrittenMetric = { name: 'flow', alias: 8, datatype: TYPE.float, float: 0.5 }
const deviceBorn = (seq: number, device = 'M1', metrics = [VOLUME, FLOW]) =>
  hears(`DBIRTH/E/${device}`, { seq, metrics })
const says = (seq: number, volume: number, device = 'M1') =>
  hears(`DDATA/E/${device}`, { seq, metrics: [{ alias: 7, double: volume }] })
const node = (seq: number) => hears('NDATA/E', { seq, metrics: [] })

const volumes = ({ samples }: Decoded) => samples.map(({ device, values }) => `${device} ${values.volume}`)
const asks = ({ replies = [] }: Decoded) => replies.map(({ topic }) => topic)
const codes = ({ deadLetters }: Decoded) => deadLetters.map(({ code }) => code)
const REBIRTH = ['spBv1.0/G/NCMD/E']

it('reads by alias what the birth has declared, at the time at which it was measured', () => {
  expect(nodeBorn()).toMatchObject({ isPassedOver: true, deadLetters: [], replies: [], gaps: [] })
  expect(deviceBorn(1).samples).toEqual([{ device: 'm1', at: now, values: { volume: 10, flow: 0.5 } }])
  const heard = hears('DDATA/E/M1', {
    seq: 2,
    metrics: [
      { alias: 7, timestamp: NOW + 1, double: 11 },
      { alias: 8, timestamp: NOW + 2, float: 0.25 },
    ],
  })
  expect(heard.samples).toEqual([
    { device: 'm1', at: NOW + 1, values: { volume: 11 } },
    { device: 'm1', at: NOW + 2, values: { flow: 0.25 } },
  ])
  expect(asks(heard)).toEqual([])
})

it('numbers go from 255 to 0', () => {
  nodeBorn(254)
  deviceBorn(255)
  expect(volumes(says(0, 11))).toEqual(['m1 11'])
  expect(volumes(says(1, 12))).toEqual(['m1 12'])
})

it('a missing number asks for a birth, and until then no alias is believed', () => {
  nodeBorn()
  deviceBorn(1)
  const heardLast = now
  const after = says(3, 12)
  expect([volumes(after), codes(after), asks(after)]).toEqual([[], ['birth-missing'], REBIRTH])
  const late = says(2, 11) // it was only overtaken; nobody can know
  expect([volumes(late), asks(late)]).toEqual([[], REBIRTH])
  expect(asks(node(4))).toEqual(REBIRTH)
  nodeBorn()
  const born = deviceBorn(1)
  expect(born.gaps).toEqual([
    {
      source: 'broker',
      device: 'm1',
      from: heardLast,
      to: now,
      reason: 'messages of its edge node are missing: seq 3 came after 1',
    },
  ])
  expect(volumes(says(2, 13))).toEqual(['m1 13'])
})

it('what says name and datatype itself is read without a birth, and the birth is asked for', () => {
  const heard = hears('DDATA/E/M1', { seq: 9, metrics: [VOLUME] })
  expect([volumes(heard), codes(heard), asks(heard)]).toEqual([['m1 10'], [], REBIRTH])
  const half = hears('DDATA/E/M1', {
    seq: 10,
    metrics: [{ name: 'Meter/Total Volume', int: 5 }, { alias: 8 }],
  })
  expect(half.deadLetters.map(({ reason }) => reason)).toEqual([
    '1 of its metrics have an alias that no birth heard by us has declared',
    'volume: an integer whose datatype is not known',
  ])
})

it('a message that came twice is read twice and misses nothing', () => {
  nodeBorn()
  deviceBorn(1)
  const twice = message('DDATA/E/M1', { seq: 2, metrics: [{ alias: 7, double: 11 }] })
  for (const _ of [1, 2]) expect(volumes(directory.decode(twice, now))).toEqual(['m1 11'])
  expect(volumes(says(3, 12))).toEqual(['m1 12'])
})

it('a birth that came twice leaves its devices born', () => {
  const birth = message('NBIRTH/E', { seq: 0, metrics: [bdSeq(0)] })
  directory.decode(birth, now)
  deviceBorn(1)
  directory.decode(birth, now)
  expect(volumes(says(2, 11))).toEqual(['m1 11'])
})

it('a second birth makes every alias of the first one void', () => {
  nodeBorn()
  deviceBorn(1)
  deviceBorn(2, 'M2')
  expect(nodeBorn(0, 0).gaps).toEqual([])
  expect(deviceBorn(1, 'M1', [{ ...VOLUME, alias: 1 }, FLOW]).gaps).toEqual([]) // nothing was missed
  const renumbered = says(2, 12)
  expect([volumes(renumbered), codes(renumbered), asks(renumbered)]).toEqual([[], ['birth-missing'], REBIRTH])
  expect(asks(says(3, 12, 'M2'))).toEqual(REBIRTH)
})

it('a death ends the life with its bdSeq and no later one', () => {
  nodeBorn(0, 4)
  deviceBorn(1)
  const bdSeqOnly = (value: number): Publish => ({
    ...message('NDEATH/E', {}),
    payload: sparkplugPayload({ metrics: [bdSeq(value)] }),
  })
  expect(directory.decode(bdSeqOnly(3), now)).toMatchObject({ isPassedOver: true, replies: [] })
  expect(volumes(says(2, 11))).toEqual(['m1 11'])
  const heardLast = now
  expect(directory.decode(bdSeqOnly(4), now)).toMatchObject({ samples: [], deadLetters: [], replies: [] })
  expect(asks(says(3, 12))).toEqual(REBIRTH)
  nodeBorn(0, 5)
  expect(deviceBorn(1).gaps).toMatchObject([{ device: 'm1', from: heardLast, to: now }])
  expect(deviceBorn(2).gaps).toEqual([]) // it was away once
})

it('a device whose node lost it is away until its next birth', () => {
  nodeBorn()
  deviceBorn(1)
  deviceBorn(2, 'M2')
  expect(hears('DDEATH/E/M1', { seq: 3 })).toMatchObject({ samples: [], deadLetters: [], replies: [] })
  const diedAt = now
  expect(volumes(says(4, 11, 'M2'))).toEqual(['m2 11'])
  expect(asks(says(5, 11))).toEqual(REBIRTH)
  expect(deviceBorn(6).gaps).toMatchObject([{ device: 'm1', from: diedAt, to: now }])
  expect(volumes(says(7, 12))).toEqual(['m1 12'])
})

it('one node knows nothing of another, nor one broker of another', () => {
  nodeBorn()
  deviceBorn(1)
  expect(asks(hears('DDATA/F/M1', { seq: 2, metrics: [{ alias: 7, double: 1 }] }))).toEqual([
    'spBv1.0/G/NCMD/F',
  ])
  const elsewhere = { source: 'other broker' }
  expect(asks(hears('DDATA/E/M1', { seq: 2, metrics: [{ alias: 7, double: 1 }] }, elsewhere))).toEqual(
    REBIRTH,
  )
  expect(volumes(says(2, 11))).toEqual(['m1 11'])
})

it('what was learned from a message that was not kept is forgotten with it', () => {
  nodeBorn()
  deviceBorn(1)
  const heardLast = now
  directory.forget(message('DDATA/E/M1', {}))
  expect(asks(says(2, 11))).toEqual(REBIRTH)
  nodeBorn()
  expect(deviceBorn(1).gaps).toMatchObject([{ device: 'm1', from: heardLast, to: now }])
})

it('a retained message gives its values and teaches nothing', () => {
  const retained = { retained: true }
  const heard = hears('DBIRTH/E/M1', { seq: 1, metrics: [VOLUME] }, retained)
  expect([volumes(heard), asks(heard)]).toEqual([['m1 10'], []])
  const bare = {
    ...message('DBIRTH/E/M1', {}),
    ...retained,
    payload: sparkplugPayload({ metrics: [VOLUME] }),
  }
  expect(codes(directory.decode(bare, now))).toEqual(['bad-time'])
  expect(asks(says(2, 11))).toEqual(REBIRTH)
})

it('what was measured before is a sample of then', () => {
  nodeBorn()
  deviceBorn(1)
  const flushed = hears('DDATA/E/M1', {
    seq: 2,
    metrics: [
      { alias: 7, timestamp: NOW - 2 * MINUTE, isHistorical: true, double: 8 },
      { alias: 7, timestamp: NOW - MINUTE, isHistorical: true, double: 9 },
    ],
  })
  expect(flushed.samples.map(({ at, values }) => [at, values.volume])).toEqual([
    [NOW - 2 * MINUTE, 8],
    [NOW - MINUTE, 9],
  ])
  const undated = {
    ...message('DDATA/E/M1', {}),
    payload: sparkplugPayload({ seq: 3, metrics: [{ alias: 7, isHistorical: true, double: 1 }] }),
  }
  expect(codes(directory.decode(undated, now))).toEqual(['bad-time'])
})

it.each<[string, WrittenMetric, object]>([
  ['a value said to be bad', { double: 11, quality: 0 }, { doubts: { volume: 'bad' } }],
  [
    'a stale value, which nobody measured now, as bad',
    { double: 11, quality: 500 },
    { doubts: { volume: 'bad' } },
  ],
  ['a quality of its own', { double: 11, quality: 80 }, { doubts: { volume: 'uncertain' } }],
  ['a good value', { double: 11, quality: 192 }, { values: { volume: 11 } }],
  ['a datatype that the message itself says', { datatype: TYPE.int32, int: 11 }, { values: { volume: 11 } }],
])('takes %s', (_what, metric, wanted) => {
  nodeBorn()
  deviceBorn(1)
  expect(hears('DDATA/E/M1', { seq: 2, metrics: [{ alias: 7, ...metric }] }).samples).toMatchObject([wanted])
})

it.each<[string, WrittenMetric, string]>([
  ['null', { isNull: true }, 'volume: is null'],
  ['NaN', { double: Number.NaN }, 'volume: expected a number, got NaN'],
  ['infinity', { double: Infinity }, 'volume: expected a number, got Infinity'],
  ['bytes', { datatype: 17, bytes: new Uint8Array(3) }, 'volume: a Bytes is no point'],
])('refuses %s', (_what, metric, reason) => {
  nodeBorn()
  deviceBorn(1)
  const heard = hears('DDATA/E/M1', { seq: 2, metrics: [{ alias: 7, ...metric }] })
  expect([heard.samples, heard.deadLetters.map((letter) => letter.reason)]).toEqual([[], [reason]])
})

it('passes over what nobody reads, and counts it', () => {
  nodeBorn()
  const more = { name: 'Signal', alias: 9, datatype: TYPE.int32, int: 3 }
  expect(deviceBorn(1, 'M1', [VOLUME, more]).unknownPoints).toBe(1)
  const heard = hears('DDATA/E/M1', { seq: 2, metrics: [{ alias: 9, int: 4 }] })
  expect(heard).toMatchObject({ isPassedOver: true, unknownPoints: 1, deadLetters: [], replies: [] })
  const transient = hears('DDATA/E/M1', { seq: 3, metrics: [{ alias: 7, isTransient: true, double: 4 }] })
  expect(transient).toMatchObject({ isPassedOver: true, samples: [] })
})

it('misses a point that the device must have', () => {
  nodeBorn()
  expect(deviceBorn(1, 'M1', [FLOW]).deadLetters.map(({ reason }) => reason)).toEqual(['volume: is missing'])
})

it('leaves commands and the state of hosts to others, and knows no strangers', () => {
  expect(hears('NCMD/E', {})).toMatchObject({ isPassedOver: true })
  expect(directory.decode({ ...message('', {}), topic: 'spBv1.0/STATE/scada' })).toMatchObject({
    isPassedOver: true,
  })
  nodeBorn()
  expect(codes(deviceBorn(1, 'M9'))).toEqual(['unknown-device'])
  deviceBorn(2)
  expect(volumes(says(3, 11))).toEqual(['m1 11']) // the stranger was numbered too
  expect(codes(hears('NBIRTH/X', { seq: 0 }))).toEqual(['unknown-device'])
  for (const topic of ['DDATA/E', 'NDATA/E/M1', 'DDATA//M1', 'XDATA/E/M1', 'DDATA/E/M1/x', ''])
    expect(codes(hears(topic, {})), topic).toEqual(['unknown-device'])
})

it('refuses an address that is none', () => {
  expect(() => compileProfiles([PROFILE], [meter('m', 'G')])).toThrow(/m: its address must be/)
  expect(() => compileProfiles([PROFILE], [meter('a', 'G/E/M'), meter('b', 'G/E/M')])).toThrow(
    /b: G\/E\/M is already the address of a/,
  )
})
