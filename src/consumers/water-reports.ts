/**
 * Answers what the energy office asks beyond plain use, from the hours and days of the interval book: rows that stand ready, read in turns
 * so that devices are answered in between.
 */
import { balanceSum, parentsOf } from '../metering/balance.ts'
import { type Calendar, calendarOf } from '../metering/calendar.ts'
import { leastFlowM3h, type Night, nightStanding } from '../metering/night-flow.ts'
import { addDay, emptyTally, monthQuotasM3, standingOf, yearQuotaM3 } from '../metering/quota.ts'
import type {
  BalanceRow,
  MeterVolume,
  NightQuery,
  NightRow,
  QuotaRow,
  WaterReports,
} from '../metering/water-reports.ts'
import type { UseSubject } from '../metering/water-use.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Balance } from '../model/site.ts'
import type { HourUse } from '../model/water-use.ts'
import { subjectsIn, usesIn, type WaterUseParts } from './water-use.ts'

type Uses = ReadonlyMap<DeviceId, HourUse>

const length = ({ from, to }: Interval) => to - from

/** Known throughout, and none of it a guess of how much of a long gap fell on this side of midnight. */
const isWholeDay = (use: HourUse | undefined, day: Interval): use is HourUse =>
  use !== undefined && use.knownMs >= length(day) && !use.estimatedFrom && !use.estimatedTo

/** A long gap knows its volume and nothing of its course: no hour of it is known. */
const isMeasuredHour = (use: HourUse | undefined, hour: Interval): use is HourUse =>
  use !== undefined && use.measuredMs >= length(hour)

/** The same year is asked for by everybody who opens the page, and a year of thousands of meters is a second's work. */
const QUOTAS_KEPT_MS = 60_000

export function waterReports({ book, site }: WaterUseParts): WaterReports {
  const calendar = calendarOf(site.timeZone)
  const subjectsOf = subjectsIn(site)
  const names = new Map(site.devices.map(({ id, name }) => [id, name]))
  const daysIn = (range: Interval) => [...calendar.intervals(range, 'day')]

  async function nights({ fromHour, toHour, by, from, to, ...scope }: NightQuery): Promise<NightRow[]> {
    const subjects = subjectsOf(by, scope).filter(({ meters }) => meters.length > 0)
    const found = subjects.map((): Night[] => [])
    for (const day of daysIn({ from, to })) {
      const window = [...calendar.intervals(day, 'hour')].filter((hour) => {
        const local = localHour(hour.from, site.timeZone)
        return local >= fromHour && local < toHour
      })
      const hours: (number | null)[][] = subjects.map(() => [])
      for (const hour of window) {
        const uses = await usesIn(book, calendar, hour, 'hour')
        for (const [at, { meters }] of subjects.entries()) hours[at]?.push(sumOf(meters, uses, hour))
      }
      const night = { from: window[0]?.from ?? day.from, to: window.at(-1)?.to ?? day.from }
      for (const [at, known] of hours.entries()) {
        found[at]?.push({ ...night, flowM3h: leastFlowM3h(known) })
      }
    }
    return subjects.map(({ id, name }, at) => ({ id, name, ...nightStanding(found[at] ?? []) }))
  }

  async function balances(range: Interval): Promise<BalanceRow[]> {
    const declared = site.balances ?? []
    const parents = parentsOf(declared)
    const tallies = declared.map((balance) => balanceTally(balance, names))
    const days = declared.length === 0 ? [] : daysIn(range)
    for (const day of days) {
      const uses = await usesIn(book, calendar, day, 'day')
      for (const tally of tallies) tally.add(uses, day)
    }
    return declared.map(({ id, name }, at) => ({
      ...{ id, name, parent: parents.get(id) ?? null, days: days.length },
      ...(tallies[at]?.row() ?? { daysCompared: 0, sum: null, main: [], subs: [] }),
    }))
  }

  async function reckonQuotas(year: number, now: Instant): Promise<QuotaRow[]> {
    const months = monthsOf(year, calendar, site.timeZone)
    const passed = daysIn({ from: months[0]?.from ?? now, to: endOfPassed(months, calendar, now) })
    const meters = new Map(subjectsOf('institution').map((subject) => [subject.id, subject]))
    const rows = site.institutions.flatMap((institution) => {
      const yearM3 = yearQuotaM3(institution)
      if (yearM3 === undefined) return []
      const monthsM3 = monthQuotasM3(yearM3, months, institution.quota?.months)
      const subject = meters.get(institution.id) ?? { ...institution, meters: [] }
      return [{ subject, yearM3, monthsM3, tally: emptyTally() }]
    })
    for (const day of rows.length === 0 ? [] : passed) {
      const uses = await usesIn(book, calendar, day, 'day')
      const at = months.findIndex(({ to }) => day.from < to)
      const share = length(day) / length(months[at] ?? day)
      for (const { subject, monthsM3, tally } of rows) {
        addDay(tally, { ...dayOf(subject, uses, day), allowedM3: (monthsM3[at] ?? 0) * share })
      }
    }
    return rows.map(({ subject: { id, name }, yearM3, monthsM3, tally }) => {
      return { id, name, ...standingOf(tally, yearM3), monthsM3 }
    })
  }

  let kept: { year: number; at: Instant; rows: Promise<readonly QuotaRow[]> } | undefined
  return {
    nights,
    balances,
    quotas(year, now) {
      if (kept?.year === year && now >= kept.at && now - kept.at < QUOTAS_KEPT_MS) return kept.rows
      const rows = reckonQuotas(year, now)
      kept = { year, at: now, rows }
      rows.catch(() => {
        if (kept?.rows === rows) kept = undefined // what failed is asked again
      })
      return rows
    },
  }
}

const localHour = (at: Instant, timeZone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).hour

function monthsOf(year: number, calendar: Calendar, timeZone: string): Interval[] {
  const start = (of: number) =>
    Temporal.PlainDate.from({ year: of, month: 1, day: 1 }).toZonedDateTime(timeZone).epochMilliseconds
  return [...calendar.intervals({ from: start(year), to: start(year + 1) }, 'month')]
}

/** A day under way is neither held against its quota nor missing. */
function endOfPassed(months: readonly Interval[], calendar: Calendar, now: Instant): Instant {
  const end = months.at(-1)?.to ?? now
  return now >= end ? end : calendar.intervalAt(now, 'day').from
}

/** m³ of all meters in an hour that is measured of each; null otherwise. */
function sumOf(meters: readonly DeviceId[], uses: Uses, hour: Interval): number | null {
  let sum = 0
  for (const meter of meters) {
    const use = uses.get(meter)
    if (!isMeasuredHour(use, hour)) return null
    sum += use.volumeM3
  }
  return sum
}

function dayOf({ meters }: UseSubject, uses: Uses, day: Interval) {
  let volumeM3: number | null = null
  let isWhole = meters.length > 0
  for (const meter of meters) {
    const use = uses.get(meter)
    if (use) volumeM3 = (volumeM3 ?? 0) + use.volumeM3
    isWhole &&= isWholeDay(use, day)
  }
  return { volumeM3, isWhole }
}

function balanceTally({ main, subs }: Balance, names: ReadonlyMap<DeviceId, string>) {
  const sums = new Map([...main, ...subs].map((device) => [device, { volumeM3: 0, daysKnown: 0 }]))
  let daysCompared = 0
  const volumes = (devices: readonly DeviceId[]) => devices.map((id) => sums.get(id)?.volumeM3 ?? 0)
  const shown = (device: DeviceId): MeterVolume => {
    const { volumeM3 = 0, daysKnown = 0 } = sums.get(device) ?? {}
    return {
      ...{ device, name: names.get(device) ?? device },
      ...{ volumeM3: daysCompared > 0 ? volumeM3 : null, daysKnown },
    }
  }
  return {
    add(uses: Uses, day: Interval): void {
      const known = [...sums.keys()].filter((device) => isWholeDay(uses.get(device), day))
      for (const device of known) (sums.get(device) ?? { daysKnown: 0 }).daysKnown++
      if (known.length < sums.size) return
      daysCompared++
      for (const [device, sum] of sums) sum.volumeM3 += uses.get(device)?.volumeM3 ?? 0
    },
    row: () => ({
      daysCompared,
      sum: balanceSum(volumes(main), volumes(subs), daysCompared),
      main: main.map(shown),
      subs: subs.map(shown),
    }),
  }
}
