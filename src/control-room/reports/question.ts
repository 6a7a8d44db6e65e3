/** What is asked of the alarm load: all of it is in the address, in whole days of the site; a week unless told. */
import { boundary, dayStart, dayText } from '../format/calendar.ts'

export type LoadQuestion = { readonly from: string; readonly to: string; readonly seat?: string }

const TEN_MINUTES_MS = 600_000

export function questionOf(address: URLSearchParams, now: number, timeZone: string) {
  const from = dayStart(address.get('from'), timeZone) ?? boundary('day', now, timeZone, -6)
  const lastDay = dayStart(address.get('to'), timeZone) ?? boundary('day', now, timeZone)
  // What has not begun yet is not calm
  const begun = Math.max((Math.floor(now / TEN_MINUTES_MS) + 1) * TEN_MINUTES_MS, from + TEN_MINUTES_MS)
  const to = Math.min(boundary('day', Math.max(lastDay, from), timeZone, 1), begun)
  const seat = address.get('seat')
  const asked: LoadQuestion = {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    ...(seat !== null && { seat }),
  }
  return { first: dayText(from, timeZone), last: dayText(to - 1, timeZone), asked }
}
