import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readTime } from './time.ts'

const AT = Date.UTC(2026, 9, 1, 0, 15, 30, 120)

it.each([
  ['2026-10-01T00:15:30.120Z', AT],
  ['2026-10-01T08:15:30.12+08:00', AT],
  ['2026-10-01T08:15:30.120999+0800', AT],
  ['2026-09-30T19:15:30.120-05', AT],
  ['2026-10-01T00:15Z', Date.UTC(2026, 9, 1, 0, 15)],
  ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ['1970-01-01T00:00:00Z', 0],
  [AT, AT],
  [1e11, 1e11],
])('%s can be read', (said, at) => {
  expect(readTime(said, 'own')).toBe(at)
})

it.each([
  '2026-10-01T08:15:30',
  '2026-10-01 08:15:30Z',
  '2026-10-01',
  '2026-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-10T00:00:00Z',
  '2026-10-01T24:00:00Z',
  '2026-10-01T00:15:60Z',
  '2026-10-01T00:15:30+25:00',
  String(AT),
  99_999_999_999,
  -1,
  Number.NaN,
  true,
  null,
  {},
])('%s is refused with words', (said) => {
  expect(readTime(said, 'own')).toEqual({ fault: expect.stringMatching(/^time: /) })
})

it('seconds and milliseconds are never taken for each other', () => {
  expect(readTime(1790812800, 'epoch-seconds')).toBe(1790812800000)
  expect(readTime(1790812800.25, 'epoch-seconds')).toBe(1790812800250)
  expect(readTime(1790812800000, 'epoch-seconds')).toHaveProperty('fault')
  expect(readTime(1790812800, 'epoch-milliseconds')).toHaveProperty('fault')
  expect(readTime('2026-10-01T00:00:00Z', 'epoch-milliseconds')).toHaveProperty('fault')
  expect(readTime(1790812800000, 'iso')).toHaveProperty('fault')
})

it.each([
  [1790812800, 'iso', ', got 1790812800, which looks like epoch seconds'],
  [1790812800000, 'iso', ', got 1790812800000, which looks like epoch milliseconds'],
  ['1790812800000', 'own', ', which looks like epoch milliseconds in quotes'],
  ['1790812800', 'epoch-seconds', ', which looks like epoch seconds in quotes'],
  [1790812800000, 'epoch-seconds', 'looks like milliseconds; expected epoch seconds'],
  [1790812800, 'epoch-milliseconds', 'looks like seconds; expected epoch milliseconds'],
] as const)('of %s for %s it is said what it looks like', (said, format, hint) => {
  const read = readTime(said, format)
  expect(typeof read === 'object' && read.fault).toContain(hint)
})

it('reads what the language writes, in any zone', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
      fc.integer({ min: -840, max: 840 }),
      (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1)
        const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) =>
          String(part).padStart(2, '0'),
        )
        expect(readTime(`${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`, 'iso')).toBe(date.getTime())
      },
    ),
  )
})
