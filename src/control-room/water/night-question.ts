/**
 * Which nights are asked for: each belongs to the day in which its window lies; a fortnight before the last
 * one unless told.
 */
import type { NightQuestion } from '../api/calls.ts'
import { boundary, dayStart, dayText } from '../format/calendar.ts'
import { rowsIn, scopeOf } from './question.ts'

/** The window ends at four: before that the night is not over. */
const OVER_MS = 4 * 3_600_000
const NIGHTS_BEFORE = 14
/** As many as the gateway takes. */
const MOST_NIGHTS = 62

export function nightQuestionOf(address: URLSearchParams, now: number, timeZone: string) {
  const newest = boundary('day', now - OVER_MS, timeZone)
  const last = Math.min(dayStart(address.get('to'), timeZone) ?? newest, newest)
  const asked = dayStart(address.get('from'), timeZone) ?? boundary('day', last, timeZone, -NIGHTS_BEFORE)
  const first = Math.max(Math.min(asked, last), boundary('day', last, timeZone, 1 - MOST_NIGHTS))
  const to = boundary('day', last, timeZone, 1)
  const { device: _, ...scope } = scopeOf(address)
  const choices = rowsIn(scope).filter((one) => one !== 'interval')
  const by = choices.find((one) => one === address.get('by')) ?? choices[0] ?? 'device'
  const question: NightQuestion = {
    by,
    ...scope,
    from: new Date(first).toISOString(),
    to: new Date(to).toISOString(),
  }
  const days: number[] = []
  for (let day = first; day < to; day = boundary('day', day, timeZone, 1)) days.push(day)
  return {
    asked: question,
    scope,
    choices,
    days,
    first: dayText(first, timeZone),
    last: dayText(last, timeZone),
  }
}
