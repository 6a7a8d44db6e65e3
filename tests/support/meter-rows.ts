/** A meter's hours, worked out batch by batch as the ledger does, on rows kept in memory. */
import type { Calendar } from '../../src/metering/calendar.ts'
import { type HourMarks, type Rework, reworkHours } from '../../src/metering/hours.ts'
import type { MeterFacts } from '../../src/metering/meter.ts'
import type { HourUse, MeterMark } from '../../src/model/water-use.ts'

export type MeterRows = {
  take(fresh: readonly MeterMark[]): void
  /** What somebody else worked out. */
  put(worked: Worked): void
  hours(): HourUse[]
  marks(): HourMarks[]
  readonly conflicts: number
  readonly breaks: number
}

export type Worked = Pick<Rework, 'from' | 'to' | 'hours' | 'marks'> & { readonly breaks: number }

export function meterRows(facts: MeterFacts, calendar: Calendar): MeterRows {
  const hours = new Map<number, HourUse>()
  const marks = new Map<number, HourMarks>()
  const inOrder = () => [...marks.values()].sort((a, b) => a.hour - b.hour)
  let conflicts = 0
  let breaks = 0
  const put = ({ from, to, ...worked }: Worked) => {
    breaks += worked.breaks
    for (const start of hours.keys()) if (start >= from && start < to) hours.delete(start)
    for (const use of worked.hours) hours.set(use.from, use)
    for (const row of worked.marks) marks.set(row.hour, row)
  }
  return {
    put,
    take(fresh) {
      const rework = reworkHours(
        facts,
        fresh,
        {
          before: (hour) => inOrder().findLast((row) => row.hour < hour),
          from: (hour) => inOrder().filter((row) => row.hour >= hour),
        },
        calendar,
      )
      if (!rework) return
      conflicts += rework.conflicts
      put({ ...rework, breaks: rework.breaks.length })
    },
    hours: () => [...hours.values()].sort((a, b) => a.from - b.from),
    marks: inOrder,
    get conflicts() {
      return conflicts
    },
    get breaks() {
      return breaks
    },
  }
}
