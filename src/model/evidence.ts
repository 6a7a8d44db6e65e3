/**
 * What an alarm keeps so that its verdict can be explained, and reached again, without anything else: which rule in
 * which version, by which options, from which state and moment; and the readings that led there, for people.
 */
import type { Because, SubjectId } from './alarm.ts'
import type { Instant } from './instant.ts'
import type { DeviceId, Reading } from './reading.ts'

/** Why readings that the rule had heard are not among those kept. */
export const EVIDENCE_CUTS = ['too-many', 'history-away', 'flood'] as const

export type Evidence = {
  readonly format: 1
  readonly rule: string
  /** Of the rule, as it was when it judged. */
  readonly version: string
  readonly kind: string
  readonly subject: SubjectId
  /** Limits and baselines of that moment, as they were bound for this subject. */
  readonly options: unknown
  readonly at: Instant
  readonly because: Because
  /** The rule's own state before the deciding step; absent where it was too large to be kept. */
  readonly before?: unknown
  readonly moment: { readonly reading: Reading } | { readonly wokenAt: Instant }
  /**
   * Of all devices by which the subject is judged, oldest first by `at`; a late one, which the rule never
   * heard, is not among them.
   */
  readonly readings: readonly Reading[]
  /** The readings begin here; before it there may be more. */
  readonly from: Instant
  readonly cut?: (typeof EVIDENCE_CUTS)[number]
}

/** The devices whose readings decide, and how far back they matter. */
export type EvidenceSpan = {
  readonly devices: readonly DeviceId[]
  readonly from: Instant
  readonly to: Instant
}
