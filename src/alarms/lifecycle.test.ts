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
const LATCHING: Alarm = { ...RAISED, latching: true }
const SUPPRESS: AlarmEvent = {
  is: 'suppress',
  suppression: { by: 'shelved', at: 120, until: 900, reason: 'noisy', who: 'li' },
}

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

  it('keeps why its condition was over, also while it is only latched', () => {
    const because = { code: 'below', figures: { value: 4 } }
    for (const alarm of [RAISED, LATCHING]) {
      expect(next(alarm, { is: 'clear', at: 200, because }).clearedBecause).toEqual(because)
    }
    expect(next(RAISED, CLEAR)).not.toHaveProperty('clearedBecause')
  })

  it('never clears before it was raised, whatever the clock of a device says', () => {
    expect(next(RAISED, { is: 'clear', at: 40 }).clearedAt).toBe(100)
  })

  it('that is latched stays active after its condition, until whoever sees it then lets it go', () => {
    const latched = next(LATCHING, CLEAR)
    expect(latched).toMatchObject({ state: 'active-unacknowledged', returnedAt: 200 })
    expect(next(latched, { is: 'acknowledge', at: 300, by: 'li' })).toMatchObject({
      state: 'cleared',
      returnedAt: 200,
      clearedAt: 300,
      acknowledged: { by: 'li' },
    })
  })

  it('that is latched and was acknowledged before its condition was over needs a reset', () => {
    const seen = next(LATCHING, ACK)
    expect(next(seen, { is: 'reset', at: 160, by: 'li' }), 'while it holds').toBe(seen)
    const latched = next(seen, CLEAR)
    expect(latched.state).toBe('active-acknowledged')
    expect(next(latched, ACK)).toBe(latched)
    expect(next(latched, { is: 'reset', at: 300, by: 'wang' })).toMatchObject({
      state: 'cleared',
      clearedAt: 300,
      acknowledged: { by: 'li' },
    })
  })

  it('that ends while it is suppressed asks nobody to have seen it, and says why it did not ring', () => {
    const ended = [SUPPRESS, CLEAR].reduce(next, RAISED)
    expect(ended).toMatchObject({ state: 'cleared', suppression: { by: 'shelved', until: 900 } })
    expect(ended.acknowledged).toBeUndefined()
    expect(next(ended, { is: 'release', at: 500 }).suppression, 'the end as it came').toMatchObject({
      until: 500,
    })
  })

  it('that is let go while it holds is as it was', () => {
    expect([SUPPRESS, { is: 'release', at: 500 } as const].reduce(next, RAISED)).toEqual(RAISED)
  })

  it('of duress or fire is suppressed by nothing', () => {
    const duress = raise({ ...RAISED, neverShelve: true })
    expect(next(duress, SUPPRESS)).toBe(duress)
  })

  it('is never in an impossible state, whatever happens in whatever order', () => {
    const by = fc.constantFrom('li', 'wang')
    const at = fc.integer()
    const suppression = fc.record({
      by: fc.constant('shelved' as const),
      at,
      until: at,
      reason: fc.constant('noisy'),
      who: by,
    })
    const event = fc.oneof(
      fc.record({ is: fc.constant('acknowledge' as const), at, by }),
      fc.record({ is: fc.constant('reset' as const), at, by }),
      fc.record({ is: fc.constant('clear' as const), at }),
      fc.record({ is: fc.constant('suppress' as const), suppression }),
      fc.record({ is: fc.constant('release' as const), at }),
    )
    fc.assert(
      fc.property(fc.array(event), fc.constantFrom(RAISED, LATCHING), (events, first) => {
        let alarm: Alarm = first
        for (const one of events) {
          const after = next(alarm, one)
          expect(isActive(after)).toBe(after.clearedAt === undefined)
          if (after.state.endsWith('unacknowledged')) expect(after.acknowledged).toBeUndefined()
          else if (isActive(after)) expect(after.acknowledged).toBeDefined()
          if (after.state === 'cleared-unacknowledged') expect(after.suppression).toBeUndefined()
          if (after.returnedAt !== undefined) expect(after.latching).toBe(true)
          expect(after.clearedAt ?? after.raisedAt).toBeGreaterThanOrEqual(after.raisedAt)
          expect(after.returnedAt ?? after.raisedAt).toBeGreaterThanOrEqual(after.raisedAt)
          if (!isActive(alarm)) expect(isActive(after), 'a cleared alarm stays cleared').toBe(false)
          alarm = after
        }
      }),
    )
  })
})
