/** What is asked of the water use: all of it is in the address, in whole days of the site. */
import { USE_STEPS, type UseStep } from '../../model/water-use.ts'
import type { UseQuestion } from '../api/calls.ts'
import { boundary, dayStart, dayText } from '../format/calendar.ts'

/** Whose water, from the site down to a meter. */
export type Scope = { readonly institution?: string; readonly building?: string; readonly device?: string }

/** What the rows are: parts of whatever is looked at, or the intervals of it. */
export type Rows = UseQuestion['by'] | 'interval'

export type Question = {
  readonly step: UseStep
  readonly scope: Scope
  readonly rows: Rows
  /** Rows that make sense there. */
  readonly choices: readonly Rows[]
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

export function scopeOf(address: URLSearchParams): Scope {
  const [institution, building, device] = ['institution', 'building', 'device'].map((name) =>
    address.get(name),
  )
  return { ...(institution && { institution }), ...(building && { building }), ...(device && { device }) }
}

/**
 * Below the site come institutions, below them buildings, below those meters; the first is what is shown
 * unless told.
 */
export function rowsIn({ institution, building, device }: Scope): readonly [Rows, ...Rows[]] {
  if (device !== undefined) return ['interval']
  if (building !== undefined) return ['device', 'interval']
  if (institution !== undefined) return ['building', 'device', 'interval']
  return ['institution', 'building', 'device', 'interval']
}

/** Who clicks a row goes one level down. */
export const below = (rows: Rows, id: string): Readonly<Record<string, string | undefined>> =>
  rows === 'interval' ? {} : { [rows]: id, by: undefined, q: undefined }

export function questionOf(address: URLSearchParams, now: number, timeZone: string): Question {
  const step = USE_STEPS.find((one) => one === address.get('step')) ?? 'hour'
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
  const scope = scopeOf(address)
  const choices = rowsIn(scope)
  const rows = choices.find((one) => one === address.get('by')) ?? choices[0]
  const by = rows === 'interval' ? 'institution' : rows
  return {
    step,
    scope,
    rows,
    choices,
    first: dayText(from, timeZone),
    last: dayText(to - 1, timeZone),
    asked: {
      step,
      by: scope.device === undefined ? by : 'device',
      ...scope,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    },
  }
}
