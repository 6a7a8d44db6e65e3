/**
 * Reading the time a device writes. What could be read in two ways is refused: a time without
 * a zone is wrong by hours somewhere, and seconds read as milliseconds lie in 1970.
 */
import type { Instant } from '../model/instant.ts'
import { shown } from './point.ts'

export type TimeFormat = 'own' | 'iso' | 'epoch-milliseconds' | 'epoch-seconds'

/** 2026-10-01 08:00:00, with a blank or a T; a time that says its own zone is not taken, for then there are two. */
const LOCAL = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)$/

/** As milliseconds this is March 1973, as seconds the year 5138: no number is taken for both. */
const LEAST_MILLISECONDS = 1e11

/** ISO 8601 extended, with `Z` or an offset; seconds and their fraction may be left out. */
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?(Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)$/

/** The instant, or what is wrong with the time. */
export function readTime(said: unknown, format: TimeFormat): Instant | { readonly fault: string } {
  if (typeof said === 'number' && Number.isFinite(said) && format !== 'iso') return fromNumber(said, format)
  if (typeof said === 'string' && (format === 'own' || format === 'iso')) return fromIso(said)
  return { fault: `time: expected ${EXPECTED[format]}, got ${shown(said)}${hintAt(said)}` }
}

/** A time without a zone, of a device whose profile says how far its clock is ahead of UTC: `+08:00`. */
export function readLocalTime(said: unknown, offset: string): Instant | { readonly fault: string } {
  const [, day, time] = typeof said === 'string' ? (LOCAL.exec(said) ?? []) : []
  if (day === undefined)
    return {
      fault: `time: expected a local time such as 2026-10-01 08:00:00, got ${shown(said)}${hintAt(said)}`,
    }
  return fromIso(`${day}T${time}${offset}`)
}

const EXPECTED: Readonly<Record<TimeFormat, string>> = {
  own: 'ISO 8601 with Z or an offset, or epoch milliseconds',
  iso: 'ISO 8601 with Z or an offset',
  'epoch-milliseconds': 'epoch milliseconds',
  'epoch-seconds': 'epoch seconds',
}

function fromNumber(said: number, format: TimeFormat): Instant | { fault: string } {
  const isSeconds = said < LEAST_MILLISECONDS
  if (format === 'epoch-seconds') {
    return isSeconds
      ? Math.floor(said * 1000)
      : { fault: `time: ${said} looks like milliseconds; expected epoch seconds` }
  }
  return isSeconds
    ? { fault: `time: ${said} looks like seconds; expected epoch milliseconds` }
    : Math.floor(said)
}

/** Of a number where text was expected, or one in quotes: which time it looks like. */
function hintAt(said: unknown): string {
  const number = typeof said === 'string' && /^\d{9,16}$/.test(said) ? Number(said) : said
  if (typeof number !== 'number' || !(number >= 1e8 && number < 1e16)) return ''
  const unit = number < LEAST_MILLISECONDS ? 'seconds' : 'milliseconds'
  return `, which looks like epoch ${unit}${typeof said === 'string' ? ' in quotes' : ''}`
}

function fromIso(said: string): Instant | { fault: string } {
  const words = JSON.stringify(said.slice(0, 40))
  const found = ISO.exec(said)
  if (!found) {
    return { fault: `time: ${words} is not ISO 8601 with Z or an offset${hintAt(said)}` }
  }
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = 'Z'] = found
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day))
  const isDay = new Date(midnight).toISOString().slice(5, 10) === `${month}-${day}` // 30 February would be 2 March
  if (!isDay) return { fault: `time: ${words} is no day of the calendar` }
  const minutes = Number(hour) * 60 + Number(minute) - offsetMinutes(zone)
  return midnight + minutes * 60_000 + Number(second) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3))
}

function offsetMinutes(zone: string): number {
  if (zone === 'Z') return 0
  const digits = zone.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || '0')
  return zone.startsWith('-') ? -minutes : minutes
}
