/** Numbers, instants and durations as people read them: by Intl, in the page's language and the site's zone. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { site } from '../api/queries.ts'
import type { Value } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** Where a zone is not yet known, or the role may not read the site. */
const FALLBACK_ZONE = 'Asia/Shanghai'

export function formatIn(language: string, timeZone: string) {
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language, { timeZone, hourCycle: 'h23', ...options })
    return (at: string | number) => format.format(new Date(at))
  }
  const whole = new Intl.NumberFormat(language)
  const range = new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'medium' })
  const number = (value: number, digits = 3) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)
  return {
    timeZone,
    /** `2026-11-22 10:05:07`, as hover text. */
    absolute: dates({ dateStyle: 'medium', timeStyle: 'medium' }),
    clock: dates({ hour: '2-digit', minute: '2-digit' }),
    clockSeconds: dates({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    day: dates({ month: 'short', day: 'numeric' }),
    dayTime: dates({ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }),
    dayTimeSeconds: dates({
      ...{ month: 'short', day: 'numeric' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    }),
    date: dates({ dateStyle: 'medium' }),
    /** Half-open, as everywhere: `to` is not in it. */
    dateRange: (from: string, to: string) => range.formatRange(Date.parse(from), Date.parse(to) - 1),
    weekday: dates({ weekday: 'short' }),
    dayOfMonth: dates({ day: 'numeric' }),
    month: dates({ year: 'numeric', month: 'short' }),
    /** With its zeros, so that a column of volumes lines up. */
    fixed: (value: number, digits: number) =>
      new Intl.NumberFormat(language, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(value),
    count: (value: number) => whole.format(value),
    number,
    /** A difference, with its sign. */
    signed: (value: number) =>
      new Intl.NumberFormat(language, { maximumFractionDigits: 0, signDisplay: 'exceptZero' }).format(value),
    percent: (share: number) =>
      new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(share),
    /** A measured value; three decimals are finer than any meter's. */
    value: (value: Value) => (typeof value === 'number' ? number(value) : String(value)),
    /** The largest unit that gives at least one: `12 min`, `3 days`. */
    duration(ms: number): string {
      const [unit, size] = UNITS.find(([, size]) => Math.abs(ms) >= size) ?? ['second', 1_000]
      const options = { style: 'unit', unit, unitDisplay: 'short' } as const
      return new Intl.NumberFormat(language, options).format(Math.trunc(ms / size))
    },
    ago(ms: number): string {
      const [unit, size] = UNITS.find(([, size]) => Math.abs(ms) >= size) ?? ['second', 1_000]
      const format = new Intl.RelativeTimeFormat(language, { numeric: 'always', style: 'short' })
      return format.format(-Math.trunc(ms / size), unit)
    },
  }
}

export type Format = ReturnType<typeof formatIn>

export function useFormat(): Format {
  const language = useLanguage()
  const { data } = useQuery({ ...site, enabled: false })
  const timeZone = data?.timeZone ?? FALLBACK_ZONE
  return useMemo(() => formatIn(language, timeZone), [language, timeZone])
}
