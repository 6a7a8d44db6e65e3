import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Alarm, AlarmState } from '../model/alarm.ts'
import { type AlarmEvent, isActive, next, raise } from './lifecycle.ts'

const RAISED = raise({
  id: 'a-1',
  rule: 'burst-pipe',
  fault: 'burst-pipe',
  subject: 'meter-1',
  device: 'meter-1',
  place: { institution: 'school' },
  severity: 'critical',
  raisedAt: 100,
  learnedAt: 101,
  because: { code: 'above-for', figures: { value: 9 } },
})
const ACK: AlarmEvent = { is: 'acknowledge', at: 150, by: 'li', note: 'seen' }
const CLEAR: AlarmEvent = { is: 'clear', at: 200 }

describe('an alarm', () => {
  // biome-ignore format: one line a case
  it.each<[string, AlarmEvent[], AlarmState]>([
    ['is active and unacknowledged at first', [],           'active-unacknowledged'],
    ['is acknowledged while active',          [ACK],        'active-acknowledged'],
    ['acknowledged, it clears for good',      [ACK, CLEAR], 'cleared'],
    ['clears and still waits to be seen',     [CLEAR],      'cleared-unacknowledged'],
    ['cleared, it is seen at last',           [CLEAR, ACK], 'cleared'],
  ])('%s', (_why, events, state) => {
    expect(events.reduce(next, RAISED).state).toBe(state)
  })

  it('acknowledged twice is the same alarm, with the first name on it', () => {
    const once = next(RAISED, ACK)
    expect(next(once, { is: 'acknowledge', at: 160, by: 'wang' })).toBe(once)
    expect(once.acknowledged).toEqual({ at: 150, by: 'li', note: 'seen' })
  })

  it('cleared twice keeps the first time', () => {
    const once = next(RAISED, CLEAR)
    expect(next(once, { is: 'clear', at: 999 })).toBe(once)
  })

  it('never clears before it was raised, whatever the clock of a device says', () => {
    expect(next(RAISED, { is: 'clear', at: 40 }).clearedAt).toBe(100)
  })

  it('is never in an impossible state, whatever happens in whatever order', () => {
    const event = fc.oneof(
      fc.record({ is: fc.constant('acknowledge' as const), at: fc.integer(), by: fc.string() }),
      fc.record({ is: fc.constant('clear' as const), at: fc.integer() }),
    )
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let alarm: Alarm = RAISED
        for (const one of events) {
          const after = next(alarm, one)
          expect(isActive(after)).toBe(after.clearedAt === undefined)
          expect(after.state.endsWith('unacknowledged')).toBe(after.acknowledged === undefined)
          expect(after.clearedAt ?? after.raisedAt).toBeGreaterThanOrEqual(after.raisedAt)
          if (!isActive(alarm)) expect(isActive(after), 'a cleared alarm stays cleared').toBe(false)
          alarm = after
        }
      }),
    )
  })
})
