import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sparkplugPayload, TYPE } from '../../tests/support/sparkplug.ts'
import type { Device } from '../model/device.ts'
import type { Publish } from '../model/raw-message.ts'
import { DeviceProfile } from './device-profile.ts'
import { compileProfiles } from './directory.ts'

const common = { vendor: 'test', description: 'A device.', measuresEveryMs: null, reportsEveryMs: null }
const meter = { ...common, family: 'water-meter', points: { volume: { type: 'number', unit: 'm³' } } }
const PROFILES = [
  { ...meter, model: 'sparkplug', codec: 'sparkplug' },
  { ...meter, model: 'thingsboard', codec: 'thingsboard' },
  { ...meter, model: 'neuron', codec: 'neuron' },
  { ...meter, model: 'chirpstack', codec: 'chirpstack' },
  {
    ...common,
    model: 'gate',
    family: 'access-control-gate',
    codec: 'thingsboard',
    points: { door: { type: 'string', from: ['door', 'Door state'], oneOf: ['open', 'closed'] } },
  },
].map((profile) => DeviceProfile.parse(profile))

const device = (id: string, model: string, address: string, more: Partial<Device> = {}): Device => ({
  id,
  name: id,
  family: model === 'gate' ? 'access-control-gate' : 'water-meter',
  profile: `test/${model}`,
  place: { institution: 'school' },
  address,
  ...more,
})
const DEVICES = [
  device('sp', 'sparkplug', 'G/E/M'),
  device('tb', 'thingsboard', 'Meter A'),
  device('tb-plant', 'thingsboard', 'Meter B', { source: 'plant' }),
  device('tb-site', 'thingsboard', 'Meter B', { source: 'site' }),
  device('tb-gate', 'gate', 'East gate'),
  device('ne', 'neuron', 'modbus/canteen'),
  device('cs', 'chirpstack', '24e124136b502217'),
]
const directory = compileProfiles(PROFILES, DEVICES)

const publish = (topic: string, payload: Uint8Array, more: Partial<Publish> = {}): Publish => ({
  is: 'publish',
  source: 'plant',
  topic,
  payload,
  retained: false,
  ...more,
})
const json = (topic: string, said: unknown, more?: Partial<Publish>) =>
  publish(topic, new TextEncoder().encode(JSON.stringify(said)), more)
const heard = (message: Publish) => {
  const { samples, deadLetters } = directory.decode(message)
  return [
    ...samples.map(({ device: id, values }) => `${id} ${JSON.stringify(values)}`),
    ...deadLetters.map(({ code, device: id }) => (id === undefined ? code : `${id} ${code}`)),
  ]
}

const TELEMETRY = 'v1/gateway/telemetry'
const NEURON = '/neuron/mqtt/modbus/canteen'

it('one message of ThingsBoard speaks for devices of many models', () => {
  const said = {
    'Meter A': [{ ts: 1790812800000, values: { volume: 1 } }, { volume: 'x' }, 7],
    'East gate': [{ ts: 1790812800000, values: { 'Door state': 'open' } }],
    'Meter B': [],
    Nobody: [{ values: {} }],
  }
  expect(heard(json(TELEMETRY, said))).toEqual([
    'tb {"volume":1}',
    'tb-gate {"door":"open"}',
    'tb bad-point',
    'tb payload-shape',
    'tb-plant payload-shape',
    'unknown-device',
  ])
})

it('a name may be taken at two sources', () => {
  const said = { 'Meter B': [{ values: { volume: 1 } }] }
  expect(heard(json(TELEMETRY, said))).toEqual(['tb-plant {"volume":1}'])
  expect(heard(json(TELEMETRY, said, { source: 'site' }))).toEqual(['tb-site {"volume":1}'])
  expect(heard(json(TELEMETRY, said, { source: 'else' }))).toEqual(['unknown-device'])
})

it.each<[string, Publish, string[]]>([
  [
    'a retained entry without a time',
    json(TELEMETRY, { 'Meter A': [{ volume: 1 }] }, { retained: true }),
    ['tb bad-time'],
  ],
  ['an empty message', json(TELEMETRY, {}), ['payload-shape']],
  ['an array', json(TELEMETRY, []), ['payload-shape']],
  ['a forbidden key', publish(TELEMETRY, new TextEncoder().encode('{"__proto__":[]}')), ['forbidden-key']],
  ['more samples than are read', json(TELEMETRY, { x: Array(10_001).fill(0) }), ['payload-shape']],
  ['an upload without a group', json(NEURON, { node: 'modbus', values: { volume: 1 } }), ['payload-shape']],
  ['an upload without tags', json(NEURON, { node: 'modbus', group: 'canteen' }), ['ne payload-shape']],
  [
    'a tag without a name',
    json(NEURON, { node: 'modbus', group: 'canteen', tags: [{ value: 1 }, { name: 'volume', value: 2 }] }),
    ['ne {"volume":2}', 'ne bad-point'],
  ],
  ['an upload of a stranger', json(NEURON, { node: 'x', group: 'y', tags: [] }), ['unknown-device']],
  ['a level more', json(`${NEURON}/x`, {}), ['unknown-device']],
  ['an uplink of a stranger', json('application/1/device/00/event/up', {}), ['unknown-device']],
  ['another event', json('application/1/device/24e124136b502217/event/join', {}), ['unknown-device']],
])('%s', (_what, message, wanted) => {
  expect(heard(message)).toEqual(wanted)
})

it.each<[string, Device[], RegExp]>([
  [
    'a device without an address',
    [{ ...device('a', 'thingsboard', ''), address: undefined } as never],
    /a: codec thingsboard finds its devices by address/,
  ],
  [
    'a name taken twice',
    [device('a', 'thingsboard', 'X'), device('b', 'gate', 'X')],
    /b: X is already the address of a/,
  ],
])('refuses %s at the start', (_what, devices, reason) => {
  expect(() => compileProfiles(PROFILES, devices)).toThrow(reason)
})

it('refuses one topic for two codecs', () => {
  const profiles = [
    ...PROFILES.slice(0, 2),
    DeviceProfile.parse({ ...meter, model: 'neuron', codec: 'neuron', topic: TELEMETRY }),
  ]
  const devices = [device('a', 'thingsboard', 'X'), device('b', 'neuron', 'n/g')]
  expect(() => compileProfiles(profiles, devices)).toThrow(
    /b: v1\/gateway\/telemetry is already read by codec thingsboard/,
  )
})

it.each([
  ['thingsboard', { topic: 'v1/{device}' }, /the device stands in the payload/],
  [
    'gatehouse-json',
    { points: { volume: { type: 'number', unit: 'm³', from: 'x' } } },
    /`from` does not belong to codec gatehouse-json/,
  ],
  [
    'chirpstack',
    { points: { volume: { type: 'number', unit: 'm³', from: 'a b' } } },
    /a path is names joined by dots/,
  ],
])('a profile of codec %s says only what it means', (codec, more, reason) => {
  expect(() => DeviceProfile.parse({ ...meter, model: 'm', codec, ...more })).toThrow(reason)
})

const someTime = fc.oneof(
  fc.constantFrom(1790812800000, 0, -1, 1e300, '2026-10-01T00:00:00Z'),
  fc.jsonValue(),
)
const someValues = fc.dictionary(fc.constantFrom('volume', 'door', 'x', '__proto__'), fc.jsonValue())
const someTags = fc.array(
  fc.record(
    { name: fc.constantFrom('volume', 'x', 7), value: fc.jsonValue(), error: fc.jsonValue() },
    { requiredKeys: [] },
  ),
)
const someJson = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(
    fc.constantFrom('Meter A', 'East gate', 'x'),
    fc.array(fc.record({ ts: someTime, values: someValues }, { requiredKeys: [] })),
  ),
  fc.record(
    {
      node: fc.constantFrom('modbus', 7),
      group: fc.constant('canteen'),
      timestamp: someTime,
      values: someValues,
      errors: someValues,
      tags: someTags,
    },
    { requiredKeys: ['node', 'group'] },
  ),
  fc.record({ time: someTime, object: someValues }),
)
const someMetric = fc.record(
  {
    name: fc.constantFrom('volume', 'bdSeq', 'x'),
    alias: fc.nat(3),
    timestamp: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    datatype: fc.constantFrom(...Object.values(TYPE)),
    isNull: fc.boolean(),
    isHistorical: fc.boolean(),
    long: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    double: fc.double(),
  },
  { requiredKeys: [] },
)
const somePayload = fc
  .record({ timestamp: fc.nat(), seq: fc.nat(3), metrics: fc.array(someMetric) }, { requiredKeys: [] })
  .map(sparkplugPayload)
const KINDS = ['NBIRTH/E', 'NDATA/E', 'NDEATH/E', 'DBIRTH/E/M', 'DDATA/E/M', 'DDEATH/E/M', 'DDATA/E/X']
const TOPICS = [
  TELEMETRY,
  NEURON,
  'application/1/device/24e124136b502217/event/up',
  ...KINDS.map((kind) => `spBv1.0/G/${kind}`),
]

it('never throws and never stays silent, whatever the bytes, in whatever order', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    someJson.map((said) => new TextEncoder().encode(JSON.stringify(said))),
    somePayload,
  )
  const message = fc.tuple(fc.constantFrom(...TOPICS), bytes, fc.boolean())
  fc.assert(
    fc.property(fc.array(message, { maxLength: 20 }), (messages) => {
      const fresh = compileProfiles(PROFILES, DEVICES)
      for (const [index, [topic, payload, retained]] of messages.entries()) {
        const said = publish(topic, payload, { retained })
        const { samples, deadLetters, isPassedOver, gaps = [] } = fresh.decode(said, index)
        expect(samples.length + deadLetters.length > 0 || isPassedOver).toBe(true)
        for (const { at, values } of samples) {
          expect(Object.keys(values).length).toBeGreaterThan(0)
          expect(at === undefined || Number.isInteger(at)).toBe(true)
          expect(values.volume === undefined || Number.isFinite(values.volume)).toBe(true)
        }
        for (const { reason } of deadLetters) expect(reason.length).toBeLessThan(2000)
        for (const { from, to } of gaps) expect(from).toBeLessThanOrEqual(to)
        if (index % 3 === 2) fresh.forget(said)
      }
    }),
    { numRuns: 150 },
  )
})
