/**
 * What intake knows a repeat by after a start. A death between a commit and its acknowledgements makes senders
 * send all of that commit again, and a door's event that is counted twice is two events to a rule.
 */
import type { Journal } from '../journal/journal.ts'
import type { Commit } from '../model/commit.ts'
import type { Sample } from '../model/reading.ts'
import { createIntake, type Intake } from './intake.ts'

/** More than senders have unacknowledged at a time; what is older is told apart where it is read. */
const SAMPLES = 20_000
/** An idle journal commits each second: this bounds the look back where little came in. */
const COMMITS = 500
/** Large commits are many samples each: no more of them than needed are read. */
const COMMITS_A_LOOK = 50

/** An intake that goes on from the journal as it stands. */
export async function openIntake(parts: Parameters<typeof createIntake>[0]): Promise<Intake> {
  return createIntake({ ...parts, recalled: await recentSamples(parts.journal) })
}

/** The newest samples of the journal, in its order. */
export async function recentSamples({ head, read }: Pick<Journal, 'head' | 'read'>): Promise<Sample[]> {
  const earliest = Math.max(0, head.offset - COMMITS)
  let samples: Sample[] = []
  let upTo = head.offset
  while (upTo > earliest && samples.length < SAMPLES) {
    const after = Math.max(earliest, upTo - COMMITS_A_LOOK)
    samples = [...samplesIn(await between(read, after, upTo)), ...samples]
    upTo = after
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
