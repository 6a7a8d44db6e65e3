/**
 * How far the browser's clock is from the gateway's: told by the stream, and until that has spoken by the
 * date of any answer.
 */
import type { Instant } from '../../model/instant.ts'

export type Skew = {
  /** The stream said what time it is. */
  heard(at: string): void
  /** The `Date` of an answer. */
  dated(date: string | null): void
  /** What the browser's clock showed, as the gateway's did, as well as the page knows it. */
  onGateway(at: Instant): Instant
}

/** A `Date` of HTTP is cut to the second, and the answer took a while. */
const DATE_ERROR_MS = 5_000

export function skewOf(browserNow: () => Instant): Skew {
  let skewMs = 0
  let isHeard = false
  return {
    heard(at) {
      skewMs = Date.parse(at) - browserNow()
      isHeard = true
    },
    dated(date) {
      const apartMs = Date.parse(date ?? '') - browserNow()
      if (!isHeard && Math.abs(apartMs) > DATE_ERROR_MS) skewMs = apartMs
    },
    onGateway: (at) => at + skewMs,
  }
}
