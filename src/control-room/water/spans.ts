/** The spans that an energy office asks for again and again: a click instead of two dates and a step. Pure. */
import type { UseStep } from '../../model/water-use.ts'
import { boundary, dayText } from '../format/calendar.ts'

export const SPANS = ['today', 'yesterday', 'week', 'month', 'month-before', 'year'] as const

export type SpanName = (typeof SPANS)[number]

/** As the address holds it: first and last day, both included. */
export type DaySpan = { readonly step: UseStep; readonly from: string; readonly to: string }

export function spanOf(name: SpanName, now: number, timeZone: string): DaySpan {
  const day = (step: UseStep, steps: number, days = 0) =>
    dayText(boundary('day', boundary(step, now, timeZone, steps), timeZone, days), timeZone)
  const today = day('day', 0)
  switch (name) {
    case 'today':
      return { step: 'hour', from: today, to: today }
    case 'yesterday':
      return { step: 'hour', from: day('day', -1), to: day('day', -1) }
    case 'week':
      return { step: 'day', from: day('day', -6), to: today }
    case 'month':
      return { step: 'day', from: day('month', 0), to: today }
    case 'month-before':
      return { step: 'day', from: day('month', -1), to: day('month', 0, -1) }
    case 'year':
      return { step: 'month', from: `${today.slice(0, 4)}-01-01`, to: today }
  }
}
