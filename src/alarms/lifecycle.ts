/**
 * The life of an alarm (ISA-18.2), as one total function. Raising, clearing and acknowledging
 * are independent of each other: what has cleared still waits for a person to have seen it.
 */
import type { Alarm, Because, Suppression } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'

export type Raised = Omit<
  Alarm,
  | 'state'
  | 'acknowledged'
  | 'clearedAt'
  | 'clearedBecause'
  | 'returnedAt'
  | 'suppresses'
  | 'repeats'
  | 'repeatOf'
>

export type AlarmEvent =
  | { readonly is: 'acknowledge'; readonly at: Instant; readonly by: string; readonly note?: string }
  | { readonly is: 'clear'; readonly at: Instant; readonly because?: Because | undefined }
  /** A person lets go a latched alarm whose condition is over. */
  | { readonly is: 'reset'; readonly at: Instant; readonly by: string; readonly note?: string }
  | { readonly is: 'suppress'; readonly suppression: Suppression }
  /** Nothing suppresses it any more. */
  | { readonly is: 'release'; readonly at: Instant }
  /** Another alarm stands for it from now on. */
  | { readonly is: 'repeat'; readonly of: string }

/** Each breach is an alarm of its own, also while an earlier one still waits to be acknowledged. */
export const raise = (raised: Raised): Alarm => ({ ...raised, state: 'active-unacknowledged' })

export const isActive = ({ state }: Pick<Alarm, 'state'>): boolean =>
  state === 'active-unacknowledged' || state === 'active-acknowledged'

/** Active only because it is latched: its condition is over. */
export const isLatched = (alarm: Pick<Alarm, 'state' | 'returnedAt'>): boolean =>
  isActive(alarm) && alarm.returnedAt !== undefined

/** Its condition is over, and nobody has seen it. */
export const isUnanswered = (alarm: Pick<Alarm, 'state' | 'returnedAt' | 'acknowledged'>): boolean =>
  alarm.state === 'cleared-unacknowledged' || (isLatched(alarm) && !alarm.acknowledged)

/**
 * Else nobody could have answered it: it was kept from ringing, or was over before anyone knew of it. Of
 * alarms that an earlier release raised it is not noted whether they rang.
 */
export const hasRung = ({
  rangAt,
  suppression,
  learnedAt,
  clearedAt,
  raisedAt,
}: Pick<Alarm, 'rangAt' | 'suppression' | 'learnedAt' | 'clearedAt' | 'raisedAt'>): boolean =>
  rangAt !== undefined ||
  (suppression === undefined && !(clearedAt !== undefined && learnedAt > raisedAt && clearedAt <= learnedAt))

/** Total: an event that says nothing new gives back the very same alarm. */
export function next(alarm: Alarm, event: AlarmEvent): Alarm {
  switch (event.is) {
    case 'acknowledge': {
      if (alarm.acknowledged || alarm.state === 'cleared') return alarm
      // Whoever sees a latched alarm after its condition is over has seen all there is to see.
      if (isLatched(alarm)) return over(seen(alarm, event), event.at)
      return { ...seen(alarm, event), state: isActive(alarm) ? 'active-acknowledged' : 'cleared' }
    }
    case 'clear': {
      if (!isActive(alarm) || isLatched(alarm)) return alarm
      const ended = event.because ? { ...alarm, clearedBecause: event.because } : alarm
      if (alarm.latching) return { ...ended, returnedAt: Math.max(event.at, alarm.raisedAt) }
      return over(ended, event.at)
    }
    case 'reset':
      return isLatched(alarm) ? over(alarm.acknowledged ? alarm : seen(alarm, event), event.at) : alarm
    case 'suppress':
      if (alarm.neverShelve || isSame(alarm.suppression, event.suppression)) return alarm
      return {
        ...alarm,
        suppression: event.suppression,
        state: alarm.state === 'cleared-unacknowledged' ? 'cleared' : alarm.state,
      }
    case 'release':
      return released(alarm, event.at)
    case 'repeat': {
      if (!isUnanswered(alarm) || event.of === alarm.id) return alarm
      const { clearedAt = alarm.returnedAt ?? alarm.raisedAt } = alarm
      return { ...alarm, clearedAt, state: 'cleared', repeatOf: event.of }
    }
  }
}

function seen(alarm: Alarm, { at, by, note }: Extract<AlarmEvent, { by: string }>): Alarm {
  return { ...alarm, acknowledged: note === undefined ? { at, by } : { at, by, note } }
}

/**
 * What ends without having rung asks nobody to have seen it: from suppressed ISA-18.2 knows only the way back
 * to normal.
 */
function over(alarm: Alarm, at: Instant): Alarm {
  const answered = alarm.acknowledged || alarm.suppression
  return {
    ...alarm,
    clearedAt: Math.max(at, alarm.raisedAt),
    state: answered ? 'cleared' : 'cleared-unacknowledged',
  }
}

function released(alarm: Alarm, at: Instant): Alarm {
  const { suppression, ...rest } = alarm
  if (!suppression) return alarm
  const endedUnderIt = alarm.clearedAt !== undefined && alarm.clearedAt >= suppression.at
  if (!endedUnderIt) return rest
  // The record of why it did not ring, with its end as it came.
  if (suppression.by === 'parent' || suppression.until <= at) return alarm
  return { ...alarm, suppression: { ...suppression, until: at } }
}

const isSame = (one: Suppression | undefined, other: Suppression): boolean =>
  one !== undefined && JSON.stringify(one) === JSON.stringify(other)
