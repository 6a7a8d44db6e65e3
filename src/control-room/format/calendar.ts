/**
 * Calendar boundaries in the site's zone, also on a desk that stands in another one. By Intl
 * alone, because not every browser in use has Temporal.
 */
import type { UseStep } from '../../model/water-use.ts'

type Local = readonly [year: number, month: number, day: number, hour: number]

function partsAt(at: number, timeZone: string): { local: Local; offsetMs: number } {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  const shown = Date.UTC(year, month - 1, day, hour, minute, second)
  return { local: [year, month, day, hour], offsetMs: shown - Math.floor(at / 1_000) * 1_000 }
}

/** The instant at which a clock on the site's wall shows this; months and days may overflow. */
function instantOf([year, month, day, hour]: Local, timeZone: string): number {
  const shown = Date.UTC(year, month - 1, day, hour)
  const guess = shown - partsAt(shown, timeZone).offsetMs
  return shown - partsAt(guess, timeZone).offsetMs
}

/** The boundary at or before `at`, moved on by `steps`. */
export function boundary(step: UseStep, at: number, timeZone: string, steps = 0): number {
  const [year, month, day, hour] = partsAt(at, timeZone).local
  if (step === 'month') return instantOf([year, month + steps, 1, 0], timeZone)
  if (step === 'day') return instantOf([year, month, day + steps, 0], timeZone)
  return instantOf([year, month, day, hour + steps], timeZone)
}

/** `YYYY-MM-DD` on the site, as date fields write it. */
export function dayText(at: number, timeZone: string): string {
  const [year, month, day] = partsAt(at, timeZone).local
  const two = (value: number) => String(value).padStart(2, '0')
  return `${year}-${two(month)}-${two(day)}`
}

/** The first instant of such a day; undefined for anything else, and for a day that there is not. */
export function dayStart(text: string | null, timeZone: string): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? '') ?? []
  if (!year || !month || !day) return undefined
  const shown = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  if (shown.getUTCMonth() + 1 !== Number(month)) return undefined
  return instantOf([Number(year), Number(month), Number(day), 0], timeZone)
}

/** A day as people type it: with dashes, slashes, dots or nothing between, always the year first. */
export function typedDay(text: string, timeZone: string): string | undefined {
  const [, year, month = '', day = ''] =
    /^\s*(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?)\s*$/.exec(text) ??
    /^\s*(\d{4})(\d{2})(\d{2})\s*$/.exec(text) ??
    []
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return dayStart(iso, timeZone) === undefined ? undefined : iso
}

export type CalendarDay = {
  readonly start: number
  /** `YYYY-MM-DD` on the site. */
  readonly text: string
  /** Days before and after the month fill its weeks. */
  readonly isInMonth: boolean
}

const DAYS = 7

/** A month of the site, by its first instant, in whole weeks from Monday. */
export function weeksIn(month: number, timeZone: string): CalendarDay[][] {
  const next = boundary('month', month, timeZone, 1)
  const weekday = (new Date(`${dayText(month, timeZone)}T00:00:00Z`).getUTCDay() + 6) % DAYS
  const weeks: CalendarDay[][] = []
  for (let start = boundary('day', month, timeZone, -weekday); start < next; ) {
    const week: CalendarDay[] = []
    for (let day = 0; day < DAYS; day++) {
      week.push({ start, text: dayText(start, timeZone), isInMonth: start >= month && start < next })
      start = boundary('day', start, timeZone, 1)
    }
    weeks.push(week)
  }
  return weeks
}
