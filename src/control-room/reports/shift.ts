/** What people did in a shift. Pure, so that a sheet which is signed by two people can be tested. */
import { GATEWAY } from '../../model/work-order.ts'
import { isIn, type Span } from '../alarms/lines.ts'
import type { Alarm, OrderState, WorkOrder } from '../api/types.ts'

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
              at: suppression.at,
              by: suppression.who,
              note: suppression.reason,
              alarm,
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
