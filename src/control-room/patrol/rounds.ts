/** When the checkpoints of a route are due: its starts in the site's own day, and the planned minutes after each. */
import type { Site } from '../api/calls.ts'
import { boundary } from '../format/calendar.ts'

type Route = Site['routes'][number]

const MINUTE = 60_000
/** Rounds are not longer than this; one that began before the window may still be under way in it. */
const LONGEST_MS = 12 * 3_600_000

function startsOn(dayStart: number, dayEnd: number, starts: Route['starts']): number[] {
  if ('at' in starts) {
    return starts.at.flatMap((text) => {
      const [hour = 0, minute = 0] = text.split(':').map(Number)
      return dayStart + (hour * 60 + minute) * MINUTE
    })
  }
  const found: number[] = []
  for (let at = dayStart; at < dayEnd; at += Math.max(1, starts.everyMinutes) * MINUTE) found.push(at)
  return found
}

/** By checkpoint, the instants in `[from, to)` at which a guard is due there. */
export function dueIn(route: Route, from: number, to: number, timeZone: string): Map<string, number[]> {
  const due = new Map<string, number[]>(route.visits.map(({ checkpoint }) => [checkpoint, []]))
  let day = boundary('day', from - LONGEST_MS, timeZone)
  while (day < to) {
    const next = boundary('day', day, timeZone, 1)
    for (const start of startsOn(day, next, route.starts)) {
      for (const { checkpoint, offsetMinutes } of route.visits) {
        const at = start + offsetMinutes * MINUTE
        if (at >= from && at < to) due.get(checkpoint)?.push(at)
      }
    }
    day = next
  }
  return due
}
