import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Device } from '../model/device.ts'
import type { Publish } from '../model/raw-message.ts'
import { DeviceProfile } from './device-profile.ts'
import { compileProfiles } from './directory.ts'

const volume = { type: 'number', unit: 'm³', from: 'total' }
const common = {
  vendor: 'test',
  family: 'water-meter',
  description: 'A meter.',
  measuresEveryMs: null,
  reportsEveryMs: null,
}
const PROFILES = [
  { ...common, model: 'own', codec: 'gatehouse-json', points: { volume: { type: 'number', unit: 'm³' } } },
  { ...common, model: 'by-topic', codec: 'json', topic: 'radio/{address}', points: { volume } },
  { ...common, model: 'by-level', codec: 'json', topic: 'lora/+/{address}/up', points: { volume } },
  { ...common, model: 'by-payload', codec: 'json', topic: 'bridge', address: 'meter.id', points: { volume } },
  {
    ...common,
    model: 'opcua',
    codec: 'opcua',
    samplingMs: 1000,
    points: { volume: { type: 'number', unit: 'm³', node: '{address}.V' } },
  },
].map((profile) => DeviceProfile.parse(profile))

const meter = (id: string, model: string, more: Partial<Device> = {}): Device => ({
  id,
  name: id,
  family: 'water-meter',
  profile: `test/${model}`,
  place: { institution: 'school' },
  ...more,
})
const DEVICES = [
  meter('meter-own', 'own'),
  meter('meter-topic', 'by-topic', { address: 'house/7' }),
  meter('meter-level', 'by-level', { address: 'a81758' }),
  meter('meter-payload', 'by-payload', { address: '4711' }),
  meter('meter-elsewhere', 'own', { source: 'mosquitto' }),
  meter('meter-opcua', 'opcua', { address: 'nsu=urn:x;s=M', source: 'plc' }),
]
const directory = compileProfiles(PROFILES, DEVICES)

const publish = (topic: string, payload: string | Uint8Array, source = 'embedded'): Publish => ({
  is: 'publish',
  source,
  topic,
  payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
  retained: false,
})
const heard = (topic: string, payload: string, source?: string) => {
  const { samples, deadLetters } = directory.decode(publish(topic, payload, source))
  return [...samples.map(({ device }) => device), ...deadLetters.map(({ code }) => code)]
}

it.each([
  ['its own topic', 'gatehouse/meter-own/readings', '{"volume":1}', ['meter-own']],
  ['an address of several levels in the topic', 'radio/house/7', '{"total":1}', ['meter-topic']],
  ['one level among open ones', 'lora/gw-3/a81758/up', '{"total":1}', ['meter-level']],
  ['the payload', 'bridge', '{"total":1,"meter":{"id":4711}}', ['meter-payload']],
  ['nothing: a stranger', 'gatehouse/meter-x/readings', '{"volume":1}', ['unknown-device']],
  ['nothing: a stranger in the payload', 'bridge', '{"total":1,"meter":{"id":"1"}}', ['unknown-device']],
  ['nothing: no address in the payload', 'bridge', '{"total":1}', ['unknown-device']],
  ['nothing: a payload that is not JSON', 'bridge', '{', ['payload-not-json']],
  ['nothing: a level more', 'lora/gw-3/a81758/up/x', '{"total":1}', ['unknown-device']],
])('finds the device by %s', (_how, topic, payload, wanted) => {
  expect(heard(topic, payload)).toEqual(wanted)
})

it('says by which name nobody is known, where the message says one', () => {
  const reasonOf = (topic: string, payload: string) =>
    directory.decode(publish(topic, payload)).deadLetters.map(({ reason }) => reason)
  expect(reasonOf('bridge', '{"total":1,"meter":{"id":"1"}}')).toEqual([
    'no device is bound to the address "1"',
  ])
  expect(reasonOf('gatehouse/x/readings', '{}')).toEqual([
    'no device is bound to the topic gatehouse/x/readings',
  ])
})

it('takes a device that names its source from that source only', () => {
  expect(heard('gatehouse/meter-elsewhere/readings', '{"volume":1}', 'mosquitto')).toEqual([
    'meter-elsewhere',
  ])
  expect(heard('gatehouse/meter-elsewhere/readings', '{"volume":1}', 'embedded')).toEqual(['unknown-device'])
})

it('tells an OPC UA source what to watch, and knows it again', () => {
  expect(directory.monitored('plc')).toEqual([
    {
      nodeId: 'nsu=urn:x;s=M.V',
      device: 'meter-opcua',
      point: 'volume',
      samplingMs: 1000,
      queueSize: 60,
      trigger: 'status-value-timestamp',
    },
  ])
  expect(directory.monitored('other')).toEqual([])
  const change = { is: 'data-change', source: 'plc', value: 3, statusCode: 0, sourceTimestamp: 5 } as const
  expect(directory.decode({ ...change, nodeId: 'nsu=urn:x;s=M.V' }).samples).toEqual([
    { device: 'meter-opcua', at: 5, values: { volume: 3 } },
  ])
  expect(directory.decode({ ...change, nodeId: 'nsu=urn:x;s=N.V' }).deadLetters[0]?.code).toBe(
    'unknown-device',
  )
})

it.each([
  ['an unknown profile', [meter('a', 'lost')], /a: there is no profile test\/lost/],
  [
    'a topic taken twice',
    [meter('a', 'by-topic', { address: '1' }), meter('b', 'by-topic', { address: '1' })],
    /b: radio\/1 is already the topic of a/,
  ],
  [
    'an address taken twice',
    [meter('a', 'by-level', { address: '1' }), meter('b', 'by-level', { address: '1' })],
    /b: 1 is already a/,
  ],
  [
    'an address missing',
    [meter('a', 'by-payload')],
    /a: profile test\/by-payload finds its devices by address/,
  ],
  ['a source missing', [meter('a', 'opcua', { address: 'ns=1;s=x' })], /a: a device of OPC UA needs/],
  [
    'another family',
    [meter('a', 'own', { family: 'vehicle-tracker' })],
    /a: profile test\/own is for a water-meter/,
  ],
])('refuses %s at the start', (_what, devices, reason) => {
  expect(() => compileProfiles(PROFILES, devices)).toThrow(reason)
})

const TOPICS = [
  ...DEVICES.map(({ id }) => `gatehouse/${id}/readings`),
  'radio/house/7',
  'lora/x/a81758/up',
  'bridge',
  '',
]
const someJson = fc.json({ maxDepth: 20 })
const someMeter = fc
  .record(
    {
      time: fc.oneof(
        fc.constantFrom('1970-01-01T00:00:00Z', '2099-01-01T00:00:00Z', 0, 1e300, -1),
        fc.string(),
        fc.double(),
      ),
      volume: fc.jsonValue(),
      total: fc.jsonValue(),
      meter: fc.jsonValue(),
      ['__proto__']: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map((sample) => JSON.stringify(sample))

it('never throws and never stays silent, whatever the bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.oneof(someJson, someMeter).map((text) => new TextEncoder().encode(text)),
  )
  fc.assert(
    fc.property(fc.constantFrom(...TOPICS), bytes, fc.boolean(), (topic, payload, retained) => {
      const { samples, deadLetters, isPassedOver } = directory.decode({
        ...publish(topic, payload),
        retained,
      })
      expect(samples.length + deadLetters.length > 0 || isPassedOver).toBe(true)
      for (const { at, values } of samples) {
        expect(Object.keys(values).length).toBeGreaterThan(0)
        expect(at === undefined || Number.isInteger(at)).toBe(true)
        for (const value of Object.values(values)) expect(Number.isFinite(value)).toBe(true)
      }
      for (const { payload: kept, reason } of deadLetters) {
        expect(kept.length).toBeLessThanOrEqual(1368)
        expect(reason.length).toBeLessThan(2000)
      }
    }),
    { numRuns: 500 },
  )
})
