/**
 * What intake knows a repeat by after a start. A death between a commit and its acknowledgements makes senders
 * send all of that commit again, and a door's event that is counted twice is two events to a rule.
 */
import type { Journal } from '../journal/journal.ts'
import type { Commit } from '../model/commit.ts'
import type { Sample } from '../model/reading.ts'
import { createIntake, type Intake, type IntakeParts } from './intake.ts'

/** More than senders have unacknowledged at a time; what is older is told apart where it is read. */
const SAMPLES = 20_000
/**
 * An idle journal commits each second, some hours of it; a broker that was killed sends again what it had
 * sent long before.
 */
const COMMITS = 20_000
/**
 * In the first look, and twice as many in each further one: a sweep of all meters is thousands of samples in
 * one commit, and what is read beyond those wanted keeps a start waiting; of small commits a dozen looks find
 * as many.
 */
const FIRST_LOOK = 4

/** An intake that goes on from the journal as it stands. */
export async function openIntake(parts: IntakeParts): Promise<Intake> {
  return createIntake({ ...parts, recalled: await recentSamples(parts.journal) })
}

/** The newest samples of the journal, in its order. */
export async function recentSamples({ head, read }: Pick<Journal, 'head' | 'read'>): Promise<Sample[]> {
  const earliest = Math.max(0, head.offset - COMMITS)
  let samples: Sample[] = []
  let upTo = head.offset
  let look = FIRST_LOOK
  while (upTo > earliest && samples.length < SAMPLES) {
    const after = Math.max(earliest, upTo - look)
    samples = [...samplesIn(await between(read, after, upTo)), ...samples]
    upTo = after
    look *= 2
  }
  return samples.slice(-SAMPLES)
}

async function between(read: Journal['read'], after: number, upTo: number): Promise<Commit[]> {
  const found: Commit[] = []
  for (let from = after; from < upTo; ) {
    const commits = await read(from, upTo - from)
    const last = commits.at(-1)
    if (!last) break
    found.push(...commits.filter(({ offset }) => offset <= upTo))
    from = last.offset
  }
  return found
}

function* samplesIn(commits: readonly Commit[]): Generator<Sample> {
  for (const { records } of commits) {
    for (const record of records) if (record.is === 'reading') yield record
  }
}
