/** More alarms on one seat than a person can answer: when it began, how many there were, and when it was over. */
import type { Instant } from './instant.ts'

export type Flood = {
  readonly seat: string
  readonly since: Instant
  /** Alarms so far, with the ten before its beginning. */
  readonly count: number
  /** Absent while it lasts. */
  readonly until?: Instant
}
