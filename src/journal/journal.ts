/**
 * The port of the journal: the one order and the one clock. What `append` has resolved
 * survives kill -9 and power loss; nothing is acknowledged to any sender before.
 */
import type { Commit, JournalRecord, Offset } from '../model/commit.ts'
import type { Instant } from '../model/instant.ts'

export type JournalHead = { readonly offset: Offset; readonly receivedAt: Instant }

/** Why nothing is taken at present. `clock` and `full` heal by themselves, `failed` only by a restart. */
export type Refusal = 'clock' | 'full' | 'failed'

export type JournalCounts = {
  readonly commits: number
  readonly records: number
  /** Bytes of the commits as stored, before any overhead of the store. */
  readonly bytes: number
  /** Calls of `append` turned away, for whatever reason. */
  readonly refused: number
  /** Commits that could not be read back; each stands in the stream as a gap. */
  readonly damaged: number
  /** Files with a spoilt page: they are read until all of them is old, and nothing more is written into them. */
  readonly spoiltFiles: number
  /** Commits removed by age or size after every consumer had passed them. */
  readonly removed: number
  readonly waitingRecords: number
  /** The newest commit's time from hand-over to durable. */
  readonly lastCommitMs: number
  /** The same of all commits together. */
  readonly commitMs: number
  /** Used share of the disk, 0 to 1. */
  readonly diskUsed: number
}

export interface Journal extends AsyncDisposable {
  /** The newest durable commit; offset 0 and instant 0 while there is none. */
  readonly head: JournalHead
  readonly refusing: Refusal | undefined
  /** The disk is so full that a person should make room; still everything is taken. */
  readonly diskFilling: boolean
  /** Since the start, for /metrics. */
  readonly counts: JournalCounts
  /**
   * Resolves with the durable commit that holds the records (calls made while a commit is under way share the
   * next one). Rejects with GatehouseError `journal-full`, `journal-clock`, `journal-busy` or
   * `journal-failed`.
   */
  append(records: readonly JournalRecord[]): Promise<Commit>
  /** Commits after `after`, oldest first, at most `limit` and fewer where they are large; empty only at the head. */
  read(after: Offset, limit: number): Promise<readonly Commit[]>
  /** Commits after `after` in batches, oldest first, waiting for more at the head until aborted. */
  follow(after: Offset, signal: AbortSignal): AsyncIterable<readonly Commit[]>
  /** Where a consumer goes on; 0 for one never heard of. */
  position(consumer: string): Promise<Offset>
  /** Durable when it resolves. */
  advance(consumer: string, offset: Offset): Promise<void>
  /** Resolves when nothing that was appended before is still under way. */
  settled(): Promise<void>
  /**
   * Gives no offset up to this one again: a consumer has seen it, so a new commit of that number would pass
   * unread. What is missing before it was destroyed on disk; it stands in the stream as a gap. Before any other append:
   * until one of both, an idle journal commits nothing by itself.
   */
  passOver(upTo: Offset): Promise<void>
  /**
   * Takes the wall clock as it stands, though it is behind the last commit: the one place at which
   * instants go back. A person decides it, after a clock that had run ahead was put right.
   */
  rebase(): Promise<Commit>
}
