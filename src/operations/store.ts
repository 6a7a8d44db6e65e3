/**
 * The one way to write: transactions one after the other, each with its events and its audit
 * entries in it, and listeners told after the commit and in its order. Nothing else commits.
 */
import type { Clock, Instant } from '../model/instant.ts'
import { type Log, SILENT_LOG } from '../model/log.ts'
import { auditHash, NO_SEAL } from './audit-chain.ts'
import { type BusinessEvent, nounOf, type StoredEvent } from './events.ts'
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
  /**
   * It is `at` by the journal, with all that was emitted so far told before: what falls due is done, and
   * told. Whether anything was.
   */
  passTime(at: Instant): Promise<boolean>
  /** Done right after the commit, before any other transaction begins; not at all where it fails. */
  afterCommit(task: () => void): void
}

/** An event of a transaction, and whether a seat of it was in flood by then. */
export type Told = { readonly event: BusinessEvent; readonly inFlood: boolean }

/** What every transaction sees to beside its own task. */
export type Following = {
  /** The same events, and those that follow from them at once. */
  react(tx: Tx, events: readonly BusinessEvent[]): Promise<readonly Told[]>
  /** What falls due by `at`. */
  passTime(tx: Tx, at: Instant, audit: Write['audit']): Promise<readonly Told[]>
  /** Writes down who is to be told of each. */
  address(tx: Tx, events: readonly (StoredEvent & { readonly inFlood: boolean })[]): Promise<void>
}

export type Store = {
  readonly db: Database
  readonly clock: Clock
  write<T>(task: (write: Write) => Promise<T>): Promise<T>
  /** In its place among the transactions, but none itself. */
  inTurn<T>(task: () => Promise<T>): Promise<T>
  /** Resolves once every transaction that was asked for has ended. */
  idle(): Promise<void>
  onEvent(listener: (events: readonly StoredEvent[]) => void): () => void
  readonly counts: {
    transactions: number
    failedTransactions: number
    failedListeners: number
    deadLettersDropped: number
    eventsDropped: number
    alarmsRemoved: number
    ordersRemoved: number
    auditRemoved: number
    failedSignIns: number
    lockedSignIns: number
  }
}

export type StoreLimits = { readonly eventsKept: number }

export function storeOver(
  db: Database,
  clock: Clock,
  { eventsKept }: StoreLimits,
  following: Following,
  log: Pick<Log, 'error'> = SILENT_LOG,
): Store {
  const listeners = new Set<(events: readonly StoredEvent[]) => void>()
  const counts = {
    transactions: 0,
    failedTransactions: 0,
    failedListeners: 0,
    deadLettersDropped: 0,
    eventsDropped: 0,
    alarmsRemoved: 0,
    ordersRemoved: 0,
    auditRemoved: 0,
    failedSignIns: 0,
    lockedSignIns: 0,
  }
  let last: Promise<unknown> = Promise.resolve()

  // It is committed: a listener that fails must not make it look as if it were not.
  const tell = (stored: readonly StoredEvent[]) => {
    for (const listener of listeners) {
      try {
        listener(stored)
      } catch (err) {
        counts.failedListeners++
        log.error(
          { err, events: stored.map(({ kind }) => kind) },
          'Whoever listens to events failed at these',
        )
      }
    }
  }

  async function transact<T>(task: (write: Write) => Promise<T>): Promise<T> {
    const emitted: BusinessEvent[] = []
    const told: Told[] = []
    const notes: AuditNote[] = []
    const afterwards: (() => void)[] = []
    let stored: readonly StoredEvent[] = []
    let dropped = 0
    try {
      const result = await db.transaction().execute(async (tx) => {
        const follow = async () => {
          if (emitted.length > 0) told.push(...(await following.react(tx, emitted.splice(0))))
        }
        const audit: Write['audit'] = (n) => notes.push(n)
        const done = await task({
          db: tx,
          audit,
          emit: (e) => emitted.push(e),
          async passTime(at) {
            await follow()
            const due = await following.passTime(tx, at, audit)
            told.push(...due)
            return due.length > 0
          },
          afterCommit: (t) => afterwards.push(t),
        })
        await follow()
        const at = clock.now()
        stored = await storeEvents(
          tx,
          at,
          told.map(({ event }) => event),
        )
        const marked = stored.map((event, i) => ({ ...event, inFlood: told[i]?.inFlood === true }))
        if (marked.length > 0) await following.address(tx, marked)
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
    inTurn(task) {
      const mine = last.then(task)
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
    const body = JSON.stringify(nounOf(event))
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
  const hash = auditHash(before?.hash ?? NO_SEAL, { at, by, action, subject, details: text })
  await tx.insertInto('audit').values({ at, by_name: by, action, subject, details: text, hash }).execute()
}
