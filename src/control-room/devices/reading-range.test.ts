import { expect, it } from 'vitest'
import { readingRange } from './reading-range.ts'

const ZONE = 'Asia/Shanghai'
const NOW = Date.parse('2026-11-23T01:20:07Z')
const asked = (query: string) => readingRange(new URLSearchParams(query), NOW, ZONE)
const iso = (at: number) => new Date(at).toISOString()

it('a stretch ends now and moves on in steps, so that the same question is asked only once', () => {
  const { is, from, to } = asked('range=24h')
  expect({ is, from: iso(from), to: iso(to) }).toEqual({
    is: '24h',
    from: '2026-11-22T01:18:00.000Z',
    to: '2026-11-23T01:18:00.000Z',
  })
  expect(asked('').is).toBe('1h')
  expect(asked('range=9y').is).toBe('1h')
})

it('days are whole days of the site, both included', () => {
  const { is, first, last, from, to } = asked('from=2026-11-02&to=2026-11-03&range=7d')
  expect({ is, first, last }).toEqual({ is: 'days', first: '2026-11-02', last: '2026-11-03' })
  expect([iso(from), iso(to)]).toEqual(['2026-11-01T16:00:00.000Z', '2026-11-03T16:00:00.000Z'])
})

it('of today only what has begun is asked for: what is to come is no gap', () => {
  const { to } = asked('from=2026-11-23&to=2026-11-23')
  expect(to).toBeGreaterThanOrEqual(NOW)
  expect(to - NOW).toBeLessThan(6 * 60_000)
})

it('one day alone is that day, and the wrong order is put right', () => {
  expect(asked('from=2026-11-05')).toMatchObject({ first: '2026-11-05', last: '2026-11-05' })
  expect(asked('from=2026-11-05&to=2026-11-01')).toMatchObject({ first: '2026-11-01', last: '2026-11-05' })
  expect(asked('from=2026-02-31').is, 'no such day').toBe('1h')
})
