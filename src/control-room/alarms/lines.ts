/** Many alarms in lines that belong together: one rule in one building, else institution. Pure. */
import { SEVERITIES } from '../../model/alarm.ts'
import type { Alarm } from '../api/types.ts'
import { broadPlace } from './filter.ts'

export type Span = { readonly from: number; readonly to: number }

/** Alarms of one rule in one building, else institution. */
export type Line = {
  readonly rule: string
  readonly place: string
  /** The worst among them. */
  readonly severity: Alarm['severity']
  readonly count: number
  readonly firstAt: string
  readonly lastAt: string
  /** How many are not over. */
  readonly active: number
}

export const isIn = (at: string, { from, to }: Span): boolean => {
  const instant = Date.parse(at)
  return instant >= from && instant < to
}

/** The worst first, then what came most. */
export function linesOf(alarms: readonly Alarm[], span: Span): Line[] {
  const lines = new Map<string, Line>()
  for (const { rule, place, severity, raisedAt, clearedAt } of alarms) {
    if (!isIn(raisedAt, span)) continue
    const where = broadPlace(place)
    const key = `${rule} ${where}`
    const line = lines.get(key)
    const active = clearedAt === null ? 1 : 0
    const before = (one: string, other: string) => Date.parse(one) < Date.parse(other)
    lines.set(
      key,
      line
        ? {
            ...line,
            severity: rank(severity) < rank(line.severity) ? severity : line.severity,
            count: line.count + 1,
            firstAt: before(raisedAt, line.firstAt) ? raisedAt : line.firstAt,
            lastAt: before(line.lastAt, raisedAt) ? raisedAt : line.lastAt,
            active: line.active + active,
          }
        : { rule, place: where, severity, count: 1, firstAt: raisedAt, lastAt: raisedAt, active },
    )
  }
  return [...lines.values()].sort(
    (one, other) => rank(one.severity) - rank(other.severity) || other.count - one.count,
  )
}

const rank = (severity: Alarm['severity']): number => SEVERITIES.indexOf(severity)
