/**
 * When the visits of a checkpoint are due: the rounds' starts on the site's own calendar, and an offset into
 * the round.
 */
import type { Instant } from './instant.ts'
import type { PatrolRoute } from './site.ts'

export type VisitPlan = {
  /** IANA name. */
  readonly timeZone: string
  readonly starts: PatrolRoute['starts']
  /** Minutes into the round; a round may come by more than once. */
  readonly offsetsMinutes: readonly number[]
}

const MINUTE_MS = 60_000

/** The first planned visit after that instant. */
export function nextVisit({ timeZone, starts, offsetsMinutes }: VisitPlan, after: Instant): Instant {
  const nextOf = (offsetMinutes: number) => {
    const offsetMs = offsetMinutes * MINUTE_MS
    return nextStart(timeZone, starts, after - offsetMs) + offsetMs
  }
  return Math.min(...offsetsMinutes.map(nextOf))
}

/** The first start of a round after that instant. */
export function nextStart(timeZone: string, starts: VisitPlan['starts'], after: Instant): Instant {
  const local = Temporal.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(timeZone)
  const today = local.startOfDay().epochMilliseconds
  const midnight = local.add({ days: 1 }).startOfDay().epochMilliseconds
  if ('everyMinutes' in starts) {
    const everyMs = starts.everyMinutes * MINUTE_MS
    // Rounds count from midnight, so the last one of a day may be cut short.
    return Math.min(today + (Math.floor((after - today) / everyMs) + 1) * everyMs, midnight)
  }
  const instants = [0, 1].flatMap((days) => {
    const day = local.toPlainDate().add({ days })
    return starts.at.map((plainTime) => day.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds)
  })
  return Math.min(...instants.filter((instant) => instant > after))
}

/** `2026-03-01 22:15` in the plan's zone: a figure, the same in every language. */
export function localMinute(timeZone: string, instant: Instant): string {
  const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone)
  return local.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')
}
