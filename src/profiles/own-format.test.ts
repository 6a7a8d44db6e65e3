import { expect, it } from 'vitest'
import type { Publish } from '../model/raw-message.ts'
import { DeviceProfile } from './device-profile.ts'
import { ownFormat } from './own-format.ts'

const METER = DeviceProfile.parse({
  vendor: 'gatehouse',
  model: 'water-meter',
  family: 'water-meter',
  description: 'A meter.',
  codec: 'gatehouse-json',
  measuresEveryMs: 60_000,
  reportsEveryMs: 60_000,
  points: {
    flow: { type: 'number', unit: 'm³/h', range: [0, 630] },
    valve: { type: 'string', oneOf: ['open', 'closed'] },
    volume: { type: 'number', unit: 'm³' },
  },
})
const AT = Date.UTC(2026, 9, 1, 0, 15)

const publish = (payload: string | Uint8Array, more: Partial<Publish> = {}): Publish => ({
  is: 'publish',
  source: 'embedded',
  topic: 'gatehouse/meter-1/readings',
  payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
  retained: false,
  ...more,
})
const read = (payload: string | Uint8Array, more?: Partial<Publish>) => {
  const { samples, deadLetters, unknownPoints } = ownFormat(METER)(publish(payload, more), 'meter-1')
  return { samples, unknownPoints, refused: deadLetters.map(({ code, reason }) => `${code}: ${reason}`) }
}

it('takes one object or an array, and leaves a missing time to the arrival', () => {
  const one = { device: 'meter-1', at: AT, values: { volume: 1.5, valve: 'open' } }
  expect(read('{"time":"2026-10-01T08:15:00+08:00","volume":1.5,"valve":"open"}').samples).toEqual([one])
  expect(read(`[{"time":${AT},"volume":1.5,"valve":"open"},{"flow":0}]`).samples).toEqual([
    one,
    { device: 'meter-1', at: undefined, values: { flow: 0 } },
  ])
})

it('keeps a number out of its plausible range, and doubts it', () => {
  expect(read('{"flow":9999}').samples[0]).toEqual({
    device: 'meter-1',
    at: undefined,
    values: { flow: 9999 },
    doubts: { flow: 'bad' },
  })
})

it('names every bad point of a sample in one dead letter and keeps the good ones', () => {
  const { samples, refused, unknownPoints } = read(
    '[{"volume":"1","flow":1e999,"valve":"open","rssi":-70},{"volume":2}]',
  )
  expect(refused).toEqual([
    'bad-point: sample 1: volume: expected a number, got "1"; flow: expected a number, got Infinity',
  ])
  expect(samples.map(({ values }) => values)).toEqual([{ valve: 'open' }, { volume: 2 }])
  expect(unknownPoints).toBe(1)
})

it.each([
  [
    'seconds',
    '{"time":1790000000,"volume":1}',
    'bad-time: time: 1790000000 looks like seconds; expected epoch milliseconds',
  ],
  [
    'no zone',
    '{"time":"2026-10-01T08:15:00","volume":1}',
    'bad-time: time: "2026-10-01T08:15:00" is not ISO 8601 with Z or an offset',
  ],
  [
    'no day',
    '{"time":"2026-02-30T08:15:00Z","volume":1}',
    'bad-time: time: "2026-02-30T08:15:00Z" is no day of the calendar',
  ],
  [
    'null for a time',
    '{"time":null,"volume":1}',
    'bad-time: time: expected ISO 8601 with Z or an offset, or epoch milliseconds, got null',
  ],
  [
    'no known point',
    '{"time":1790000000000,"humidity":1,"in":{"temp":20}}',
    'no-known-point: none of its points is known: it has "humidity", "in.temp", and gatehouse/water-meter reads flow, valve, volume',
  ],
  [
    'a point that is spelled otherwise',
    '{"Volume":1}',
    'no-known-point: none of its points is known: it has "Volume", and gatehouse/water-meter reads flow, valve, volume; did you mean volume?',
  ],
  [
    'a great many unknown points with long names',
    JSON.stringify(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${'x'.repeat(50)}${i}`, i]))),
    `no-known-point: none of its points is known: it has ${Array(8)
      .fill(`"${'x'.repeat(40)}"`)
      .join(', ')} and 22 more, and gatehouse/water-meter reads flow, valve, volume`,
  ],
  [
    'nothing at all',
    '{}',
    'no-known-point: none of its points is known: it has no point at all, and gatehouse/water-meter reads flow, valve, volume',
  ],
  [
    'a forbidden key',
    '{"__proto__":{"volume":1},"volume":1}',
    'forbidden-key: the key __proto__ is forbidden',
  ],
  [
    'an escaped forbidden key',
    '{"\\u005f_proto__":1,"volume":1}',
    'forbidden-key: the key __proto__ is forbidden',
  ],
  [
    'an inherited name',
    '{"constructor":1,"toString":2}',
    'no-known-point: none of its points is known: it has "constructor", "toString", and gatehouse/water-meter reads flow, valve, volume',
  ],
  ['not JSON', '{"volume":NaN}', 'payload-not-json: not JSON'],
  ['empty', '', 'payload-not-json: the payload is empty'],
  ['an empty array', '[]', 'payload-shape: an empty array'],
  ['a bare number', '5', 'payload-shape: expected an object of points'],
  ['an array in an array', '[[{"volume":1}]]', 'payload-shape: sample 1: expected an object of points'],
  ['deep', `${'['.repeat(100_000)}`, 'payload-too-deep: nested deeper than 16 levels'],
  ['huge', `{"volume":${'1'.repeat(300_000)}}`, 'payload-too-large: 300011 bytes; at most 262144 are read'],
  ['too many samples', `[${'{},'.repeat(10_000)}{}]`, 'payload-shape: 10001 samples; at most 10000 are read'],
])('refuses %s by name', (_what, payload, reason) => {
  expect(read(payload)).toMatchObject({ samples: [], refused: [reason] })
})

it('refuses bytes that are no UTF-8, and keeps their beginning', () => {
  const { deadLetters } = ownFormat(METER)(publish(Uint8Array.of(0x7b, 0xff, 0xfe)), 'meter-1')
  expect(deadLetters).toEqual([
    {
      source: 'embedded',
      topic: 'gatehouse/meter-1/readings',
      device: 'meter-1',
      code: 'payload-not-utf8',
      reason: 'the bytes are not UTF-8',
      payload: 'e//+',
    },
  ])
})

it('brackets inside a text are not depth', () => {
  expect(read(`{"note":"${'['.repeat(50)}\\"[","volume":1}`).samples).toHaveLength(1)
})

it('does not let one message fill the journal with dead letters', () => {
  const { refused } = read(`[${Array.from({ length: 5000 }, () => '{}').join()}]`)
  expect(refused).toHaveLength(101)
  expect(refused.at(-1)).toBe('payload-shape: 4900 more samples of this message could not be read')
})

it('refuses a retained message without a time: each subscription would measure it anew', () => {
  expect(read('{"volume":1}', { retained: true })).toMatchObject({
    samples: [],
    refused: [expect.stringMatching('^bad-time')],
  })
  expect(read(`{"volume":1,"time":${AT}}`, { retained: true }).samples).toHaveLength(1)
})
