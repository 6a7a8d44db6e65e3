/** Water use added up both ways: what each subject used in the whole time, and what all of them used in each interval. */
import type { Interval } from '../model/instant.ts'
import { USE_QUALITIES, type UseQuality } from '../model/water-use.ts'
import { roundedOrNull, type UseRow } from './water-use.ts'

export type UseTotal = {
  /** m³ of what is known; null only where that is nothing. */
  readonly volumeM3: number | null
  /** The worst of its rows. */
  readonly quality: UseQuality
  /** Mean of its rows. */
  readonly coverage: number
  /** Rows of it that have no volume at all. */
  readonly missing: number
}

export type UseTotals = {
  readonly subjects: readonly (UseTotal & { readonly id: string; readonly name: string })[]
  readonly intervals: readonly (UseTotal & Interval)[]
  readonly whole: UseTotal
}

type Sum = { volumeM3: number | null; worst: number; coverage: number; rows: number; missing: number }

const emptySum = (): Sum => ({ volumeM3: null, worst: 0, coverage: 0, rows: 0, missing: 0 })

function add(sum: Sum, { volumeM3, quality, coverage }: UseRow): void {
  if (volumeM3 === null) sum.missing++
  else sum.volumeM3 = (sum.volumeM3 ?? 0) + volumeM3
  sum.worst = Math.max(sum.worst, USE_QUALITIES.indexOf(quality))
  sum.coverage += coverage
  sum.rows++
}

const totalOf = ({ volumeM3, worst, coverage, rows, missing }: Sum): UseTotal => ({
  volumeM3: roundedOrNull(volumeM3),
  quality: volumeM3 === null ? 'missing' : (USE_QUALITIES[worst] ?? 'missing'),
  coverage: rows === 0 ? 0 : coverage / rows,
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
      for (const sum of row.isUnmetered ? [subject.sum] : [subject.sum, step, whole]) add(sum, row)
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
