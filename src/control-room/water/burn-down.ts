/**
 * What is left of a year's quota, day after day, beside what the plan leaves. A day that is not wholly known
 * is hatched and the line breaks there: what ran through meanwhile is not in it, so from then on the line
 * shows at most what is left.
 */

import type { WaterQuota, WaterUseTotals } from '../api/types.ts'
import type { Dot, Stretch } from '../charts/gaps.ts'

export type BurnDown = {
  readonly plan: Dot[]
  readonly left: Dot[]
  readonly gaps: Stretch[]
  /**
   * What is left by all that can be said: days not known taken at the pace of the known ones, from the first
   * of them on, and so to the end of the year.
   */
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
  const end = months.at(-1) ?? start
  // What the quota still gives is used at this pace, whichever days it is for
  const pace =
    forecastM3 === null || share === null
      ? undefined
      : (forecastM3 - share * allowedM3) / Math.max(yearM3 - allowedM3, Number.EPSILON)
  let remaining = yearM3
  let reckoned = yearM3
  let until = start
  const left: Dot[] = [[start, yearM3]]
  const gaps: [number, number][] = []
  const forecast: Dot[] = []
  for (const { from, to, volumeM3, quality } of days) {
    const [begin, over] = [Date.parse(from), Date.parse(to)]
    const isMissing = quality === 'missing'
    if (isMissing && forecast.length === 0) forecast.push([begin, reckoned])
    remaining -= volumeM3 ?? 0
    reckoned -= isMissing
      ? (pace ?? 0) * (plannedLeft(plan, begin) - plannedLeft(plan, over))
      : (volumeM3 ?? 0)
    until = over
    if (isMissing) {
      const last = gaps.at(-1)
      if (last?.[1] === begin) last[1] = over
      else gaps.push([begin, over])
      left.push([begin + 1, null])
    }
    left.push([over, remaining])
    if (forecast.length > 0) forecast.push([over, reckoned])
  }
  if (pace === undefined || forecastM3 === null || until >= end) return { plan, left, gaps, forecast: [] }
  if (forecast.length === 0) forecast.push([until, reckoned])
  forecast.push([end, yearM3 - forecastM3])
  return { plan, left, gaps, forecast }
}

/** By a straight line between the ends of the months. */
function plannedLeft(plan: readonly Dot[], at: number): number {
  const next = plan.findIndex(([start]) => start > at)
  if (next === -1) return plan.at(-1)?.[1] ?? 0
  const [before = [0, 0], after = [0, 0]] = [plan[next - 1], plan[next]]
  const passed = (at - before[0]) / (after[0] - before[0])
  return (before[1] ?? 0) + passed * ((after[1] ?? 0) - (before[1] ?? 0))
}
