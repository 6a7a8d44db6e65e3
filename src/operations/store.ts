/**
 * The one way to write: transactions one after the other, each with its events and its audit
 * entries in it, and listeners told after the commit and in its order. Nothing else commits.
 */
import { createHash } from 'node:crypto'
import type { Clock } from '../model/instant.ts'
import type { BusinessEvent, StoredEvent } from './events.ts'
import type { Database, Tx } from './tables.ts'

export type AuditNote = {
  readonly by: string
  readonly action: string
  readonly subject: string
  readonly details?: Readonly<Record<string, unknown>>
}

export type Write = {
  readonly db: Tx
  /** Goes to the outbox with the transaction, in the order of calls. */
  emit(event: BusinessEvent): void
  audit(note: AuditNote): void
  /** Done right after the commit, before any other transaction begins; not at all where it fails. */
  afterCommit(task: () => void): void
}

export type Store = {
  readonly db: Database
  readonly clock: Clock
  write<T>(task: (write: Write) => Promise<T>): Promise<T>
  /** Resolves once every transaction that was asked for has ended. */
  idle(): Promise<void>
  onEvent(listener: (events: readonly StoredEvent[]) => void): () => void
  readonly counts: {
    transactions: number
    failedTransactions: number
    failedListeners: number
    deadLettersDropped: number
    eventsDropped: number
  }
}

export type StoreLimits = { readonly eventsKept: number }

export function storeOver(db: Database, clock: Clock, { eventsKept }: StoreLimits): Store {
  const listeners = new Set<(events: readonly StoredEvent[]) => void>()
  const counts = {
    transactions: 0,
    failedTransactions: 0,
    failedListeners: 0,
    deadLettersDropped: 0,
    eventsDropped: 0,
  }
  let last: Promise<unknown> = Promise.resolve()

  // It is committed: a listener that fails must not make it look as if it were not.
  const tell = (stored: readonly StoredEvent[]) => {
    for (const listener of listeners) {
      try {
        listener(stored)
      } catch {
        counts.failedListeners++
      }
    }
  }

  async function transact<T>(task: (write: Write) => Promise<T>): Promise<T> {
    const emitted: BusinessEvent[] = []
    const notes: AuditNote[] = []
    const afterwards: (() => void)[] = []
    let stored: readonly StoredEvent[] = []
    let dropped = 0
    try {
      const result = await db.transaction().execute(async (tx) => {
        const done = await task({
          db: tx,
          emit: (e) => emitted.push(e),
          audit: (n) => notes.push(n),
          afterCommit: (t) => afterwards.push(t),
        })
        const at = clock.now()
        stored = await storeEvents(tx, at, emitted)
        dropped = await dropOldEvents(tx, stored.at(-1)?.id, eventsKept)
        for (const note of notes) await storeNote(tx, at, note)
        return done
      })
      for (const afterward of afterwards) afterward()
      counts.transactions++
      counts.eventsDropped += dropped
      if (stored.length > 0) tell(stored)
      return result
    } catch (cause) {
      counts.failedTransactions++
      throw cause
    }
  }

  return {
    db,
    clock,
    counts,
    write(task) {
      const mine = last.then(() => transact(task))
      last = mine.catch(() => {})
      return mine
    },
    async idle() {
      await last
    },
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

async function storeEvents(tx: Tx, at: number, events: readonly BusinessEvent[]): Promise<StoredEvent[]> {
  const stored: StoredEvent[] = []
  for (const event of events) {
    const body = JSON.stringify('alarm' in event ? event.alarm : event.order)
    const { id } = await tx
      .insertInto('events')
      .values({ at, kind: event.kind, body })
      .returning('id')
      .executeTakeFirstOrThrow()
    stored.push({ id, at, ...event })
  }
  return stored
}

async function dropOldEvents(tx: Tx, newest: number | undefined, kept: number): Promise<number> {
  if (newest === undefined || newest <= kept) return 0
  const { numDeletedRows } = await tx
    .deleteFrom('events')
    .where('id', '<=', newest - kept)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** Each entry seals the one before: one that was changed or taken out breaks the chain from there on. */
async function storeNote(
  tx: Tx,
  at: number,
  { by, action, subject, details = {} }: AuditNote,
): Promise<void> {
  const before = await tx.selectFrom('audit').select('hash').orderBy('id', 'desc').limit(1).executeTakeFirst()
  const text = JSON.stringify(details)
  const hash = auditHash(before?.hash ?? '', { at, by, action, subject, details: text })
  await tx.insertInto('audit').values({ at, by_name: by, action, subject, details: text, hash }).execute()
}

export function auditHash(
  before: string,
  entry: { at: number; by: string; action: string; subject: string; details: string },
): string {
  const { at, by, action, subject, details } = entry
  return createHash('sha256')
    .update(JSON.stringify([before, at, by, action, subject, details]))
    .digest('hex')
}
