/**
 * Litres a head and day, as quotas are written; null where an interval is missing, because the sum is then
 * too small.
 */
import type { UseTotal } from '../api/types.ts'

const DAY_MS = 86_400_000

export function litresPerHeadDay(
  { volumeM3, missing }: Pick<UseTotal, 'volumeM3' | 'missing'>,
  forMs: number,
  headCount: number | undefined,
): number | null {
  if (volumeM3 === null || missing > 0 || !headCount || forMs <= 0) return null
  return (volumeM3 * 1_000) / headCount / (forMs / DAY_MS)
}
