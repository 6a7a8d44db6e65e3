/**
 * A patrol route to judge in pictures: a round every 20 min, of three checkpoints, walked by Wang (a b c) and
 * Li (A B C).
 */
import type { LiveCommit } from '../../src/rules/evaluate.ts'
import { commits as picture } from './pictures.ts'

export const MINUTE_MS = 60_000

/** The first character of a picture: a minute before the first round starts. */
export const BEGIN =
  Temporal.ZonedDateTime.from('2026-03-01T00:00[Asia/Shanghai]').epochMilliseconds - MINUTE_MS

export const ROUTE = {
  plan: {
    timeZone: 'Asia/Shanghai',
    starts: { everyMinutes: 20 },
    visits: [
      { checkpoint: 'a', offsetMs: 2 * MINUTE_MS },
      { checkpoint: 'b', offsetMs: 5 * MINUTE_MS },
      { checkpoint: 'c', offsetMs: 8 * MINUTE_MS },
    ],
    lengthMs: 8 * MINUTE_MS,
  },
  earlyMs: MINUTE_MS,
  missAfterMs: 4 * MINUTE_MS,
  repeatMs: 90_000,
  graceMs: 2 * MINUTE_MS,
}

const read = (device: string, guard?: string) => ({
  device,
  values: { tag: 'T1', ...(guard !== undefined && { guard }) },
})

const MARKS = {
  a: read('a', 'wang'),
  b: read('b', 'wang'),
  c: read('c', 'wang'),
  A: read('a', 'li'),
  B: read('b', 'li'),
  C: read('c', 'li'),
  1: read('a'),
  2: read('b'),
  3: read('c'),
  v: { device: 'b', values: { guard: 'wang' } },
  z: read('z', 'wang'),
}

/** A character a minute. */
export const walked = (line: string): LiveCommit[] => picture(line, MARKS, MINUTE_MS, BEGIN)

/** The read at that character comes to the gateway only at another. */
export function sentLate(stream: readonly LiveCommit[], madeAt: number, sentAt: number): LiveCommit[] {
  const [made, sent] = [BEGIN + madeAt * MINUTE_MS, BEGIN + sentAt * MINUTE_MS]
  const late = stream.find(({ receivedAt }) => receivedAt === made)?.readings ?? []
  return stream.map((commit) => {
    if (commit.receivedAt === made) return { ...commit, readings: [] }
    return commit.receivedAt === sent ? { ...commit, readings: [...late, ...commit.readings] } : commit
  })
}
