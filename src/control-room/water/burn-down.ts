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
  /** From where the year has come to where it will end if it goes on as lately. */
  readonly forecast: Dot[]
}

type Quota = Pick<WaterQuota, 'yearM3' | 'monthsM3' | 'forecastM3'>

/** `months`: the thirteen boundaries of the year. */
export function burnDown(
  { yearM3, monthsM3, forecastM3 }: Quota,
  days: WaterUseTotals['intervals'],
  months: readonly number[],
): BurnDown {
  const [start = 0] = months
  let planned = yearM3
  const plan: Dot[] = [[start, yearM3]]
  for (const [at, quota] of monthsM3.entries()) {
    planned -= quota
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
  const forecast: Dot[] =
    forecastM3 === null || end === undefined || until >= end
      ? []
      : [
          [until, remaining],
          [end, yearM3 - forecastM3],
        ]
  return { plan, left, gaps, forecast }
}
