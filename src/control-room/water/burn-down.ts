/**
 * What is left of a year's quota, day after day, beside what the plan leaves. A day that is not wholly known is hatched and the
 * line breaks there: what ran through meanwhile is not in it, so from then on the line shows at most what is left.
 */

import type { WaterQuota, WaterUseTotals } from '../api/types.ts'
import type { Dot, Stretch } from '../charts/gaps.ts'

export type BurnDown = {
  readonly plan: Dot[]
  readonly left: Dot[]
  readonly gaps: Stretch[]
  /** To where the year will end if it goes on as lately; it begins where the year stands if the days not known were like the known ones. */
  readonly forecast: Dot[]
}

type Quota = Pick<WaterQuota, 'yearM3' | 'monthsM3' | 'forecastM3' | 'share' | 'allowedM3'>

/** `months`: the thirteen boundaries of the year. */
export function burnDown(
  { yearM3, monthsM3, forecastM3, share, allowedM3 }: Quota,
  days: WaterUseTotals['intervals'],
  months: readonly number[],
): BurnDown {
  const [start = 0] = months
  let planned = yearM3
  const plan: Dot[] = [[start, yearM3]]
  for (const [at, quota] of monthsM3.entries()) {
    planned = Math.max(0, planned - quota) // a remainder of the sum is not below zero
    plan.push([months[at + 1] ?? start, planned])
  }
  let remaining = yearM3
  let until = start
  const left: Dot[] = [[start, yearM3]]
  const gaps: [number, number][] = []
  for (const { from, to, volumeM3, quality } of days) {
    const [begin, end] = [Date.parse(from), Date.parse(to)]
    remaining -= volumeM3 ?? 0
    until = end
    if (quality === 'missing') {
      const last = gaps.at(-1)
      if (last?.[1] === begin) last[1] = end
      else gaps.push([begin, end])
      left.push([begin + 1, null])
    }
    left.push([end, remaining])
  }
  const end = months.at(-1)
  const forecast: Dot[] = []
  if (forecastM3 !== null && share !== null && end !== undefined && until < end) {
    // What the quota still gives is used at this pace, whichever days it is for
    const pace = (forecastM3 - share * allowedM3) / Math.max(yearM3 - allowedM3, Number.EPSILON)
    const atEnd = yearM3 - forecastM3
    forecast.push([until, atEnd + pace * plannedLeft(plan, until)], [end, atEnd])
  }
  return { plan, left, gaps, forecast }
}

/** By a straight line between the ends of the months. */
function plannedLeft(plan: readonly Dot[], at: number): number {
  const next = plan.findIndex(([start]) => start > at)
  const [before = [0, 0], after = [0, 0]] = [plan[next - 1], plan[next]]
  const passed = (at - before[0]) / (after[0] - before[0])
  return (before[1] ?? 0) + passed * ((after[1] ?? 0) - (before[1] ?? 0))
}
