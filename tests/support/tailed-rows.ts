/** A meter's hours as the ledger works them out: by its tail where marks come in order, else anew; on rows kept in memory. */
import type { Calendar } from '../../src/metering/calendar.ts'
import type { MeterFacts } from '../../src/metering/meter.ts'
import { appendTo, hoursOf, type MeterTail, meterTail, tailStart } from '../../src/metering/tail.ts'
import type { MeterMark } from '../../src/model/water-use.ts'
import { type MeterRows, meterRows } from './meter-rows.ts'

export type TailedRows = MeterRows & {
  /** As a restart does. */
  forget(): void
  /** Pieces that a tail took. */
  readonly appended: number
}

export function tailedRows(facts: MeterFacts, calendar: Calendar): TailedRows {
  const rows = meterRows(facts, calendar)
  let tail: MeterTail | undefined
  let appended = 0
  const open = (): MeterTail => {
    const kept = rows.marks()
    const newest = kept.at(-1)
    if (!newest) return meterTail({ rows: [], before: undefined, hours: [] }, facts, calendar)
    const from = tailStart(newest, calendar)
    const day = calendar.intervalAt(from, 'day').from
    return meterTail(
      {
        rows: kept.filter(({ hour }) => hour >= from),
        before: kept.findLast(({ hour }) => hour < from)?.state,
        hours: rows.hours().filter((use) => use.from >= day),
      },
      facts,
      calendar,
    )
  }
  return {
    take(fresh) {
      tail ??= open()
      const rework = appendTo(tail, Float64Array.from(fresh.flatMap(({ at, volumeM3 }) => [at, volumeM3])))
      if (!rework) {
        tail = undefined
        return rows.take(fresh)
      }
      appended++
      const starts = [...calendar.intervals(rework, 'hour')].map(({ from }) => from)
      const known = hoursOf(tail, starts)
      if (JSON.stringify(known) !== JSON.stringify(rework.hours)) throw new Error('the tail forgot hours')
      rows.put({
        ...rework,
        marks: rework.marks.map(({ hour, figures, state }) => ({ hour, marks: marksIn(figures), state })),
      })
    },
    forget() {
      tail = undefined
    },
    get appended() {
      return appended
    },
    put: rows.put,
    hours: rows.hours,
    marks: rows.marks,
    get conflicts() {
      return rows.conflicts
    },
    get breaks() {
      return rows.breaks
    },
  }
}

const marksIn = (figures: Float64Array): MeterMark[] =>
  Array.from({ length: figures.length / 2 }, (_, n) => ({
    at: figures[2 * n] as number,
    volumeM3: figures[2 * n + 1] as number,
  }))
