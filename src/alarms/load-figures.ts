/**
 * What the standards say of an alarm system's load, each with where it comes from and whether that was
 * verified: the standards themselves are not public, and vendors quote them. One table, so that the report
 * and the documents cannot disagree.
 */
import type { Because } from '../model/alarm.ts'
import type { Words } from '../model/errors.ts'
import type { LoadReport } from './load.ts'

const words = (en: string, zh: string): Words => ({ en, 'zh-CN': zh })

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
  readonly source: Words
  readonly isVerified: boolean
}

export type Figure = Target & {
  readonly code: FigureCode
  readonly value: number
  readonly verdict: Verdict
  /** Why it is not judged. */
  readonly because?: Because
}

/** `too-few`: so little rang that a verdict would only say that. */
export const VERDICTS = ['good', 'fair', 'poor', 'too-few'] as const

export type Verdict = (typeof VERDICTS)[number]

export const TARGETS: Readonly<Record<FigureCode, Target>> = {
  'average-rate': {
    good: 1,
    fair: 2,
    unit: 'per-10-min',
    isVerified: true,
    source: words(
      'ISA-18.2, EEMUA 191: about 1 in 10 min an operator is acceptable, about 2 the most that is manageable',
      'ISA-18.2、EEMUA 191：每名值班员每 10 分钟约 1 条可接受，约 2 条为可应对上限',
    ),
  },
  'peak-rate': {
    good: 10,
    fair: 10,
    unit: 'per-10-min',
    isVerified: true,
    source: words(
      'ISA-18.2, EEMUA 191: 10 in 10 min after an upset is manageable, more is a flood',
      'ISA-18.2、EEMUA 191：异常后 10 分钟内 10 条尚可应对，超过即为告警洪峰',
    ),
  },
  'time-in-flood': {
    good: 0.01,
    fair: 0.05,
    unit: 'ratio',
    isVerified: false,
    source: words(
      'ISA-18.2 as widely quoted: less than 1 % of the time',
      'ISA-18.2（业界通行引述）：不超过 1% 的时间',
    ),
  },
  'top-ten-share': {
    good: 0.05,
    fair: 0.2,
    unit: 'ratio',
    isVerified: false,
    source: words(
      'ISA-18.2 as widely quoted: the ten most frequent alarms give 1 to 5 % of the load',
      'ISA-18.2（业界通行引述）：最频繁的十项告警占总量的 1% 至 5%',
    ),
  },
  chattering: {
    good: 0,
    fair: 0,
    unit: 'count',
    isVerified: true,
    source: words('ISA-18.2: none; each is to be cured', 'ISA-18.2：不应存在，须逐项整治'),
  },
  stale: {
    good: 4,
    fair: 20,
    unit: 'count',
    isVerified: false,
    source: words(
      'ISA-18.2 as widely quoted: active for more than 24 h, fewer than 5 on any day; the most at one time',
      'ISA-18.2（业界通行引述）：持续超过 24 小时，任一天少于 5 条；此处为同时存在的最大条数',
    ),
  },
  'high-share': {
    good: 0.05,
    fair: 0.2,
    unit: 'ratio',
    isVerified: true,
    source: words(
      'EEMUA 191: about 80 % low, 15 % medium, 5 % high; high and critical together',
      'EEMUA 191：低约 80%、中约 15%、高约 5%；此处为重要与紧急合计',
    ),
  },
  'critical-share': {
    good: 0.01,
    fair: 0.05,
    unit: 'ratio',
    isVerified: true,
    source: words('ISA-18.2: the highest priority less than 1 %', 'ISA-18.2：最高级别不超过 1%'),
  },
}

/**
 * Shares of how many: below it a share says how few there were. Among fewer than fifty sources ten of them
 * give more than is bearable however evenly they speak; among fewer than twenty alarms one that is critical
 * does.
 */
const LEAST = {
  'top-ten-share': { of: 'sources', least: 10 / TARGETS['top-ten-share'].fair },
  'high-share': { of: 'alarms', least: 1 / TARGETS['high-share'].fair },
  'critical-share': { of: 'alarms', least: 1 / TARGETS['critical-share'].fair },
} as const satisfies Partial<
  Record<FigureCode, { readonly of: 'sources' | 'alarms'; readonly least: number }>
>

type Judged = Pick<
  LoadReport,
  'alarms' | 'sources' | 'perTenMinutes' | 'flood' | 'severities' | 'topShare' | 'chattering'
> & {
  /** The most at one time. */
  readonly mostStale: number
}

export function figuresOf({
  alarms,
  sources,
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
    if (value <= target.good) return { code, value, verdict: 'good', ...target }
    const { of, least } = isShare(code) ? LEAST[code] : { of: 'alarms', least: 0 }
    const count = of === 'sources' ? sources : alarms
    if (count < least) {
      const because = { code: `too-few-${of}`, figures: { count, least: Math.round(least) } }
      return { code, value, verdict: 'too-few', because, ...target }
    }
    return { code, value, verdict: value <= target.fair ? 'fair' : 'poor', ...target }
  })
}

const isShare = (code: FigureCode): code is keyof typeof LEAST => code in LEAST
