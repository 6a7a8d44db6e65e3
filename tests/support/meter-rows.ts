/** A meter's hours, worked out batch by batch as the ledger does, on rows kept in memory. */
import type { Calendar } from '../../src/metering/calendar.ts'
import type { MeterFacts } from '../../src/metering/meter.ts'
import { type Rework, reworkMarks } from '../../src/metering/rework.ts'
import type { KeptStretches } from '../../src/metering/stretches.ts'
import type { Interval } from '../../src/model/instant.ts'
import type { HourUse, MarkStretch, MeterMark } from '../../src/model/water-use.ts'

export type MeterRows = {
  take(fresh: readonly MeterMark[]): void
  /** What somebody else worked out. */
  putHours(worked: Pick<Rework, 'from' | 'to' | 'hours' | 'breaks'>): void
  putStretches(stretches: readonly MarkStretch[]): void
  dropStretches(starting: Interval): void
  hours(): HourUse[]
  stretches(): MarkStretch[]
  readonly kept: KeptStretches
  readonly conflicts: number
  readonly breaks: number
}

export function meterRows(facts: MeterFacts, calendar: Calendar): MeterRows {
  const hours = new Map<number, HourUse>()
  const stretches = new Map<number, MarkStretch>()
  const inOrder = () => [...stretches.values()].sort((a, b) => a.start - b.start)
  const kept: KeptStretches = {
    holding: (at) => inOrder().findLast(({ start }) => start <= at),
    before: (at) => inOrder().findLast(({ start }) => start < at),
    from: (at) => inOrder().filter(({ start }) => start >= at),
  }
  let conflicts = 0
  let breaks = 0
  const putHours: MeterRows['putHours'] = ({ from, to, ...worked }) => {
    breaks += worked.breaks
    for (const start of hours.keys()) if (start >= from && start < to) hours.delete(start)
    for (const use of worked.hours) hours.set(use.from, use)
  }
  const putStretches: MeterRows['putStretches'] = (some) => {
    for (const stretch of some) stretches.set(stretch.start, stretch)
  }
  const dropStretches: MeterRows['dropStretches'] = ({ from, to }) => {
    for (const start of stretches.keys()) if (start >= from && start < to) stretches.delete(start)
  }
  return {
    putHours,
    putStretches,
    dropStretches,
    take(fresh) {
      const rework = reworkMarks(facts, figuresOf(fresh), kept, calendar)
      if (!rework) return
      conflicts += rework.conflicts
      dropStretches(rework.replaced)
      putStretches(rework.stretches)
      putHours(rework)
    },
    hours: () => [...hours.values()].sort((a, b) => a.from - b.from),
    stretches: inOrder,
    kept,
    get conflicts() {
      return conflicts
    },
    get breaks() {
      return breaks
    },
  }
}

export const figuresOf = (marks: readonly MeterMark[]): Float64Array =>
  Float64Array.from(marks.flatMap(({ at, volumeM3 }) => [at, volumeM3]))

export const marksOf = (stretches: readonly MarkStretch[]): MeterMark[] =>
  stretches.flatMap(({ figures }) =>
    Array.from({ length: figures.length / 2 }, (_, n) => ({
      at: figures[2 * n] as number,
      volumeM3: figures[2 * n + 1] as number,
    })),
  )
