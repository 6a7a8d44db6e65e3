/**
 * What the journal holds: one order and one clock for everything that was acknowledged.
 * Consumers know no other time, so replaying the same commits is the same run.
 */
import type { Instant, Interval } from './instant.ts'
import type { DeviceId, Reading, Sample } from './reading.ts'
import { inColumns, inPieces, type ReadingColumns, type Readings, readingsIn } from './reading-columns.ts'

/** Position of a commit; grows by one a commit, from 1. Offset 0 is before the first. */
export type Offset = number

/** A message, or one sample of it, that a profile could not read: kept, counted, shown. */
export type DeadLetter = {
  readonly source: string
  readonly topic: string
  readonly device?: DeviceId
  /** From the catalogue in `model/errors.ts`. */
  readonly code: string
  /** Names every bad point and what was wrong with it. */
  readonly reason: string
  /** The first 1,024 bytes of the payload, base64. */
  readonly payload: string
}

/** A stretch for which somebody could not be heard; its silence says nothing of the device. */
export type Gap = Interval & {
  /** `gateway` when the gateway itself was away, else the source's name. */
  readonly source: string
  readonly device?: DeviceId
  readonly reason: string
}

export type LinkState = 'connecting' | 'up' | 'down' | 'refused'

/** The state of one source's connection; it changes, it never throws. */
export type Link = {
  readonly source: string
  readonly state: LinkState
  /** Why, for people: the error's own words, or nothing when it is up. */
  readonly detail?: string
}

/** What a journal holds beside readings. */
export type Remark =
  | ({ readonly is: 'dead-letter' } & DeadLetter)
  | ({ readonly is: 'gap' } & Gap)
  | ({ readonly is: 'link' } & Link)

export type JournalRecord = ({ readonly is: 'reading' } & Sample) | Remark

export type Commit = {
  readonly offset: Offset
  /** Never earlier than the commit before it. */
  readonly receivedAt: Instant
  readonly records: readonly JournalRecord[]
}

/** The records of a commit apart, each kind in its order. */
export type PartsInColumns = { readonly columns: ReadingColumns; readonly remarks: readonly Remark[] }

/** Readings that are at hand as objects may each have an instant of their own at which they became ours. */
export type CommitParts =
  | PartsInColumns
  | { readonly readings: readonly Reading[]; readonly remarks: readonly Remark[] }

/** Each consumer asks for the parts of the same commits: they are made once. */
const made = new WeakMap<Commit, CommitParts>()

export const remarksOf = (commit: Commit): readonly Remark[] => partsOf(commit).remarks

export function columnsOf(commit: Commit): ReadingColumns {
  const parts = partsOf(commit)
  return 'columns' in parts ? parts.columns : inColumns(parts.readings)
}

/**
 * Each with the instant at which it became ours. Made anew for each who asks: as objects they are to be as
 * short-lived as can be.
 */
export function readingsOf(commit: Commit): readonly Reading[] {
  const parts = partsOf(commit)
  return 'readings' in parts ? parts.readings : readingsIn(parts.columns, commit.receivedAt)
}

type Piece = { readonly readings: readonly Reading[]; readonly isFirst: boolean; readonly isLast: boolean }

/** The same in pieces, one at least; each is made when the one before it has been worked through. */
export function* readingsInPieces(commit: Commit, size: number): Generator<Piece> {
  const parts = partsOf(commit)
  if ('readings' in parts) return yield { readings: parts.readings, isFirst: true, isLast: true }
  const pieces = inPieces(parts.columns, size)
  for (const [nth, columns] of pieces.entries())
    yield {
      readings: readingsIn(columns, commit.receivedAt),
      isFirst: nth === 0,
      isLast: nth === pieces.length - 1,
    }
}

/** For whoever may never look at them. */
export const readingsLater = (commit: Commit): Readings => ({
  get length() {
    return columnsOf(commit).at.length
  },
  [Symbol.iterator]: () => readingsOf(commit)[Symbol.iterator](),
})

function partsOf(commit: Commit): CommitParts {
  const known = made.get(commit)
  if (known) return known
  const parts = apart(commit.records)
  made.set(commit, parts)
  return parts
}

/** A commit whose parts are at hand already; they may be made when first they are asked for. */
export function commitOf(commit: Commit, parts: CommitParts): Commit {
  made.set(commit, parts)
  return commit
}

export function apart(records: readonly JournalRecord[]): PartsInColumns {
  const remarks: Remark[] = []
  const readings: Sample[] = []
  for (const record of records) {
    if (record.is === 'reading') readings.push(record)
    else remarks.push(record)
  }
  return { columns: inColumns(readings), remarks }
}
