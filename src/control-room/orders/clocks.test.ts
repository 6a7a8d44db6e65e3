import { expect, it } from 'vitest'
import { clockState, nextClock, type OrderClock } from './clocks.ts'

const NOW = Date.parse('2026-11-23T01:00:00Z')
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString()
const clock = (dueAt: string | null, more: Partial<OrderClock> = {}): OrderClock => ({
  clock: 'repair',
  limitMs: 3_600_000,
  dueAt,
  metAt: null,
  overdue: false,
  ...more,
})

it('a clock is due until its time is used up, then overdue, and says afterwards whether it was kept', () => {
  expect(clockState(clock(at(5)), NOW)).toBe('due')
  expect(clockState(clock(at(0)), NOW), 'before the gateway has told so').toBe('overdue')
  expect(clockState(clock(at(-5), { metAt: at(-6) }), NOW)).toBe('met')
  expect(clockState(clock(at(-5), { metAt: at(-1), overdue: true }), NOW)).toBe('late')
  expect(clockState(clock(null, { overdue: true }), NOW), 'on hold').toBe('held')
})

it('what somebody has to keep is what is due first of what is not met', () => {
  const acceptance = clock(at(-30), { clock: 'acceptance', metAt: at(-40) })
  const repair = clock(at(90))
  expect(nextClock({ clocks: [acceptance, repair] })).toBe(repair)
  expect(nextClock({ clocks: [clock(null), clock(at(9))] })?.dueAt).toBe(at(9))
  expect(nextClock({ clocks: [acceptance] })).toBeUndefined()
})
