/**
 * What an institution may use in a calendar year. A quota by the head (or m²) goes by what was there on each day: the
 * mean of the year, weighed by days. That is this product's choice, because the norms name a count and not how it is
 * averaged; who counts otherwise gives `yearM3`.
 */
import type { Instant, Interval } from '../model/instant.ts'
import type { Figures, Institution, WaterQuota } from '../model/site.ts'
import type { Calendar } from './calendar.ts'
import { rounded } from './water-use.ts'

/** What was counted from one local date until before another. */
export type BasisStretch = {
  /** `2026-01-01` */
  readonly from: string
  readonly until: string
  readonly count: number
  readonly days: number
}

/** How a year's quota comes to be: `perUnitM3` × `count`. */
export type QuotaBasis = {
  readonly per: 'head' | 'm2'
  /** m³ a head, or m², and year. */
  readonly perUnitM3: number
  /** Mean of the stretches, weighed by their days. */
  readonly count: number
  readonly stretches: readonly BasisStretch[]
}

export type YearQuota = {
  readonly yearM3: number
  /** January to December, m³. */
  readonly monthsM3: readonly number[]
  /** Absent where the quota is given as a whole. */
  readonly basis?: QuotaBasis
  readonly tiers?: WaterQuota['tiers']
  /** The quota of a day of that month (0 to 11), m³. */
  dayM3(day: Interval, month: number): number
}

/** Of each stretch, as instants. */
type Counted = Interval & { readonly count: number }

const ofInstitution = ({ quota, standardHeads, headCount, areaM2 }: Institution): Figures => ({
  headCount,
  areaM2,
  ...(quota && { quota }),
  ...(standardHeads !== undefined && { standardHeads }),
})

/** What held on a local date such as `2026-07-01`: of a figure that was not noted down, the next one that was. */
export function figuresOn(institution: Institution, date: string): Figures {
  const figures = ofInstitution(institution)
  for (const { until, ...before } of (institution.formerly ?? []).toReversed()) {
    if (date >= until) break
    Object.assign(figures, before)
  }
  return figures
}

/** Undefined where it has no quota. `months`: those of the year, by the calendar. */
export function yearQuotaOf(
  institution: Institution,
  year: number,
  months: readonly Interval[],
  calendar: Calendar,
): YearQuota | undefined {
  const { quota } = figuresOn(institution, `${year}-01-01`)
  if (!quota) return undefined
  const { yearM3, tiers } = quota
  const more = tiers ? { tiers } : {}
  const weights = quota.months ?? months.map(({ from, to }) => to - from)
  const basis = basisOf(institution, quota, year)
  if (!basis) return { ...evenly(yearM3 ?? 0, weights, months), ...more }
  const wholeM3 = rounded(basis.perUnitM3 * basis.count)
  const [only, second] = basis.stretches
  if (only && !second) return { ...evenly(wholeM3, weights, months), basis, ...more }
  const counted = basis.stretches.map(({ from, until, count }) => ({
    from: calendar.startOf(from),
    to: calendar.startOf(until),
    count,
  }))
  // A day with more people has more of the year's quota, as a month of more weight has.
  const means = months.map((month) => meanIn(counted, month))
  const even = evenly(
    wholeM3,
    weights.map((weight, at) => weight * (means[at] ?? 0)),
    months,
  )
  const dayM3: YearQuota['dayM3'] = (day, month) =>
    (even.dayM3(day, month) * countAt(counted, day.from)) / (means[month] ?? 1)
  return { ...even, dayM3, basis, ...more }
}

function evenly(yearM3: number, weights: readonly number[], months: readonly Interval[]): YearQuota {
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const monthsM3 = months.map((_, at) => (yearM3 * (weights[at] ?? 0)) / sum)
  const lengthMs = months.map(({ from, to }) => to - from)
  return {
    yearM3,
    monthsM3,
    dayM3: ({ from, to }, month) => ((monthsM3[month] ?? 0) * (to - from)) / (lengthMs[month] ?? 1),
  }
}

function basisOf(institution: Institution, quota: WaterQuota, year: number): QuotaBasis | undefined {
  const { perHeadM3, perM2M3 } = quota
  const per = perHeadM3 !== undefined ? 'head' : 'm2'
  const perUnitM3 = perHeadM3 ?? perM2M3
  if (perUnitM3 === undefined) return undefined
  const countOn = (date: string) => {
    const { headCount, standardHeads, areaM2 } = figuresOn(institution, date)
    return per === 'm2' ? areaM2 : (standardHeads ?? headCount)
  }
  const [begin, end] = [`${year}-01-01`, `${year + 1}-01-01`]
  const changes = (institution.formerly ?? []).map(({ until }) => until)
  const starts = [begin, ...changes.filter((date) => begin < date && date < end)]
  const stretches: BasisStretch[] = []
  for (const [at, start] of starts.entries()) {
    const [until, count] = [starts[at + 1] ?? end, countOn(start)]
    const last = stretches.at(-1)
    const from = last?.count === count ? last.from : start
    if (from !== start) stretches.pop()
    stretches.push({ from, until, count, days: daysBetween(from, until) })
  }
  const days = daysBetween(begin, end)
  const count = stretches.reduce((sum, stretch) => sum + stretch.count * stretch.days, 0) / days
  return { per, perUnitM3, count: rounded(count), stretches }
}

/** Of dates alone: no clock changes in UTC. */
const daysBetween = (from: string, until: string): number =>
  (Date.parse(until) - Date.parse(from)) / 86_400_000

const countAt = (counted: readonly Counted[], at: Instant): number =>
  counted.find(({ to }) => at < to)?.count ?? 0

function meanIn(counted: readonly Counted[], month: Interval): number {
  const parts = counted.map(({ from, to, count }) => {
    return count * Math.max(0, Math.min(to, month.to) - Math.max(from, month.from))
  })
  return parts.reduce((sum, part) => sum + part, 0) / (month.to - month.from)
}
