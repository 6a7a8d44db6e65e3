/**
 * A meter's hours as the ledger works them out: by its tail where marks come in order, else anew; on rows
 * kept in memory.
 */
import type { Calendar } from '../../src/metering/calendar.ts'
import type { MeterFacts } from '../../src/metering/meter.ts'
import { appendTo, type MeterTail, meterTail, takeStretches, unkeptMarks } from '../../src/metering/tail.ts'
import { sumUse } from '../../src/metering/water-use.ts'
import type { Interval } from '../../src/model/instant.ts'
import type { HourUse } from '../../src/model/water-use.ts'
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
  let days = new Map<number, HourUse>()
  const daysOfAll = (): HourUse[] =>
    [...Map.groupBy(rows.hours(), ({ from }) => calendar.intervalAt(from, 'day'))].flatMap(
      ([day, hours]) => sumUse(hours, day) ?? [],
    )
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
        rows.take(fresh)
        days = new Map(daysOfAll().map((day) => [day.from, day]))
        return
      }
      appended++
      unkept.push(...figures)
      rows.putHours({ ...rework, from: 0, to: 0 }) // what was known stays known
      for (const day of rework.days) days.set(day.from, day)
      if (JSON.stringify([...days.values()]) !== JSON.stringify(daysOfAll()))
        throw new Error('the tail forgot days')
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
