/** A work order: one fault from its report to the proof that it is gone (CMMS terms). */
import type { Because, Severity, SubjectId } from './alarm.ts'
import type { Instant } from './instant.ts'
import type { DeviceId } from './reading.ts'

export const ORDER_STATES = [
  'reported',
  'triaged',
  'dispatched',
  'accepted',
  'arrived',
  'in-progress',
  'on-hold',
  'done',
  'verified',
  'visited',
  'closed',
  'rejected',
  'merged',
  'cancelled',
] as const

export type OrderState = (typeof ORDER_STATES)[number]

export const ENDED_ORDER_STATES = [
  'closed',
  'rejected',
  'merged',
  'cancelled',
] as const satisfies OrderState[]

export const ORDER_KINDS = ['repair'] as const

export type OrderKind = (typeof ORDER_KINDS)[number]

/** What is promised of an order: that it is accepted in time, and repaired in time. */
export const ORDER_CLOCKS = ['acceptance', 'repair'] as const

export type OrderClockName = (typeof ORDER_CLOCKS)[number]

/** Who did it: a user or token by name, or the gateway itself. */
export type Actor = string

export const GATEWAY: Actor = 'gateway'

export type OrderStep = {
  readonly at: Instant
  readonly by: Actor
  /** Absent on the first step. */
  readonly from?: OrderState
  readonly to: OrderState
  readonly note?: string
  /** To whom it was given, on `dispatched`; who gave it back, on `reported`. */
  readonly assignee?: string
  /** What the readings said, where the readings moved it. */
  readonly evidence?: Because
}

export const VERIFICATION_STATES = ['none', 'waiting', 'passed', 'failed', 'manual'] as const

/** The proof: no breach in the window, and at least one good reading in it. */
export type Verification = {
  readonly state: (typeof VERIFICATION_STATES)[number]
  readonly since?: Instant
  readonly until?: Instant
  readonly because?: Because
}

export type WorkOrder = {
  readonly id: string
  /** Counts from 1; what people call it by. */
  readonly number: number
  readonly kind: OrderKind
  readonly fault: string
  readonly subject: SubjectId
  readonly device: DeviceId
  /** Alarm ids, oldest first. Empty on an order that a person opened. */
  readonly occurrences: readonly string[]
  readonly severity: Severity
  readonly state: OrderState
  /** A contractor or a person, by name. */
  readonly assignee?: string
  /** Grows by one a change; a move may name the one it was decided on. */
  readonly version: number
  readonly title: string
  readonly createdAt: Instant
  readonly history: readonly OrderStep[]
  readonly verification: Verification
  /** The order that was closed of the same fault of the same subject, not long before. */
  readonly recurrenceOf?: string
  /** What was not done in time, and when it was due, as it was promised then. */
  readonly overdue?: readonly { readonly clock: OrderClockName; readonly at: Instant }[]
}
