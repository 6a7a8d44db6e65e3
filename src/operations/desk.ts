/**
 * The one home of business changes. Each is one transaction that also writes its events and
 * its audit entry, so that nothing is told which did not happen, and nothing happens untold.
 */
import type { Alarm, Because, Severity, SubjectId } from '../model/alarm.ts'
import type { Offset } from '../model/commit.ts'
import type { Place } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import type { OrderState, WorkOrder } from '../model/work-order.ts'
import type { Mover } from './roles.ts'

export type NewOrder =
  | { readonly device: DeviceId; readonly title: string; readonly note?: string | undefined }
  | { readonly alarm: string; readonly note?: string | undefined }

export type Move = {
  readonly to: OrderState
  readonly assignee?: string | undefined
  readonly note?: string | undefined
  /** The version on which the move was decided. */
  readonly version?: number | undefined
}

/** What a rule says about its alarms and orders; the desk keeps it with them. */
export type FaultFacts = {
  readonly rule: string
  readonly fault: string
  readonly severity: Severity
  readonly order: 'automatic' | 'manual' | 'none'
  readonly verifyMs: number
  /** Good values of one of these points prove a repair; empty: of any point. */
  readonly points: readonly string[]
  /** Title of its orders. */
  readonly title: string
}

/** A verdict with all that is needed to act on it. */
export type Finding = {
  readonly subject: SubjectId
  readonly device: DeviceId
  readonly place: Place
  readonly at: Instant
  readonly breached: boolean
  readonly because: Because
  readonly facts: FaultFacts
}

/** What one journal commit means for alarms and orders. */
export type CommitFindings = {
  readonly offset: Offset
  readonly receivedAt: Instant
  /** When it was worked on; much later than `receivedAt` while catching up. */
  readonly learnedAt: Instant
  readonly findings: readonly Finding[]
  readonly readings: readonly Reading[]
}

export interface Desk {
  /** Again: the same alarm. Throws `not-found`. */
  acknowledge(alarm: string, by: Mover, note?: string): Promise<Alarm>
  /** `opened` is false where the open order of that fault was there already. Throws `not-found`. */
  openOrder(order: NewOrder, by: Mover): Promise<{ readonly order: WorkOrder; readonly opened: boolean }>
  /** Throws `not-found`, `forbidden`, `order-version`, `same-person`, or `order-state` with `details.next`. */
  moveOrder(id: string, move: Move, by: Mover): Promise<WorkOrder>
  /**
   * All that some commits cause, with the consumer's offset, in one transaction: from `from` to `to`
   * or, where that was done before, nothing. Throws `offset-moved` where the offset is another one.
   */
  applyEffects(effects: {
    readonly from: Offset
    readonly to: Offset
    readonly commits: readonly CommitFindings[]
  }): Promise<'written' | 'nothing-to-write' | 'written-before'>
}
