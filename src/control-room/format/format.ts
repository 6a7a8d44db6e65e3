/** Numbers, instants and durations as people read them: by Intl, in a language and the site's zone. */
import type { Value } from '../api/types.ts'
import { kept } from '../parts/kept.ts'

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

export function formatOf(language: string, timeZone: string) {
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language, { timeZone, hourCycle: 'h23', ...options })
    return (at: string | number) => format.format(new Date(at))
  }
  const numbers = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options)
  const upTo = kept((digits: number) => numbers({ maximumFractionDigits: digits }))
  const exactly = kept((digits: number) =>
    numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits }),
  )
  const inUnit = kept((unit: string) => numbers({ style: 'unit', unit, unitDisplay: 'short' }))
  const percent = numbers({ style: 'percent', maximumFractionDigits: 1 })
  const signed = numbers({ maximumFractionDigits: 0, signDisplay: 'exceptZero' })
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'always', style: 'short' })
  const range = new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'medium' })
  const offset = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
  const number = (value: number, digits = 3) => upTo(digits).format(value)
  const moment = dates({ dateStyle: 'medium', timeStyle: 'medium' })
  return {
    timeZone,
    /** What the clocks of the site are ahead then: `UTC+08:00`. */
    offset(at: number): string {
      const name = offset.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
      return name.replace('GMT', 'UTC')
    },
    /** To the second, where it is read in a text. */
    moment,
    /** With its zone, as hover text. */
    absolute: dates({
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'shortOffset',
    }),
    clock: dates({ hour: '2-digit', minute: '2-digit' }),
    clockSeconds: dates({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    day: dates({ month: 'short', day: 'numeric' }),
    dayTime: dates({ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }),
    dayTimeSeconds: dates({
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }),
    date: dates({ dateStyle: 'medium' }),
    /** Half-open, as everywhere: `to` is not in it. */
    dateRange: (from: string, to: string) => range.formatRange(Date.parse(from), Date.parse(to) - 1),
    weekday: dates({ weekday: 'short' }),
    dayOfMonth: dates({ day: 'numeric' }),
    month: dates({ year: 'numeric', month: 'short' }),
    /** With its zeros, so that a column of volumes lines up. */
    fixed: (value: number, digits: number) => exactly(digits).format(value),
    count: (value: number) => upTo(0).format(value),
    number,
    /** A difference, with its sign. */
    signed: (value: number) => signed.format(value),
    percent: (share: number) => percent.format(share),
    /** A measured value; three decimals are finer than any meter's. */
    value: (value: Value) => (typeof value === 'number' ? number(value) : String(value)),
    /** The largest unit that gives at least one: `12 min`, `3 days`. */
    duration(ms: number): string {
      const [unit, size] = unitOf(ms)
      return inUnit(unit).format(Math.trunc(ms / size))
    },
    /** In the largest unit that leaves nothing over: `90 min` stays what it is. */
    exactly(ms: number): string {
      const [unit, size] = UNITS.find(([, of]) => ms >= of && ms % of === 0) ?? UNITS[3]
      return inUnit(unit).format(ms / size)
    },
    ago(ms: number): string {
      const [unit, size] = unitOf(ms)
      return relative.format(-Math.trunc(ms / size), unit)
    },
  }
}

const unitOf = (ms: number) => UNITS.find(([, size]) => Math.abs(ms) >= size) ?? (['second', 1_000] as const)

export type Format = ReturnType<typeof formatOf>
