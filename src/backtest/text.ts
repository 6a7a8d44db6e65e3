/** A back-test's report as a table for the terminal; the JSON has the same figures. */
import type { Instant } from '../model/instant.ts'
import type { Difference } from './differences.ts'
import type { BacktestReport, RuleReport, SeatReport } from './report.ts'

/** Examples of differences that are shown; the JSON has more. */
const SHOWN = 10

export function reportText(report: BacktestReport, timeZone: string): string[] {
  const at = (instant: Instant) =>
    Temporal.Instant.fromEpochMilliseconds(instant)
      .toZonedDateTimeISO(timeZone)
      .toString()
      .slice(0, 16)
      .replace('T', ' ')
  const { from, to, warmUpMs, readings, devices, rules, seats, beside, lateStretches, absences, parked } =
    report
  const lines = [`${at(from)} to ${at(to)}: ${count(readings, 'reading')} of ${count(devices, 'device')}`]
  if (readings === 0)
    lines.push('There is no reading in this span: nothing was there to be judged but silence itself')
  if (warmUpMs > 0)
    lines.push(`The rules ran from ${at(from - warmUpMs)} on; what they raised before is not counted`)
  lines.push('')
  lines.push(
    ...table(
      ['rule', 'kind', 'beside now', 'alarms', 'a day', 'subjects', 'median', '90 %', 'longest', 'standing'],
      rules.map((rule) => ruleRow(rule, report)),
    ),
  )
  if (report.dropped.length > 0) lines.push('', `Dropped by the draft: ${report.dropped.join(', ')}`)
  const days = [...new Set(rules.flatMap(({ byDay }) => Object.keys(byDay)))].sort()
  if (days.length > 0) {
    const loud = rules.filter(({ alarms }) => alarms > 0)
    lines.push(
      '',
      ...table(
        ['day', ...loud.map(({ rule }) => rule)],
        days.map((day) => [day, ...loud.map(({ byDay }) => String(byDay[day] ?? ''))]),
      ),
    )
  }
  lines.push(
    '',
    ...table(
      ['seat', 'alarms', 'in 10 min', 'at most', 'from', 'in flood'],
      seats.map((seat) => seatRow(seat, at)),
    ),
  )
  lines.push(
    'Acceptable is one alarm in 10 min on a seat, two can be managed, more than ten are a flood (ISA-18.2).',
  )
  lines.push(
    '',
    ...differenceLines('Beside the rules that run', beside.running, at),
    ...differenceLines('Beside the alarms that were', beside.fired, at),
  )
  if (lateStretches > 0)
    lines.push(
      '',
      `In ${count(lateStretches, 'stretch', 'stretches')} readings came late: this run has them where they were measured, live rules did not see them.`,
    )
  lines.push(
    '',
    absences.knownFrom === null
      ? 'Nothing is known of who could not be heard: there is no journal.'
      : `Who could not be heard is known from ${at(Math.max(absences.knownFrom, from))} on: ${count(absences.known, 'gap or link change', 'gaps and link changes')}.`,
  )
  for (const { from, to } of absences.unreadable.slice(0, SHOWN))
    lines.push(`The journal could not be read from ${at(from)} to ${at(to)}: a gap of the gateway.`)
  for (const { rule, subject, cause } of parked.slice(0, SHOWN))
    lines.push(`${rule} gave up on ${subject}: ${cause}`)
  if (report.cut) lines.push('More alarms were found than are listed; all are counted by rule and day.')
  return lines
}

function ruleRow(rule: RuleReport, { from, to }: BacktestReport): string[] {
  const days = Math.max(1, (to - from) / 86_400_000)
  const { durationMs } = rule
  const durations = durationMs
    ? [durationMs.median, durationMs.p90, durationMs.longest].map(duration)
    : ['', '', '']
  return [
    rule.rule,
    rule.kind,
    rule.change,
    String(rule.alarms),
    figure(rule.alarms / days),
    String(rule.subjects),
    ...durations,
    rule.standing > 0 ? String(rule.standing) : '',
  ]
}

const seatRow = (
  { seat, alarms, averageIn10Min, peakIn10Min, peakAt, floodShare }: SeatReport,
  at: (instant: Instant) => string,
) => [
  seat,
  String(alarms),
  figure(averageIn10Min),
  String(peakIn10Min),
  peakAt === null ? '' : at(peakAt),
  `${figure(floodShare * 100)} %`,
]

function differenceLines(title: string, difference: Difference, at: (instant: Instant) => string): string[] {
  const { same, added, gone, unjudged, withLateReadings, examples } = difference
  const late = withLateReadings > 0 ? `; of those that differ ${withLateReadings} had late readings` : ''
  const unknown = unjudged > 0 ? `, ${unjudged} not judged: there is no reading of the device` : ''
  const lines = [`${title}: ${same} the same, ${added} new, ${gone} gone${unknown}${late}`]
  for (const { only, rule, subject, raisedAt, late: isLate, isJudged } of examples.slice(0, SHOWN)) {
    const sign = only === 'draft' ? '+' : isJudged ? '-' : '?'
    lines.push(`  ${sign} ${at(raisedAt)} ${rule} ${subject}${isLate ? ' (late readings)' : ''}`)
  }
  if (examples.length > SHOWN) lines.push('  …')
  return lines
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => cellsOf(row[column] ?? ''))))
  const isFigure = head.map((_, column) => rows.every((row) => /^[\d.]*(?: %)?$/.test(row[column] ?? '')))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => {
      const blank = ' '.repeat(Math.max(0, (widths[column] ?? 0) - cellsOf(cell)))
      return isFigure[column] ? blank + cell : cell + blank
    })
  return all.map((row) => line(row).join('  ').trimEnd())
}

/** Terminals give a Chinese character two cells (UAX #11, wide and fullwidth). */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60]/gu

const cellsOf = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0)

const count = (many: number, one: string, more = `${one}s`) => `${many} ${many === 1 ? one : more}`
const figure = (value: number) => (value === 0 ? '0' : value < 10 ? value.toPrecision(2) : value.toFixed(0))

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (ms < 90_000) return `${Math.round(ms / 1_000)} s`
  if (minutes < 90) return `${minutes} min`
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} d`
}
