/**
 * What the alarms consumer tells the desk: what the rules found, commit by commit, with all that is needed to
 * act on it.
 */
import type { Because, Severity, SubjectId } from '../model/alarm.ts'
import type { Offset } from '../model/commit.ts'
import type { Place } from '../model/device.ts'
import type { Evidence, EvidenceSpan } from '../model/evidence.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Readings } from '../model/reading-columns.ts'
import type { Proof } from '../work-orders/verification.ts'

export type Breach = {
  readonly is: 'breach'
  readonly rule: string
  readonly subject: SubjectId
  readonly at: Instant
  readonly because: Because
  readonly fault: string
  readonly severity: Severity
  readonly order: 'automatic' | 'manual' | 'none'
  /** What will prove that it is repaired. */
  readonly proof: Proof
  /** The device a person would walk to, and where it stands. */
  readonly device: DeviceId
  readonly place: Place
  /** What decided it; its readings are gathered before it is written. */
  readonly evidence?: Evidence
  /** Where those readings are to be found. */
  readonly span?: EvidenceSpan
  /** It stays active after the clear until a person resets it. */
  readonly latching?: true
  /** Nothing keeps it from ringing. */
  readonly neverShelve?: true
  /** Time passing decided, not something heard: it may be so only because nothing can be heard. */
  readonly woken?: true
  /** While it is active its subject's children cannot be heard: since then. */
  readonly cutsOffSince?: Instant
  /** Only where no alarm of this rule and subject is active: it was seen again, not anew. */
  readonly unlessActive?: true
}

/** It holds no more; also when its rule is gone. */
export type Clear = {
  readonly is: 'clear'
  readonly rule: string
  readonly subject: SubjectId
  readonly at: Instant
  /** Absent where no rule judges it any more. */
  readonly because?: Because
  /** No reading says so: its rule is gone, begins anew, or rests by its schedule. */
  readonly unproven?: true
}

export type Finding = Breach | Clear

export type CommitFindings = {
  readonly offset: Offset
  readonly receivedAt: Instant
  /** When it was worked through: `receivedAt`, or much later while catching up. */
  readonly learnedAt: Instant
  readonly findings: readonly Finding[]
  /** Whether the rule judges that subject; at an instant, where its schedule decides. Absent: always. */
  readonly judges?: (rule: string, subject: SubjectId, at?: Instant) => boolean
  /** What the rule judges that subject by; undefined where it does not. Absent: as ever. */
  readonly judgementOf?: (rule: string, subject: SubjectId) => string | undefined
  readonly readings: Readings
}
