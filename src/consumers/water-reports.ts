/**
 * Answers what the energy office asks beyond plain use, from the hours and days of the interval book: rows
 * that stand ready, read in turns so that devices are answered in between.
 */
import { balanceSum, parentsOf } from '../metering/balance.ts'
import { type Calendar, calendarOf, HOUR_MS } from '../metering/calendar.ts'
import type { MeterFacts } from '../metering/meter.ts'
import { leastFlowM3h, nightStanding } from '../metering/night-flow.ts'
import { addDay, emptyTally, type QuotaTally, standingOf, tierUses } from '../metering/quota.ts'
import { type YearQuota, yearQuotaOf } from '../metering/quota-basis.ts'
import { type CountedMeter, countedAt, subjectsIn, type UseSubject } from '../metering/subjects.ts'
import type {
  BalanceRow,
  MeterVolume,
  NightFlows,
  NightQuery,
  QuotaRow,
  WaterReports,
} from '../metering/water-reports.ts'
import { rounded, roundedOrNull } from '../metering/water-use.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Balance } from '../model/site.ts'
import type { HourUse } from '../model/water-use.ts'
import { type Uses, usesAt, type WaterUseParts } from './water-use.ts'

export type WaterReportParts = WaterUseParts & {
  /** Of a meter that is not among them it is taken that it measures each hour or more often. */
  readonly meters?: readonly Pick<MeterFacts, 'device' | 'measuresEveryMs'>[]
}

const length = ({ from, to }: Interval) => to - from

/** Known throughout, and none of it a guess of how much of a long gap fell on this side of midnight. */
const isWholeDay = (use: HourUse | undefined, day: Interval): use is HourUse =>
  use !== undefined && use.knownMs >= length(day) && !use.estimatedFrom && !use.estimatedTo

/** A long gap knows its volume and nothing of its course: no hour of it is known. */
const isMeasuredHour = (use: HourUse | undefined, hour: Interval): use is HourUse =>
  use !== undefined && use.measuredMs >= length(hour)

/**
 * Everybody who opens the page asks the same, and a page of rows after the other does: thousands of meters
 * over a year are a second's work.
 */
const KEPT_MS = 60_000

/** A few milliseconds of work. */
const ROWS_A_TURN = 500

export function waterReports({ book, site, meters = [] }: WaterReportParts): WaterReports {
  const calendar = calendarOf(site.timeZone)
  const subjectsOf = subjectsIn(site)
  const names = new Map(site.devices.map(({ id, name }) => [id, name]))
  /** Their hours are shares of a longer time, and no night of it was quieter than the day. */
  const tooSeldom = new Set(
    meters.flatMap(({ device, measuresEveryMs }) => (measuresEveryMs > HOUR_MS ? device : [])),
  )
  const daysIn = (range: Interval) => [...calendar.intervals(range, 'day')]

  /** m³ of all meters in an hour that is measured of each; null otherwise. */
  function hourM3(counted: readonly CountedMeter[], uses: Uses, hour: Interval): number | null {
    if (counted.length === 0) return null
    let sum = 0
    for (const { device } of counted) {
      const use = uses(device)
      if (tooSeldom.has(device) || !isMeasuredHour(use, hour)) return null
      sum += use.volumeM3
    }
    return sum
  }

  async function nightFlows({ fromHour, toHour, by, from, to, ...scope }: NightQuery): Promise<NightFlows> {
    const subjects = subjectsOf(by, scope).filter((subject) => subject.meters.length > 0)
    const flowsM3h = subjects.map((): (number | null)[] => [])
    const nights: Interval[] = []
    for (const day of daysIn({ from, to })) {
      const window = [...calendar.intervals(day, 'hour')].filter((hour) => {
        const local = localHour(hour.from, site.timeZone)
        return local >= fromHour && local < toHour
      })
      const counted = subjects.map((subject) => countedAt(subject.meters, day.from))
      const hours = subjects.map((): (number | null)[] => [])
      for (const hour of window) {
        const uses = await usesAt(book, hour.from, 'hour')
        for (const [at, some] of counted.entries()) hours[at]?.push(hourM3(some, uses, hour))
      }
      nights.push({ from: window[0]?.from ?? day.from, to: window.at(-1)?.to ?? day.from })
      for (const [at, known] of hours.entries()) flowsM3h[at]?.push(leastFlowM3h(known))
    }
    const rows = subjects.map(({ id, name }, at) => ({ id, name, ...nightStanding(flowsM3h[at] ?? []) }))
    return { nights, rows }
  }

  async function balanceRows(range: Interval): Promise<BalanceRow[]> {
    const declared = site.balances ?? []
    const parents = parentsOf(declared)
    const tallies = declared.map((balance) => balanceTally(balance, names))
    const days = declared.length === 0 ? [] : daysIn(range)
    for (const day of days) {
      const uses = await usesAt(book, day.from, 'day')
      for (const tally of tallies) tally.add(uses, day)
    }
    return declared.map(({ id, name }, at) => ({
      id,
      name,
      parent: parents.get(id) ?? null,
      days: days.length,
      ...(tallies[at]?.row() ?? { daysCompared: 0, sum: null, main: [], subs: [] }),
    }))
  }

  async function quotaRows(year: number, now: Instant): Promise<QuotaRow[]> {
    const months = monthsOf(year, calendar)
    const passed = daysIn({ from: months[0]?.from ?? now, to: endOfPassed(months, calendar, now) })
    const subjects = new Map(
      subjectsOf('institution', { water: 'intake' }).map((subject) => [subject.id, subject]),
    )
    const rows: { subject: UseSubject; quota: YearQuota; tally: QuotaTally }[] = []
    for (const [n, institution] of site.institutions.entries()) {
      if (n % ROWS_A_TURN === 0) await new Promise(setImmediate)
      const quota = yearQuotaOf(institution, year, months, calendar)
      const subject = subjects.get(institution.id) ?? { ...institution, meters: [] }
      if (quota) rows.push({ subject, quota, tally: emptyTally() })
    }
    for (const day of rows.length === 0 ? [] : passed) {
      const uses = await usesAt(book, day.from, 'day')
      const at = months.findIndex(({ to }) => day.from < to)
      for (const { subject, quota, tally } of rows) {
        const used = usedOn(day, countedAt(subject.meters, day.from), uses)
        addDay(tally, { ...used, allowedM3: quota.dayM3(day, at) })
      }
    }
    const told: QuotaRow[] = []
    for (const { subject, quota, tally } of rows) {
      if (told.length % ROWS_A_TURN === 0) await new Promise(setImmediate)
      const { yearM3, monthsM3, basis, tiers } = quota
      const standing = standingOf(tally, yearM3)
      told.push({
        id: subject.id,
        name: subject.name,
        ...standing,
        monthsM3: monthsM3.map(rounded),
        ...(basis && { basis }),
        ...(tiers && { tiers: tierUses(standing, tiers) }),
      })
    }
    return told
  }

  return {
    nights: keptAWhile(nightFlows),
    balances: keptAWhile(balanceRows),
    quotas: keptAWhile(quotaRows),
  }
}

/** The newest answer, for whoever asks the same soon after; what failed is asked again. */
function keptAWhile<Query, Answer>(reckon: (query: Query, now: Instant) => Promise<Answer>): typeof reckon {
  let kept: { readonly key: string; readonly at: Instant; readonly answer: Promise<Answer> } | undefined
  return (query, now) => {
    const key = JSON.stringify(query)
    if (kept?.key === key && now >= kept.at && now - kept.at < KEPT_MS) return kept.answer
    const answer = reckon(query, now)
    kept = { key, at: now, answer }
    answer.catch(() => {
      if (kept?.answer === answer) kept = undefined
    })
    return answer
  }
}

const localHour = (at: Instant, timeZone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).hour

const monthsOf = (year: number, calendar: Calendar): Interval[] => {
  const [from, to] = [calendar.startOf(`${year}-01-01`), calendar.startOf(`${year + 1}-01-01`)]
  return [...calendar.intervals({ from, to }, 'month')]
}

/** A day under way is neither held against its quota nor missing. */
function endOfPassed(months: readonly Interval[], calendar: Calendar, now: Instant): Instant {
  const end = months.at(-1)?.to ?? now
  return now >= end ? end : calendar.intervalAt(now, 'day').from
}

function usedOn(day: Interval, meters: readonly CountedMeter[], uses: Uses) {
  let volumeM3: number | null = null
  let isWhole = meters.length > 0
  for (const { device } of meters) {
    const use = uses(device)
    if (use) volumeM3 = (volumeM3 ?? 0) + use.volumeM3
    isWhole &&= isWholeDay(use, day)
  }
  return { volumeM3, isWhole }
}

function balanceTally({ main, subs, unmeteredM3 }: Balance, names: ReadonlyMap<DeviceId, string>) {
  const sums = new Map([...main, ...subs].map((device) => [device, { volumeM3: 0, daysKnown: 0 }]))
  let daysCompared = 0
  const volumes = (devices: readonly DeviceId[]) => devices.map((id) => sums.get(id)?.volumeM3 ?? 0)
  const shown = (device: DeviceId): MeterVolume => {
    const { volumeM3 = 0, daysKnown = 0 } = sums.get(device) ?? {}
    return {
      device,
      name: names.get(device) ?? device,
      volumeM3: roundedOrNull(daysCompared > 0 ? volumeM3 : null),
      daysKnown,
    }
  }
  return {
    add(uses: Uses, day: Interval): void {
      const volumesM3: number[] = []
      for (const [device, sum] of sums) {
        const use = uses(device)
        if (!isWholeDay(use, day)) continue
        sum.daysKnown++
        volumesM3.push(use.volumeM3)
      }
      if (volumesM3.length < sums.size) return
      daysCompared++
      for (const [place, sum] of [...sums.values()].entries()) sum.volumeM3 += volumesM3[place] ?? 0
    },
    row: () => ({
      daysCompared,
      sum: balanceSum(volumes(main), volumes(subs), daysCompared, unmeteredM3),
      main: main.map(shown),
      subs: subs.map(shown),
    }),
  }
}
