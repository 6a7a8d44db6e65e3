/** What a journal is written to: SQLite on a thread of its own, or nothing but memory. */
import type { Commit, Offset } from '../model/commit.ts'
import type { Instant } from '../model/instant.ts'
import type { JournalHead } from './journal.ts'

export type Removal = {
  /** Commits up to here have been passed by every consumer. */
  readonly upTo: Offset
  /** Those of them received before this instant go. */
  readonly before: Instant
  /** Above this size the oldest of them go, however young. */
  readonly maxBytes: number
}

export type Written = {
  readonly bytes: number
  /** The same commit as its readers are to have it: of its records nothing needs to be held but these bytes. */
  readonly kept?: Commit
}

export interface CommitStore {
  /** As found at the start. */
  readonly head: JournalHead
  readonly positions: ReadonlyMap<string, Offset>
  /**
   * Writes the commit, if there is one, and the positions as one; resolves when they are durable.
   * Rejects with GatehouseError `journal-full` where there was no room (nothing is written), else `journal-failed`.
   */
  write(commit: Commit | undefined, positions: ReadonlyMap<string, Offset>): Promise<Written>
  read(after: Offset, limit: number): Promise<readonly Commit[]>
  /** Removes a bounded number of commits, never the newest; resolves with how many. */
  remove(removal: Removal): Promise<number>
  /** Commits that could not be read back, since the start. */
  readonly damaged: number
  /** Files with a page that cannot be read, beside the one that is written. */
  readonly spoiltFiles: number
  /** Used share of the disk, 0 to 1. */
  diskUsed(): Promise<number>
  close(): Promise<void>
}
