/** What happened and what is due on each day of a month of the site, in whole weeks from Monday. */
import type { WorkOrder } from '../api/types.ts'
import { boundary, type CalendarDay, dayText, weeksIn } from '../format/calendar.ts'
import { isEnded, since } from './columns.ts'

export type EntryKind = 'raised' | 'due' | 'ended'

export type Entry = { readonly kind: EntryKind; readonly at: number; readonly order: WorkOrder }

/** In the order of time; days that only fill the weeks of a month have no entries of their own. */
export type Day = CalendarDay & { readonly entries: readonly Entry[] }

/** The first instant of a month written as `YYYY-MM`; of the month that holds `now` where it is written otherwise. */
export function monthStart(text: string | null, now: number, timeZone: string): number {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text ?? '') ?? []
  const inside = year && month ? Date.UTC(Number(year), Number(month) - 1, 15) : now
  return boundary('month', inside, timeZone)
}

export const monthText = (at: number, timeZone: string): string => dayText(at, timeZone).slice(0, 7)

/** An order may stand on several days: when it was raised, when its proof is due, when it ended. */
export function entriesOf(order: WorkOrder): Entry[] {
  const { until } = order.verification
  return [
    { kind: 'raised', at: Date.parse(order.createdAt), order },
    ...(!isEnded(order) && order.verification.state === 'waiting' && until !== null
      ? [{ kind: 'due' as const, at: Date.parse(until), order }]
      : []),
    ...(isEnded(order) ? [{ kind: 'ended' as const, at: Date.parse(since(order)), order }] : []),
  ]
}

export function weeksOf(month: number, orders: readonly WorkOrder[], timeZone: string): Day[][] {
  const byDay = new Map<number, Entry[]>()
  for (const entry of orders.flatMap(entriesOf)) {
    const day = boundary('day', entry.at, timeZone)
    byDay.set(day, [...(byDay.get(day) ?? []), entry])
  }
  return weeksIn(month, timeZone).map((week) =>
    week.map((day) => {
      const entries = day.isInMonth ? (byDay.get(day.start) ?? []) : []
      return { ...day, entries: entries.sort((one, other) => one.at - other.at) }
    }),
  )
}
