/**
 * Some years of 5,010 institutions in an interval book, as the ledger keeps it: a row of each meter and day,
 * and the hours of the last nights. One meter in ten is silent on each ninth day, and one institution in
 * fifty has no meter.
 */
import { openIntervalBook } from '../../src/historian/interval-book.ts'
import { calendarOf } from '../../src/metering/calendar.ts'
import type { Instant, Interval } from '../../src/model/instant.ts'
import type { HourUse } from '../../src/model/water-use.ts'

export const INSTITUTIONS = 5_010
export const TIME_ZONE = 'Asia/Shanghai'
export const NIGHTS = 62
/** Hours of each night that are in the book; more than are asked for. */
const HOURS_A_NIGHT = 6
const METERS_A_BALANCE = 3

export type WaterYear = {
  /** All that is in the book, whole days. */
  readonly whole: Interval
  /** The last 365 days of it. */
  readonly year: Interval
  readonly nights: Interval
  /** JSON is YAML. */
  readonly site: object
}

const idOf = (kind: string, n: number) => `${kind}-${String(n).padStart(4, '0')}`
const hasMeter = (n: number) => n % 50 !== 49
const isSilent = (meter: number, day: number) => meter % 10 === 3 && (meter + day) % 9 === 0

/** So many days before the day of `now`, 365 at least. */
export async function writeWaterYear(file: string, now: Instant, days = 365): Promise<WaterYear> {
  const calendar = calendarOf(TIME_ZONE)
  const to = calendar.intervalAt(now, 'day').from
  const year = { from: to - 365 * 86_400_000, to }
  const whole = { from: to - days * 86_400_000, to }
  const nights = { from: to - NIGHTS * 86_400_000, to }
  const numbers = Array.from({ length: INSTITUTIONS }, (_, n) => n)
  const metered = numbers.filter(hasMeter)
  const used = (interval: Interval, volumeM3: number): HourUse => {
    const lengthMs = interval.to - interval.from
    return {
      ...interval,
      volumeM3,
      knownMs: lengthMs,
      measuredMs: lengthMs,
      exactFrom: true,
      exactTo: true,
      estimatedFrom: false,
      estimatedTo: false,
    }
  }
  await using book = openIntervalBook({ file })
  for (const [n, day] of [...calendar.intervals(whole, 'day')].entries()) {
    const hours = day.from < nights.from ? [] : [...calendar.intervals(day, 'hour')].slice(0, HOURS_A_NIGHT)
    await book.save(0, (writer) => {
      for (const meter of metered) {
        if (isSilent(meter, n)) continue
        writer.uses(idOf('meter', meter), {
          hours: hours.map((hour, at) => used(hour, ((meter + n + at) % 40) / 1_000)),
          days: [used(day, ((meter * 7 + n) % 4_000) / 1_000)],
          emptyHours: [],
          emptyDays: [],
        })
      }
    })
  }
  return { whole, year, nights, site: siteOf(numbers, metered) }
}

const siteOf = (numbers: readonly number[], metered: readonly number[]) => ({
  id: 'region',
  name: '全区',
  timeZone: TIME_ZONE,
  institutions: numbers.map((n) => ({
    id: idOf('institution', n),
    name: `第${n + 1}小学`,
    type: 'school',
    headCount: 100,
    areaM2: 5_000,
    quota: { perHeadM3: 7.5, months: [1, 0.5, 1, 1, 1, 1.2, 0.6, 0.6, 1.2, 1, 1, 1] },
  })),
  devices: metered.map((n) => ({
    id: idOf('meter', n),
    name: `水表 ${n + 1}`,
    profile: 'gatehouse/water-meter',
    place: { institution: idOf('institution', n) },
  })),
  balances: Array.from({ length: Math.floor(metered.length / METERS_A_BALANCE) }, (_, n) => {
    const [main, ...subs] = metered
      .slice(METERS_A_BALANCE * n, METERS_A_BALANCE * (n + 1))
      .map((meter) => idOf('meter', meter))
    return { id: idOf('balance', n), name: `Balance ${n}`, main: [main], subs }
  }),
})
