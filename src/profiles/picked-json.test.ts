import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MOST_DEAD_LETTERS } from './decoder.ts'
import { DeviceProfile } from './device-profile.ts'
import { pickedJson } from './picked-json.ts'

const ACME = {
  vendor: 'acme',
  model: 'm',
  family: 'water-meter',
  description: 'd',
  codec: 'json',
  topic: 'acme/{address}',
  measuresEveryMs: 900_000,
  reportsEveryMs: 86_400_000,
  points: {
    volume: { type: 'number', unit: 'm³', from: 'm.cum', scale: 0.001, required: true },
    battery: { type: 'number', unit: 'V', from: 'bat' },
  },
}

function reading(json: unknown, more: object = {}) {
  const profile = DeviceProfile.parse({ ...ACME, ...more })
  if (profile.codec !== 'json') throw new Error('another codec')
  const payload = new TextEncoder().encode(JSON.stringify(json))
  const message = { is: 'publish', source: 's', topic: 'acme/7', payload, retained: false } as const
  const { samples, deadLetters } = pickedJson(profile)(message, 'meter-1')
  return { samples, reasons: deadLetters.map(({ reason }) => reason) }
}

const DAILY = { samples: 'body.list', time: { from: 't', format: 'local', offset: '+08:00' } }

describe('a meter that uploads a list of samples in its maker’s own JSON', () => {
  it('is read sample by sample, each by its own time', () => {
    const list = [
      { t: '2026-10-01 00:00:00', m: { cum: 1_000 }, bat: 3.6 },
      { t: '2026-10-01 00:15:00', m: { cum: 1_250 } },
    ]
    const start = Date.parse('2026-09-30T16:00:00Z')
    expect(reading({ sn: '7', bat: 3.1, body: { list } }, DAILY)).toEqual({
      samples: [
        { device: 'meter-1', at: start, values: { volume: 1, battery: 3.6 } },
        { device: 'meter-1', at: start + 900_000, values: { volume: 1.25 } },
      ],
      reasons: [],
    })
  })

  it('keeps the good samples beside a bad one, whose place is named', () => {
    const list = [
      { t: '2026-10-01 00:00', m: { cum: 1 } },
      7,
      { t: 'noon', m: { cum: 2 } },
      { t: '2026-10-01 00:45', m: {} },
    ]
    const { samples, reasons } = reading({ body: { list } }, DAILY)
    expect(samples.map(({ values }) => values)).toEqual([{ volume: 0.001 }])
    expect(reasons).toEqual([
      'sample 2: expected an object of points',
      'sample 3: time: expected a local time such as 2026-10-01 08:00:00, got "noon"',
      'sample 4: volume: is missing',
    ])
  })

  it.each([
    [{ body: {} }, 'body.list: expected a list of samples'],
    [{ body: { list: { t: 1 } } }, 'body.list: expected a list of samples'],
    [{ body: { list: [] } }, 'body.list: an empty list'],
    [{ body: { list: Array.from({ length: 10_001 }, () => ({})) } }, '10001 samples; at most 10000 are read'],
  ])('without a list that can be read is a dead letter: %#', (json, reason) => {
    expect(reading(json, DAILY)).toEqual({ samples: [], reasons: [reason] })
  })

  it('never throws, and writes no more dead letters than a message may have', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 300 }), (list) => {
        const { samples, reasons } = reading({ body: { list } }, DAILY)
        expect(samples.length).toBe(0)
        expect(reasons.length).toBeLessThanOrEqual(MOST_DEAD_LETTERS + 1)
      }),
      { numRuns: 50 },
    )
  })
})

describe('the time of another maker’s JSON', () => {
  const dated = (t: unknown, time: object) => {
    const { samples, reasons } = reading({ t, m: { cum: 1 } }, { time: { from: 't', ...time } })
    return samples[0]?.at ?? reasons[0]
  }
  const east = { format: 'local', offset: '+08:00' }

  it('is the device’s clock, so far ahead of UTC as the profile says', () => {
    const noon = Date.parse('2026-10-01T04:00:00Z')
    for (const text of ['2026-10-01 12:00', '2026-10-01T12:00:00', '2026-10-01 12:00:00.000'])
      expect(dated(text, east)).toBe(noon)
    expect(dated('2026-10-01 12:00:00', { format: 'local', offset: '-03:30' })).toBe(noon + 11.5 * 3_600_000)
    expect(dated('2026-02-30 12:00:00', east)).toMatch(/is no day of the calendar/)
    expect(dated('2026-10-01T12:00:00Z', east)).toMatch(/expected a local time/)
    expect(dated(1_790_812_800, east)).toMatch(/looks like epoch seconds/)
  })

  it('may be a number in quotes, which is judged as the number is', () => {
    expect(dated('1790812800', { format: 'epoch-seconds' })).toBe(1_790_812_800_000)
    expect(dated('1790812800000', { format: 'epoch-milliseconds' })).toBe(1_790_812_800_000)
    expect(dated('1790812800', { format: 'epoch-milliseconds' })).toMatch(/looks like seconds/)
  })

  it.each([
    [{ format: 'local' }, 'goes with format local, which needs it'],
    [{ format: 'iso', offset: '+08:00' }, 'goes with format local, which needs it'],
    [{ format: 'local', offset: 'Asia/Shanghai' }, 'an offset from UTC in quotes'],
  ])('is refused in a profile that leaves it open: %o', (time, reason) => {
    const wrong = DeviceProfile.safeParse({ ...ACME, time: { from: 't', ...time } })
    expect(wrong.error?.issues.map(({ message }) => message)).toEqual([expect.stringContaining(reason)])
  })
})
