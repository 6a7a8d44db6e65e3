/** What is asked of the water use: all of it is in the address, in whole days of the site. */
import { USE_STEPS, type UseStep } from '../../model/water-use.ts'
import type { UseQuestion } from '../api/calls.ts'
import { boundary, dayStart, dayText } from '../format/calendar.ts'

export type Question = {
  readonly step: UseStep
  readonly by: 'institution' | 'device'
  /** First and last day, both included. */
  readonly first: string
  readonly last: string
  readonly asked: UseQuestion
}

/** How far back each step looks unless told. */
const BACK: Readonly<Record<UseStep, { step: UseStep; steps: number }>> = {
  hour: { step: 'day', steps: 0 },
  day: { step: 'day', steps: -6 },
  month: { step: 'month', steps: -11 },
}

export function questionOf(address: URLSearchParams, now: number, timeZone: string): Question {
  const step = USE_STEPS.find((one) => one === address.get('step')) ?? 'hour'
  const by = address.get('by') === 'device' ? 'device' : 'institution'
  const back = BACK[step]
  const start = dayStart(address.get('from'), timeZone) ?? boundary(back.step, now, timeZone, back.steps)
  const lastDay = dayStart(address.get('to'), timeZone) ?? boundary('day', now, timeZone)
  const whole = step === 'hour' ? 'day' : step
  const from = boundary(whole, start, timeZone)
  // What has not begun yet is not missing
  const to = Math.min(
    boundary(whole, Math.max(lastDay, from), timeZone, 1),
    Math.max(boundary(step, now, timeZone, 1), boundary(step, from, timeZone, 1)),
  )
  return {
    step,
    by,
    first: dayText(from, timeZone),
    last: dayText(to - 1, timeZone),
    asked: { step, by, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
  }
}
