/**
 * What the standards say of an alarm system's load, each with where it comes from and whether that was verified: the standards
 * themselves are not public, and vendors quote them. One table, so that the report and the documents cannot disagree.
 */
import type { LoadReport } from './load.ts'

export const FIGURE_CODES = [
  'average-rate',
  'peak-rate',
  'time-in-flood',
  'top-ten-share',
  'chattering',
  'stale',
  'high-share',
  'critical-share',
] as const

export type FigureCode = (typeof FIGURE_CODES)[number]

export type Target = {
  /** At most this is good. */
  readonly good: number
  /** At most this is still bearable; above it something has to be done. */
  readonly fair: number
  /** `ratio` is 0 to 1. */
  readonly unit: 'per-10-min' | 'count' | 'ratio'
  readonly source: string
  readonly isVerified: boolean
}

export type Figure = Target & {
  readonly code: FigureCode
  readonly value: number
  readonly verdict: 'good' | 'fair' | 'poor'
}

export const TARGETS: Readonly<Record<FigureCode, Target>> = {
  'average-rate': {
    ...{ good: 1, fair: 2, unit: 'per-10-min', isVerified: true },
    source:
      'ISA-18.2, EEMUA 191: about 1 in 10 min an operator is acceptable, about 2 the most that is manageable',
  },
  'peak-rate': {
    ...{ good: 10, fair: 10, unit: 'per-10-min', isVerified: true },
    source: 'ISA-18.2, EEMUA 191: 10 in 10 min after an upset is manageable, more is a flood',
  },
  'time-in-flood': {
    ...{ good: 0.01, fair: 0.05, unit: 'ratio', isVerified: false },
    source: 'ISA-18.2 as widely quoted: less than 1 % of the time',
  },
  'top-ten-share': {
    ...{ good: 0.05, fair: 0.2, unit: 'ratio', isVerified: false },
    source: 'ISA-18.2 as widely quoted: the ten most frequent alarms give 1 to 5 % of the load',
  },
  chattering: {
    ...{ good: 0, fair: 0, unit: 'count', isVerified: true },
    source: 'ISA-18.2: none; each is to be cured',
  },
  stale: {
    ...{ good: 4, fair: 20, unit: 'count', isVerified: false },
    source:
      'ISA-18.2 as widely quoted: active for more than 24 h, fewer than 5 on any day; the most at one time',
  },
  'high-share': {
    ...{ good: 0.05, fair: 0.2, unit: 'ratio', isVerified: true },
    source: 'EEMUA 191: about 80 % low, 15 % medium, 5 % high; high and critical together',
  },
  'critical-share': {
    ...{ good: 0.01, fair: 0.05, unit: 'ratio', isVerified: true },
    source: 'ISA-18.2: the highest priority less than 1 %',
  },
}

type Judged = Pick<LoadReport, 'perTenMinutes' | 'flood' | 'severities' | 'topShare' | 'chattering'> & {
  /** The most at one time. */
  readonly mostStale: number
}

export function figuresOf({
  perTenMinutes,
  flood,
  severities,
  topShare,
  chattering,
  mostStale,
}: Judged): readonly Figure[] {
  const shareOf = (severity: string) => severities.find((one) => one.severity === severity)?.share ?? 0
  const values: Readonly<Record<FigureCode, number>> = {
    'average-rate': perTenMinutes.average,
    'peak-rate': perTenMinutes.sliding?.count ?? 0,
    'time-in-flood': flood.share,
    'top-ten-share': topShare,
    chattering: chattering.length,
    stale: mostStale,
    'high-share': shareOf('critical') + shareOf('high'),
    'critical-share': shareOf('critical'),
  }
  return FIGURE_CODES.map((code) => {
    const [target, value] = [TARGETS[code], values[code]]
    const verdict = value <= target.good ? 'good' : value <= target.fair ? 'fair' : 'poor'
    return { code, value, verdict, ...target }
  })
}
