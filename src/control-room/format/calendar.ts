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

/** The first instant of such a day; undefined for anything else. */
export function dayStart(text: string | null, timeZone: string): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? '') ?? []
  if (!year || !month || !day) return undefined
  return instantOf([Number(year), Number(month), Number(day), 0], timeZone)
}
