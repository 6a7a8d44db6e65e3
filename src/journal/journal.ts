/**
 * The port of the journal: the one order and the one clock. What `append` has resolved
 * survives kill -9 and power loss; nothing is acknowledged to any sender before.
 */
import type { Commit, JournalRecord, Offset } from '../model/commit.ts'
import type { Instant } from '../model/instant.ts'

export type JournalHead = { readonly offset: Offset; readonly receivedAt: Instant }

export interface Journal extends AsyncDisposable {
  /** The newest durable commit; offset 0 and instant 0 while there is none. */
  readonly head: JournalHead
  /**
   * Resolves with the durable commit that holds the records (calls made while a commit is under way
   * share the next one). Rejects with GatehouseError `journal-full`, `journal-clock` or `journal-failed`.
   */
  append(records: readonly JournalRecord[]): Promise<Commit>
  /** Commits after `after`, oldest first, at most `limit`; empty at the head. */
  read(after: Offset, limit: number): Promise<readonly Commit[]>
  /** Commits after `after` in batches, oldest first, waiting for more at the head until aborted. */
  follow(after: Offset, signal: AbortSignal): AsyncIterable<readonly Commit[]>
  /** Where a consumer goes on; 0 for one never heard of. */
  position(consumer: string): Promise<Offset>
  /** Durable when it resolves. */
  advance(consumer: string, offset: Offset): Promise<void>
}
