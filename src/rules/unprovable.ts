/**
 * Repairs that no reading can prove: where a rule gives the proof less time than a device takes to report,
 * its window ends with no good reading in it, however well the repair was done. It is allowed, for a person
 * may verify; but nobody would know why.
 */
import type { DeviceId } from '../model/reading.ts'
import type { BoundRule } from './bound-rule.ts'

/**
 * A sentence for each such rule, with a device as its example. `reportsEveryMs` is undefined for one that
 * speaks only on events.
 */
export const unprovable = (
  rules: readonly BoundRule[],
  reportsEveryMs: (device: DeviceId) => number | undefined,
): string[] =>
  rules.flatMap(({ config: { id, order, verifyMs }, subjects }) => {
    if (order === 'none') return []
    let [slowest, slowestMs, count] = ['', verifyMs, 0]
    for (const { device } of subjects.values()) {
      const everyMs = reportsEveryMs(device) ?? 0
      if (everyMs <= verifyMs) continue
      count++
      if (everyMs > slowestMs) [slowest, slowestMs] = [device, everyMs]
    }
    if (count === 0) return []
    const others = count === 1 ? '' : ` (and ${count - 1} more)`
    return `rule ${id}: verifyMs is ${verifyMs / 60_000} min, but ${slowest}${others} reports only every ${slowestMs / 60_000} min: no reading proves its repair`
  })
