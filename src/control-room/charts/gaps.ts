/**
 * Where a series was not measured. A line is drawn through readings that are close enough to each
 * other; a longer silence is a gap: the line stops, the stretch is hatched, nothing is made up.
 */
import type { Reading } from '../api/types.ts'

export type Dot = readonly [at: number, value: number | null]
export type Stretch = readonly [from: number, to: number]

/** A device may be this many times its period late before its silence is a gap. */
const LATE = 2.5
/** Where the period is not known: devices that speak on events have no gaps. */
export const gapAfter = (reportsEveryMs: number | null): number =>
  reportsEveryMs === null ? Number.POSITIVE_INFINITY : Math.max(reportsEveryMs * LATE, 60_000)

export function drawn(
  readings: readonly Reading[],
  point: string,
  gapMs: number,
  from: number,
  to: number,
): { dots: Dot[]; gaps: Stretch[] } {
  const dots: Dot[] = []
  const gaps: Stretch[] = []
  let last = from
  let any = false
  for (const { at: instant, values, quality } of readings) {
    const value = values[point]
    if (typeof value !== 'number' || quality?.[point] === 'bad') continue
    const at = Date.parse(instant)
    if (at - last > gapMs) {
      gaps.push([last, at])
      if (any) dots.push([last + 1, null])
    }
    dots.push([at, value])
    last = at
    any = true
  }
  if (to - last > gapMs) gaps.push([last, to])
  return { dots, gaps }
}
