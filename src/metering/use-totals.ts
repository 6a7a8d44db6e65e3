/**
 * Water use added up both ways: what each subject used in the whole time, and what all of them used in each
 * interval.
 */
import type { Interval } from '../model/instant.ts'
import { USE_QUALITIES, type UseQuality } from '../model/water-use.ts'
import { roundedOrNull, shareOf, type UseRow } from './water-use.ts'

export type UseTotal = {
  /** m³ of what is known; null only where that is nothing. */
  readonly volumeM3: number | null
  /** The worst of its rows. */
  readonly quality: UseQuality
  /** Measured meter-time ÷ expected meter-time of all its rows, 0 to 1. */
  readonly coverage: number
  /** Rows of it that have no volume at all. */
  readonly missing: number
}

export type UseTotals = {
  readonly subjects: readonly (UseTotal & { readonly id: string; readonly name: string })[]
  readonly intervals: readonly (UseTotal & Interval)[]
  readonly whole: UseTotal
}

type Sum = { volumeM3: number | null; worst: number; measuredMs: number; meterMs: number; missing: number }

const emptySum = (): Sum => ({ volumeM3: null, worst: 0, measuredMs: 0, meterMs: 0, missing: 0 })

function add(sum: Sum, { volumeM3, quality, coverage, meterMs }: UseRow): void {
  if (volumeM3 === null) sum.missing++
  else sum.volumeM3 = (sum.volumeM3 ?? 0) + volumeM3
  sum.worst = Math.max(sum.worst, USE_QUALITIES.indexOf(quality))
  sum.measuredMs += coverage * meterMs
  sum.meterMs += meterMs
}

const totalOf = ({ volumeM3, worst, measuredMs, meterMs, missing }: Sum): UseTotal => ({
  volumeM3: roundedOrNull(volumeM3),
  quality: volumeM3 === null ? 'missing' : (USE_QUALITIES[worst] ?? 'missing'),
  coverage: shareOf(measuredMs, meterMs),
  missing,
})

/** Takes the rows as the reader gives them: an interval after the other. */
export async function useTotals(intervals: AsyncIterable<readonly UseRow[]>): Promise<UseTotals> {
  const subjects = new Map<string, { readonly name: string; readonly sum: Sum }>()
  const steps: (UseTotal & Interval)[] = []
  const whole = emptySum()
  for await (const rows of intervals) {
    const step = emptySum()
    for (const row of rows) {
      let subject = subjects.get(row.id)
      if (!subject) {
        subject = { name: row.name, sum: emptySum() }
        subjects.set(row.id, subject)
      }
      // Who has no meter takes nothing from what is known of the others
      for (const sum of row.meterMs === 0 ? [subject.sum] : [subject.sum, step, whole]) add(sum, row)
    }
    const [first] = rows
    if (first) steps.push({ from: first.from, to: first.to, ...totalOf(step) })
  }
  return {
    subjects: [...subjects].map(([id, { name, sum }]) => ({ id, name, ...totalOf(sum) })),
    intervals: steps,
    whole: totalOf(whole),
  }
}
