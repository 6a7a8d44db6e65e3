/** A meter's hours as the ledger works them out: by its tail where marks come in order, else anew; on rows kept in memory. */
import type { Calendar } from '../../src/metering/calendar.ts'
import type { MeterFacts } from '../../src/metering/meter.ts'
import { appendTo, type MeterTail, meterTail, takeStretches, unkeptMarks } from '../../src/metering/tail.ts'
import { sumUse } from '../../src/metering/water-use.ts'
import type { Interval } from '../../src/model/instant.ts'
import { figuresOf, type MeterRows, meterRows } from './meter-rows.ts'

export type TailedRows = MeterRows & {
  /** As a restart does. */
  forget(): void
  /** Marks that only the tail has become stretches. */
  fold(): void
  /** Pieces that a tail took. */
  readonly appended: number
}

export function tailedRows(facts: MeterFacts, calendar: Calendar): TailedRows {
  const rows = meterRows(facts, calendar)
  let tail: MeterTail | undefined
  /** As the ledger saves them with each piece, until they are in stretches. */
  let unkept: number[] = []
  let appended = 0
  const open = (): MeterTail => {
    const hours = ({ from, to }: Interval) => rows.hours().filter((use) => use.from >= from && use.from < to)
    return meterTail({ kept: rows.kept, unkept, hours }, facts, calendar)
  }
  const fold = () => {
    tail ??= open()
    if (unkeptMarks(tail) !== unkept.length / 2) throw new Error('the tail has other marks than were saved')
    rows.putStretches(takeStretches(tail))
    unkept = []
  }
  return {
    ...rows,
    take(fresh) {
      tail ??= open()
      const figures = figuresOf(fresh)
      const rework = appendTo(tail, figures)
      if (!rework) {
        fold()
        tail = undefined
        return rows.take(fresh)
      }
      appended++
      unkept.push(...figures)
      rows.putHours(rework)
      const days = [...calendar.intervals(calendar.intervalAt(rework.from, 'day'), 'day')]
      for (let to = days[0]?.to ?? 0; to < rework.to; to = days.at(-1)?.to ?? to)
        days.push(calendar.intervalAt(to, 'day'))
      const sums = days.flatMap((day) => {
        const ofDay = rows.hours().filter((use) => use.from >= day.from && use.from < day.to)
        return sumUse(ofDay, day) ?? []
      })
      if (JSON.stringify(sums) !== JSON.stringify(rework.days)) throw new Error('the tail forgot hours')
      if (sums.length + rework.emptyDays.length !== days.length) throw new Error('the tail forgot days')
    },
    fold,
    forget() {
      tail = undefined
    },
    get appended() {
      return appended
    },
    get conflicts() {
      return rows.conflicts
    },
    get breaks() {
      return rows.breaks
    },
  }
}
