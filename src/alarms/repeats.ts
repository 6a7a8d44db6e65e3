/**
 * An alarm that keeps coming back while nobody answers it. Each time it is an alarm of its own, but not for
 * ever: the first that waits for an answer stands for all but the newest, with how many they are and when the
 * first and the last came.
 */
import type { Alarm } from '../model/alarm.ts'
import { isUnanswered, next } from './lifecycle.ts'

/** So many of one rule and subject wait for an answer at a time: more than anyone reads one by one. Our choice. */
export const UNANSWERED_MOST = 20

export type Folded = {
  /** The first of them, which stands for the others too. */
  readonly standing: Alarm
  /** Over, and answered with the one that stands for them. */
  readonly repeats: readonly Alarm[]
}

/** Of one rule and subject, and alike: all latched, or none. Oldest first. Undefined where they are few enough. */
export function foldedRepeats(alarms: readonly Alarm[]): Folded | undefined {
  const [standing, ...later] = alarms.filter(isUnanswered)
  const surplus = later.slice(0, Math.max(0, later.length - (UNANSWERED_MOST - 1)))
  if (!standing || surplus.length === 0) return undefined
  return {
    standing: surplus.reduce(standingFor, standing),
    repeats: surplus.map((alarm) => next(alarm, { is: 'repeat', of: standing.id })),
  }
}

function standingFor(standing: Alarm, { raisedAt, repeats: own }: Alarm): Alarm {
  const { count, firstAt, lastAt } = standing.repeats ?? { count: 0, firstAt: raisedAt, lastAt: raisedAt }
  const repeats = {
    count: count + 1 + (own?.count ?? 0),
    firstAt: Math.min(firstAt, raisedAt),
    lastAt: Math.max(lastAt, raisedAt, own?.lastAt ?? raisedAt),
  }
  return { ...standing, repeats }
}
