/**
 * The life of an alarm (ISA-18.2), as one total function. Raising, clearing and acknowledging
 * are independent of each other: what has cleared still waits for a person to have seen it.
 */
import type { Alarm } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'

export type Raised = Omit<Alarm, 'state' | 'acknowledged' | 'clearedAt'>

export type AlarmEvent =
  | { readonly is: 'acknowledge'; readonly at: Instant; readonly by: string; readonly note?: string }
  | { readonly is: 'clear'; readonly at: Instant }

/** Each breach is an alarm of its own, also while an earlier one still waits to be acknowledged. */
export const raise = (raised: Raised): Alarm => ({ ...raised, state: 'active-unacknowledged' })

export const isActive = ({ state }: Pick<Alarm, 'state'>): boolean =>
  state === 'active-unacknowledged' || state === 'active-acknowledged'

/** Total: an event that says nothing new gives back the very same alarm. */
export function next(alarm: Alarm, event: AlarmEvent): Alarm {
  switch (event.is) {
    case 'acknowledge': {
      if (alarm.acknowledged) return alarm
      const { at, by, note } = event
      const acknowledged = note === undefined ? { at, by } : { at, by, note }
      return { ...alarm, acknowledged, state: isActive(alarm) ? 'active-acknowledged' : 'cleared' }
    }
    case 'clear':
      if (!isActive(alarm)) return alarm
      return {
        ...alarm,
        clearedAt: Math.max(event.at, alarm.raisedAt),
        state: alarm.acknowledged ? 'cleared' : 'cleared-unacknowledged',
      }
  }
}
