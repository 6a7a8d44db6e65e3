/** A report as others read it, over HTTP and as a file: the same figures, instants as text. */
import type { Because } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import type { Difference, Fired } from './differences.ts'
import type { BacktestReport } from './report.ts'

/** Alarms that are listed; the figures are of all. */
const LISTED = 10_000

export function reportView(
  report: BacktestReport,
  instant: (at: Instant) => string,
  words: (because: Because) => string,
) {
  const orNull = (at: Instant | null | undefined) => (at === null || at === undefined ? null : instant(at))
  const alarm = ({ rule, subject, device, raisedAt, clearedAt, because }: Fired) => ({
    rule,
    subject,
    device,
    raisedAt: instant(raisedAt),
    clearedAt: orNull(clearedAt),
    because: { ...because, text: words(because) },
  })
  const difference = ({ examples, ...figures }: Difference) => ({
    ...figures,
    examples: examples.map((one) => ({
      ...alarm(one),
      id: one.id ?? null,
      only: one.only,
      late: one.late,
      judged: one.isJudged,
    })),
  })
  const { from, to, seats, beside, absences, alarms, cut, ...rest } = report
  return {
    from: instant(from),
    to: instant(to),
    ...rest,
    seats: seats.map((seat) => ({ ...seat, peakAt: orNull(seat.peakAt) })),
    beside: { running: difference(beside.running), fired: difference(beside.fired) },
    absences: {
      known: absences.known,
      knownFrom: orNull(absences.knownFrom),
      unreadable: absences.unreadable.map((span) => ({ from: instant(span.from), to: instant(span.to) })),
    },
    alarms: alarms.slice(0, LISTED).map(alarm),
    cut: cut || alarms.length > LISTED,
  }
}
