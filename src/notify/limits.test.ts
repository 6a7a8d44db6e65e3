import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { free, freeAt, stillCounting } from './limits.ts'

const FEISHU = [
  { count: 5, perMs: 1_000 },
  { count: 100, perMs: 60_000 },
]

it('a robot of twenty a minute is free again when its first try is a minute old', () => {
  const limits = [{ count: 20, perMs: 60_000 }]
  const tries = Array.from({ length: 20 }, (_, i) => i * 100)
  expect(free(tries, limits, 2_000)).toBe(0)
  expect(freeAt(tries, limits, 2_000, 1)).toBe(60_000)
  expect(freeAt(tries, limits, 2_000, 6)).toBe(60_500)
  expect(free(tries, limits, 60_000)).toBe(1)
})

it('without a limit it is always free', () => {
  expect(free([1, 2, 3], [], 3)).toBe(Infinity)
  expect(freeAt([1, 2, 3], [], 3, 1)).toBe(3)
})

it('whoever sends as soon as it may never overruns any window, and is never kept waiting for nothing', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 250 })
  fc.assert(
    fc.property(gaps, (waits) => {
      let [now, tries] = [0, [] as readonly number[]]
      const all: number[] = []
      for (const wait of waits) {
        now += wait
        const at = freeAt(tries, FEISHU, now, 1)
        if (at > now) expect(free(tries, FEISHU, at - 1)).toBeLessThan(1)
        now = at
        expect(free(tries, FEISHU, now)).toBeGreaterThan(0)
        tries = [...stillCounting(tries, FEISHU, now), now]
        all.push(now)
        for (const { count, perMs } of FEISHU)
          expect(all.filter((tried) => now - tried < perMs).length).toBeLessThanOrEqual(count)
      }
    }),
    { numRuns: 100 },
  )
})
