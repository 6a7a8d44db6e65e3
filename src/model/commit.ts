/**
 * What the journal holds: one order and one clock for everything that was acknowledged.
 * Consumers know no other time, so replaying the same commits is the same run.
 */
import type { Instant, Interval } from './instant.ts'
import type { DeviceId, Reading, Sample } from './reading.ts'

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

export type JournalRecord =
  | ({ readonly is: 'reading' } & Sample)
  | ({ readonly is: 'dead-letter' } & DeadLetter)
  | ({ readonly is: 'gap' } & Gap)
  | ({ readonly is: 'link' } & Link)

export type Commit = {
  readonly offset: Offset
  /** Never earlier than the commit before it. */
  readonly receivedAt: Instant
  readonly records: readonly JournalRecord[]
}

/** Each consumer asks for the readings of the same commits: they are made once. */
const made = new WeakMap<Commit, readonly Reading[]>()

/** The readings of a commit, each with the instant at which it became ours. */
export function readingsOf(commit: Commit): readonly Reading[] {
  const known = made.get(commit)
  if (known) return known
  const readings = readingsIn(commit)
  made.set(commit, readings)
  return readings
}

/**
 * A commit of readings that are at hand already, as a back-test has them: each keeps the instant at which it really
 * reached us.
 */
export function commitOf(
  offset: Offset,
  receivedAt: Instant,
  readings: readonly Reading[],
  records: readonly JournalRecord[] = [],
): Commit {
  const commit = { offset, receivedAt, records }
  made.set(commit, readings)
  return commit
}

function readingsIn({ receivedAt, records }: Commit): Reading[] {
  const readings: Reading[] = []
  for (const record of records) {
    if (record.is !== 'reading') continue
    const { device, at, values, doubts } = record
    readings.push(doubts ? { device, at, receivedAt, values, doubts } : { device, at, receivedAt, values })
  }
  return readings
}
