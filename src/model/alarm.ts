/** An alarm in the words of ISA-18.2: something abnormal that needs a person's answer. */
import type { Place } from './device.ts'
import type { Instant } from './instant.ts'
import type { DeviceId, Value } from './reading.ts'

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const

export type Severity = (typeof SEVERITIES)[number]

/** Why, as a code and its figures; the words are chosen where a person reads them. */
export type Because = { readonly code: string; readonly figures: Readonly<Record<string, Value>> }

/** A device, or what a rule judges across devices: a balance node, a patrol round. */
export type SubjectId = string

export const ALARM_STATES = [
  'active-unacknowledged',
  'active-acknowledged',
  'cleared-unacknowledged',
  'cleared',
] as const

export type AlarmState = (typeof ALARM_STATES)[number]

export type Acknowledgement = { readonly at: Instant; readonly by: string; readonly note?: string }

/** The step of an escalation that was taken last; `step` counts from 1. */
export type Escalated = {
  readonly at: Instant
  readonly policy: string
  readonly step: number
  /** Steps that the policy had then. */
  readonly of: number
}

/**
 * Why an active alarm does not ring: a person shelved it, a person took the device out of service, or the
 * parent through which it would be heard is dead. It goes on living; it only is not told (ISA-18.2, OPC UA Part 9).
 */
export type Suppression =
  | {
      readonly by: 'shelved' | 'out-of-service'
      readonly at: Instant
      /** It ends at this journal time by itself. */
      readonly until: Instant
      readonly reason: string
      readonly who: string
      /** A shelf that ends with the alarm, at `until` at the latest. */
      readonly oneShot?: true
    }
  | {
      readonly by: 'parent'
      readonly at: Instant
      /** The alarm of the parent, which rings for both. */
      readonly parent: string
    }

/** Later alarms of the same rule and subject that nobody answered either: they stand behind the first of them. */
export type Repeats = {
  readonly count: number
  /** When the first and the last of them were raised. */
  readonly firstAt: Instant
  readonly lastAt: Instant
}

export type Alarm = {
  /** UUID, given once; also the occurrence's name on its work order. */
  readonly id: string
  readonly rule: string
  readonly fault: string
  readonly subject: SubjectId
  /** The device a person would walk to. */
  readonly device: DeviceId
  readonly place: Place
  readonly severity: Severity
  readonly state: AlarmState
  /** When it began to hold, in event time. */
  readonly raisedAt: Instant
  /** When the gateway learnt of it: later than `raisedAt` after an outage. */
  readonly learnedAt: Instant
  /**
   * When it rang first; absent while nothing has let it. What keeps it from ringing later takes nothing of
   * this back.
   */
  readonly rangAt?: Instant
  readonly acknowledged?: Acknowledgement
  /** Never before `raisedAt`. */
  readonly clearedAt?: Instant
  /**
   * Why its condition was over: what the rule said then. Absent where a person ended it, or no rule judged it
   * any more.
   */
  readonly clearedBecause?: Because
  /** It stays active after its condition is over, until a person says so. */
  readonly latching?: true
  /** Since then its condition is over, but it is latched. Never before `raisedAt`. */
  readonly returnedAt?: Instant
  /** Duress, fire: it rings whatever is shelved, out of service or dead. */
  readonly neverShelve?: true
  /** It does not ring; on an alarm that is over: it ended without ringing. */
  readonly suppression?: Suppression
  /** How many alarms of its children it has kept from ringing. */
  readonly suppresses?: number
  readonly because: Because
  /** Nobody had acknowledged it in time, so others were told. */
  readonly escalated?: Escalated
  /** The work order that it belongs to. */
  readonly order?: string
  /** It stands for these too. */
  readonly repeats?: Repeats
  /** The alarm that stands for it: whoever answers that one has answered this one. */
  readonly repeatOf?: string
}
