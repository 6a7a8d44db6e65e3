/** Sums of water use that never take what is missing for zero: they say how much of them is known. */
import { USE_QUALITIES, type UseQuality } from '../../model/water-use.ts'
import type { WaterUse } from '../api/types.ts'

export type Total = {
  readonly id: string
  readonly name: string
  /** Null where nothing at all is known. */
  readonly volumeM3: number | null
  readonly quality: UseQuality
  /** Mean of the rows. */
  readonly coverage: number
  readonly missing: number
  readonly rows: readonly WaterUse[]
}

const worse = (one: UseQuality, other: UseQuality): UseQuality =>
  USE_QUALITIES[Math.max(USE_QUALITIES.indexOf(one), USE_QUALITIES.indexOf(other))] ?? 'missing'

export function total(id: string, name: string, rows: readonly WaterUse[]): Total {
  let volumeM3: number | null = null
  let quality: UseQuality = 'measured'
  let missing = 0
  let coverage = 0
  for (const row of rows) {
    if (row.volumeM3 === null) missing++
    else volumeM3 = (volumeM3 ?? 0) + row.volumeM3
    quality = worse(quality, row.quality)
    coverage += row.coverage
  }
  return {
    id,
    name,
    volumeM3,
    quality,
    coverage: rows.length > 0 ? coverage / rows.length : 0,
    missing,
    rows,
  }
}

/** Grouped in the order in which each group is first seen. */
export function totalsBy(rows: readonly WaterUse[], key: 'id' | 'from'): Total[] {
  const groups = new Map<string, WaterUse[]>()
  for (const row of rows) {
    const group = groups.get(row[key])
    if (group) group.push(row)
    else groups.set(row[key], [row])
  }
  return [...groups].map(([id, group]) => total(id, group[0]?.name ?? id, group))
}

const DAY_MS = 86_400_000

/** Litres a person and day, as quotas are written; null where an interval is missing, because the sum is then too small. */
export function litresPerHeadDay(
  { volumeM3, missing, rows }: Pick<Total, 'volumeM3' | 'missing' | 'rows'>,
  headCount: number | undefined,
): number | null {
  if (volumeM3 === null || missing > 0 || !headCount) return null
  const days = rows.reduce((sum, { from, to }) => sum + (Date.parse(to) - Date.parse(from)) / DAY_MS, 0)
  return days > 0 ? (volumeM3 * 1_000) / headCount / days : null
}
