/**
 * What must survive, behind one door: the books to read, the desk where business changes are
 * made, the registry of who may come in. Every write is one transaction, one after the other.
 */
import type { OutOfService } from '../alarms/suppression.ts'
import type { Alarm, Severity } from '../model/alarm.ts'
import type { DeadLetter, Link, Offset } from '../model/commit.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId, Quality, Value } from '../model/reading.ts'
import type { OrderState, WorkOrder } from '../model/work-order.ts'
import type { Desk } from './desk.ts'
import type { StoredEvent } from './events.ts'
import type { EvidenceBook } from './evidence-book.ts'
import type { LoadBook } from './load-book.ts'
import type { Outbox } from './outbox.ts'
import type { Page, PageQuery } from './pages.ts'
import type { Registry } from './registry.ts'
import type { RuleChangeBook } from './rule-changes.ts'
import type { AuditNote } from './store.ts'
import type { EscalationBook } from './watch.ts'

export type AlarmQuery = PageQuery & {
  /** `active`: still holds; `open`: all but `cleared`; `suppressed`: whatever does not ring, `shelved` among it. */
  readonly state?: 'open' | 'active' | 'all' | 'shelved' | 'suppressed' | undefined
  readonly severity?: Severity | undefined
  readonly device?: DeviceId | undefined
  /** By `raisedAt`, half-open. */
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
}

export interface AlarmBook {
  /** Newest first by `raisedAt`. */
  list(query: AlarmQuery): Promise<Page<Alarm>>
  get(id: string): Promise<Alarm | undefined>
}

/** Devices and zones under maintenance. */
export interface OutOfServiceBook {
  /** The one that ends first, first. */
  list(): Promise<readonly OutOfService[]>
}

/** Half-open; an end that is left out is open. */
export type Between = { readonly from?: Instant | undefined; readonly to?: Instant | undefined }

export type OrderQuery = PageQuery & {
  readonly state?: OrderState | 'open' | 'all' | undefined
  readonly assignee?: string | undefined
  readonly device?: DeviceId | undefined
  /** By `createdAt`. */
  readonly created?: Between | undefined
  /** By when it was closed, cancelled, rejected or merged: only such orders. */
  readonly ended?: Between | undefined
  /** By the end of the proof that is under way: only orders that have one. */
  readonly due?: Between | undefined
}

export interface OrderBook {
  /** Newest first by number. */
  list(query: OrderQuery): Promise<Page<WorkOrder>>
  get(id: string): Promise<WorkOrder | undefined>
}

export interface EventBook {
  /** Oldest first. */
  after(id: number, limit: number): Promise<readonly StoredEvent[]>
  /**
   * The oldest that is kept, 0 where none is. A reader that asks for less has missed some once `oldestId >
   * asked + 1`.
   */
  oldestId(): Promise<number>
  newestId(): Promise<number>
  /** Called after each commit with its events, in order of id. The function that comes back ends it. */
  onEvent(listener: (events: readonly StoredEvent[]) => void): () => void
}

export type StoredDeadLetter = DeadLetter & { readonly id: number; readonly at: Instant }

export type DeadLetterQuery = PageQuery & {
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
  readonly device?: DeviceId | undefined
  readonly code?: string | undefined
}

export interface DeadLetterBook {
  /** Newest first. */
  list(query: DeadLetterQuery): Promise<Page<StoredDeadLetter>>
}

export type Latest = { readonly value: Value; readonly at: Instant; readonly quality: Quality }

/** The newest that a device said, point by point. */
export type Shadow = {
  readonly device: DeviceId
  /** When it was last heard, by the journal. */
  readonly lastSeenAt: Instant
  readonly latest: Readonly<Record<string, Latest>>
}

export type LinkStatus = Link & { readonly since: Instant }

export interface LinkBook {
  all(): Promise<readonly LinkStatus[]>
}

export type AuditEntry = {
  readonly id: number
  readonly at: Instant
  readonly by: string
  /** `<noun>.<deed>`, e.g. `order.moved`, `session.refused`. */
  readonly action: string
  readonly subject: string
  readonly details: Readonly<Record<string, unknown>>
  /** SHA-256 over the entry before and this one. */
  readonly hash: string
}

export type AuditQuery = PageQuery & {
  readonly by?: string | undefined
  /** A deed, or a noun for all that was done to such things. */
  readonly action?: string | undefined
  readonly subject?: string | undefined
  /** At or after. */
  readonly from?: Instant | undefined
  /** Before. */
  readonly to?: Instant | undefined
}

export interface AuditBook {
  /** Newest first. */
  list(query: AuditQuery): Promise<Page<AuditEntry>>
  /** For a deed outside of this room; what is done here notes itself. */
  note(entry: AuditNote): Promise<void>
}

/** The state of one rule for one subject, as its engine hands it out. */
export type RuleStateRow = { readonly rule: string; readonly subject: string; readonly kept: unknown }

/** What a devices consumer has gathered of links and dead letters since the last time. */
export type DeviceLetters = {
  readonly to: Offset
  readonly links: readonly LinkStatus[]
  readonly deadLetters: readonly (DeadLetter & { readonly at: Instant })[]
}

/** Where the consumers stand; nobody else writes here. */
export interface Checkpoints {
  offset(consumer: string): Promise<Offset>
  ruleStates(): Promise<readonly RuleStateRow[]>
  /** Whose alarms are active, by the books. */
  activeAlarms(): Promise<readonly Pick<Alarm, 'rule' | 'subject'>[]>
  /** Changed states and the offset they hold at, in one transaction. */
  saveRuleStates(to: Offset, rows: readonly RuleStateRow[]): Promise<void>
  /** For a journal that begins anew: the alarms go on from there, whatever they knew. */
  rebaseAlarms(to: Offset): Promise<void>
  saveShadows(to: Offset, shadows: readonly Shadow[]): Promise<void>
  /** Links and dead letters, with the offset up to which they are complete. */
  saveLetters(news: DeviceLetters): Promise<void>
}

export interface Operations extends AsyncDisposable {
  readonly alarms: AlarmBook
  readonly evidence: EvidenceBook
  readonly outOfService: OutOfServiceBook
  readonly orders: OrderBook
  readonly events: EventBook
  readonly deadLetters: DeadLetterBook
  /** The newest of each device, as it was last written down. */
  shadows(): Promise<readonly Shadow[]>
  readonly links: LinkBook
  readonly audit: AuditBook
  readonly ruleChanges: RuleChangeBook
  readonly registry: Registry
  readonly desk: Desk
  readonly checkpoints: Checkpoints
  readonly outbox: Outbox
  readonly load: LoadBook
  readonly escalations: EscalationBook
  /** Removes what is old, as is done once a day. Rejects where the database cannot be written. */
  cutOld(): Promise<void>
  /** For /metrics; the totals are of this process. */
  readonly counts: {
    readonly transactions: number
    readonly failedTransactions: number
    readonly failedListeners: number
    readonly deadLettersDropped: number
    readonly eventsDropped: number
    readonly alarmsRemoved: number
    readonly ordersRemoved: number
    readonly auditRemoved: number
    /** Passwords that were wrong, and tries that were not even looked at because too many had been. */
    readonly failedSignIns: number
    readonly lockedSignIns: number
  }
}
