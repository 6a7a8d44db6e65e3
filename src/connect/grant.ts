/**
 * What a signed-in MQTT client may do, and the one question asked of it: does this topic
 * filter cover that topic (or filter)?
 */

import type { Instant } from '../model/instant.ts'

export type Grant = {
  /** The device or bridge; it becomes the sender of what the client publishes. */
  readonly name: string
  /** Topic filters that it may publish to. */
  readonly publish: readonly string[]
  /** Topic filters that it may subscribe to, each with all filters that it covers. */
  readonly subscribe: readonly string[]
  /** When the password was asked about, by the clock of whoever looked at it; absent: by the broker's own. */
  readonly askedAt?: Instant
}

/**
 * True where everything `wanted` could match is matched by `filter` (MQTT 3.1.1 §4.7). `wanted` is a
 * topic or itself a filter. A leading wildcard never covers topics that begin with `$` (§4.7.2).
 */
export function covers(filter: string, wanted: string): boolean {
  const [allowed, asked] = [filter.split('/'), wanted.split('/')]
  if (asked[0]?.startsWith('$') && allowed[0] !== asked[0]) return false
  for (const [depth, level] of allowed.entries()) {
    if (level === '#') return true
    const askedLevel = asked[depth]
    if (askedLevel === undefined || askedLevel === '#') return false
    if (level !== '+' && level !== askedLevel) return false
  }
  return asked.length === allowed.length
}

export const coversAny = (filters: readonly string[], wanted: string): boolean =>
  filters.some((filter) => covers(filter, wanted))
