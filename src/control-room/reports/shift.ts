/**
 * A shift in a few lines: what came, in lines that belong together, and what people did about it. Pure, so that a sheet which
 * is signed by two people can be tested.
 */
import { SEVERITIES } from '../../model/alarm.ts'
import { GATEWAY } from '../../model/work-order.ts'
import { broadPlace } from '../alarms/filter.ts'
import type { Alarm, OrderState, WorkOrder } from '../api/types.ts'

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

export type Deed =
  | {
      readonly is: 'acknowledged' | 'shelved'
      readonly at: string
      readonly by: string
      readonly note: string | undefined
      readonly alarm: Alarm
    }
  | {
      readonly is: 'moved'
      readonly at: string
      readonly by: string
      readonly note: string | undefined
      readonly order: WorkOrder
      readonly to: OrderState
    }

const isIn = (at: string, { from, to }: Span): boolean => {
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

/** What people did, newest first; what the gateway does by itself stands on the order. */
export function deedsOf(alarms: readonly Alarm[], orders: readonly WorkOrder[], span: Span): Deed[] {
  const ofAlarms = alarms.flatMap((alarm): Deed[] => {
    const { acknowledged, suppression } = alarm
    return [
      ...(acknowledged
        ? [{ is: 'acknowledged' as const, ...acknowledged, note: acknowledged.note, alarm }]
        : []),
      ...(suppression?.by === 'shelved'
        ? [
            {
              is: 'shelved' as const,
              ...{ at: suppression.at, by: suppression.who, note: suppression.reason, alarm },
            },
          ]
        : []),
    ]
  })
  const ofOrders = orders.flatMap((order) =>
    order.history.flatMap(({ at, by, to, note }): Deed[] =>
      by === GATEWAY ? [] : [{ is: 'moved', at, by, note, order, to }],
    ),
  )
  return [...ofAlarms, ...ofOrders]
    .filter(({ at }) => isIn(at, span))
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
}
