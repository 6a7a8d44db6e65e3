/**
 * A meter's hours, added up from its links: `V(t)` is a straight line between good readings, so each link's
 * volume falls to the hours that it touches pro rata (Oracle Utilities' VEE calls it interval interpolation).
 * What lies before the first and behind the last reading is never extrapolated.
 */
import type { Instant, Interval } from '../model/instant.ts'
import type { HourUse } from '../model/water-use.ts'
import type { Calendar } from './calendar.ts'
import { emptySum, type UseSum } from './water-use.ts'

/** A boundary is exact where a good reading stands this near to it. */
export const EXACT_MS = 5_000

/** Hours that are still being added to, in the order of time. */
export type OpenHours = {
  readonly hours: UseSum[]
  /** Hours before this one stay as they are. */
  readonly from: Instant
  /** Readings further apart say nothing of the course between them. */
  readonly gapMs: number
  readonly calendar: Calendar
}

/** Adds what ran through between two stands. Links come in the order of time. */
export function addLink(
  { hours, from, gapMs, calendar }: OpenHours,
  start: Instant,
  end: Instant,
  volumeM3: number,
): void {
  const lengthMs = end - start
  const isMeasured = lengthMs <= gapMs
  let at = Math.max(start, from)
  while (at < end) {
    const hour = calendar.intervalAt(at, 'hour')
    const shareMs = Math.min(end, hour.to) - Math.max(start, hour.from)
    const use = hourIn(hours, hour)
    use.volumeM3 += shareMs === lengthMs ? volumeM3 : volumeM3 * (shareMs / lengthMs)
    use.knownMs += shareMs
    if (isMeasured) use.measuredMs += shareMs
    else {
      use.estimatedFrom ||= start < hour.from
      use.estimatedTo ||= end > hour.to
    }
    at = hour.to
  }
  markExact(hours, start, end, start, calendar)
  markExact(hours, start, end, end, calendar)
}

/**
 * A stand is exact for the hours that its own link touches: an exchanged register says nothing of the hour
 * after its end.
 */
function markExact(
  hours: readonly UseSum[],
  start: Instant,
  end: Instant,
  stand: Instant,
  calendar: Calendar,
): void {
  const hour = calendar.intervalAt(stand, 'hour')
  const boundary = hour.to - stand <= EXACT_MS ? hour.to : hour.from
  if (Math.abs(stand - boundary) > EXACT_MS) return
  for (let place = hours.length - 1; place >= 0; place--) {
    const use = hours[place] as UseSum
    if (use.from === boundary && end > boundary) use.exactFrom = true
    if (use.to === boundary && start < boundary) use.exactTo = true
    if (use.from < boundary) return
  }
}

/** Mostly the last one, or one after it. */
function hourIn(hours: UseSum[], { from, to }: Interval): UseSum {
  let place = hours.length - 1
  while (place >= 0 && (hours[place] as UseSum).from > from) place--
  const known = hours[place]
  if (known?.from === from) return known
  const unused = emptySum({ from, to })
  hours.splice(place + 1, 0, unused)
  return unused
}

/**
 * An hour by another calendar, as its parts in the hours of this one. Nothing is known of its course any
 * more, so it is shared out by time: where it was measured throughout that is an interpolation, where not it
 * is a guess and its new boundary says so.
 */
export function splitUse(use: HourUse, calendar: Calendar): readonly HourUse[] {
  const lengthMs = use.to - use.from
  const isGuess = use.measuredMs < lengthMs
  const parts: HourUse[] = []
  for (let from = use.from; from < use.to; ) {
    const to = Math.min(use.to, calendar.intervalAt(from, 'hour').to)
    const share = (to - from) / lengthMs
    parts.push({
      from,
      to,
      volumeM3: use.volumeM3 * share,
      knownMs: use.knownMs * share,
      measuredMs: use.measuredMs * share,
      estimatedFrom: from === use.from ? use.estimatedFrom : isGuess,
      estimatedTo: to === use.to ? use.estimatedTo : isGuess,
      exactFrom: from === use.from && use.exactFrom,
      exactTo: to === use.to && use.exactTo,
    })
    from = to
  }
  return parts
}
