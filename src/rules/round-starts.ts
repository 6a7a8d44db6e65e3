/**
 * When the rounds of a route start that a rule judges: by the route's own plan, on the days that the rule
 * names. A guard who has a make-up Saturday walks on it, and nobody misses a round of the spring festival.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'
import { nextStart } from '../model/patrol-plan.ts'
import type { Candidate } from './bound-rule.ts'
import { CalendarName, DAYS_MEANT, Days, daysOf, localDate, MOST_DAYS, NEVER } from './daily-times.ts'
import { isOnDay, ScheduleShape } from './schedule.ts'

/** What a kind declares of them. */
export const ROUND_DAYS = {
  days: Days.optional().meta({
    description: `Rounds that start on these days are judged: ${DAYS_MEANT} Default: every day.`,
  }),
  calendar: CalendarName,
}
const Declared = z.strictObject(ROUND_DAYS)

/** And what its steps know. */
export const ROUND_STARTS = {
  timeZone: z.string(),
  starts: z.union([
    z.strictObject({ everyMinutes: z.int().positive() }),
    z.strictObject({ at: z.array(z.string()).min(1) }),
  ]),
  /** Absent: every day. */
  days: ScheduleShape.optional(),
}
const Starts = z.strictObject(ROUND_STARTS)
export type RoundStarts = z.output<typeof Starts>

/** Throws GatehouseError `config-invalid` where the site does not have the calendar. */
export function roundStartsOf(
  candidate: Candidate,
  { days, calendar }: z.output<typeof Declared>,
): RoundStarts {
  const { route, site } = candidate
  const starts = route && ('at' in route.starts ? { at: [...route.starts.at] } : route.starts)
  return {
    timeZone: site.timeZone,
    starts: starts ?? { at: [] },
    ...(days && { days: daysOf({ days, calendar }, candidate) }),
  }
}

/** The first start after the instant that is judged; the end of time where none is. */
export function nextRound({ timeZone, starts, days }: RoundStarts, after: Instant): Instant {
  let start = nextStart(timeZone, starts, after)
  if (!days) return start
  for (let tried = 0; tried <= MOST_DAYS; tried++) {
    const date = localDate(timeZone, start)
    if (isOnDay(days, date)) return start
    // On to the next day at once: rounds may start every few minutes.
    start = nextStart(timeZone, starts, date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds - 1)
  }
  return NEVER
}
