import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backOff } from './back-off.ts'

it('waits twice as long after each failure, up to the longest', () => {
  const waits = backOff(100, 1_000, () => 1)
  expect([1, 2, 3, 4, 5, 6].map(() => waits.nextMs())).toEqual([100, 200, 400, 800, 1_000, 1_000])
})

it('spreads the attempts of many, and never comes sooner than half or later than the longest', () => {
  fc.assert(
    fc.property(
      fc.nat(2_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, luck) => {
        const [spread, latest] = [backOff(100, 20_000, () => luck), backOff(100, 20_000, () => 1)]
        for (let i = 0; i < failures; i++) {
          spread.nextMs()
          latest.nextMs()
        }
        const [waitMs, mostMs] = [spread.nextMs(), latest.nextMs()]
        expect(waitMs).toBeGreaterThanOrEqual(mostMs / 2)
        expect(waitMs).toBeLessThanOrEqual(mostMs)
        expect(mostMs).toBeLessThanOrEqual(20_000)
      },
    ),
  )
})

it('begins anew after a connection that held, and goes on after one that was dropped at once', () => {
  const waits = backOff(100, 20_000, () => 1)
  expect([waits.nextMs(), waits.nextMs(), waits.nextMs()]).toEqual([100, 200, 400])
  waits.ended(9_999)
  expect(waits.nextMs()).toBe(800)
  waits.ended(10_000)
  expect(waits.nextMs()).toBe(100)
})
