/** What every journal must do, however it is kept. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Journal } from '../../src/journal/journal.ts'
import type { Commit, JournalRecord, Offset } from '../../src/model/commit.ts'
import type { Clock } from '../../src/model/instant.ts'
import { handClock } from '../support/hand-clock.ts'

export const START = Date.UTC(2026, 5, 1)

export const said = (device: string, at: number, volume = 1): JournalRecord => ({
  is: 'reading',
  device,
  at,
  values: { volume },
})

/** Follows until `upTo` has come. */
export async function followed(journal: Journal, after: Offset, upTo: Offset): Promise<Commit[]> {
  const commits: Commit[] = []
  if (after >= upTo) return commits
  const enough = new AbortController()
  for await (const batch of journal.follow(after, enough.signal)) {
    commits.push(...batch)
    if ((commits.at(-1)?.offset ?? 0) >= upTo) break
  }
  return commits.filter(({ offset }) => offset <= upTo)
}

export function conformingJournal(name: string, open: (clock: Clock) => Promise<Journal>) {
  const opened = () => {
    const clock = handClock(START)
    return open(clock).then((journal) => ({ clock, journal }))
  }

  describe(`the ${name} journal`, () => {
    it('numbers commits from 1 without a gap and keeps the order in which they were appended', async () => {
      const { journal, clock } = await opened()
      await using _ = journal
      expect(journal.head).toEqual({ offset: 0, receivedAt: 0 })
      for (let n = 1; n <= 5; n++) {
        clock.pass(10)
        const commit = await journal.append([said('meter-1', n)])
        expect(commit).toEqual({ offset: n, receivedAt: START + 10 * n, records: [said('meter-1', n)] })
      }
      expect(journal.head).toEqual({ offset: 5, receivedAt: START + 50 })
      expect((await journal.read(2, 2)).map(({ offset }) => offset)).toEqual([3, 4])
      expect(await journal.read(5, 10)).toEqual([])
    })

    it('groups what is appended at once, whole calls together, in their order', async () => {
      const { journal } = await opened()
      await using _ = journal
      const commits = await Promise.all(
        Array.from({ length: 100 }, (_, n) => journal.append([said('a', n), said('b', n)])),
      )
      const groups = new Set(commits.map(({ offset }) => offset))
      expect(groups.size).toBeLessThan(10)
      const all = (await journal.read(0, 1_000)).flatMap(({ records }) => records)
      expect(all).toEqual(Array.from({ length: 100 }, (_, n) => [said('a', n), said('b', n)]).flat())
    })

    it('bounds a group, so that one flood is many commits', async () => {
      const { journal } = await opened()
      await using _ = journal
      const many = Array.from({ length: 6_000 }, (_, n) => said('meter-1', n))
      const commits = await Promise.all([journal.append(many), journal.append(many), journal.append(many)])
      expect(new Set(commits.map(({ offset }) => offset)).size).toBe(2)
    })

    it('turns a flood away once too much is waiting, and takes more when it is written', async () => {
      const { journal } = await opened()
      await using _ = journal
      const many = Array.from({ length: 60_000 }, (_, n) => said('meter-1', n))
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => journal.append(many)))
      const refused = outcomes.filter(({ status }) => status === 'rejected')
      expect(refused).toHaveLength(2)
      expect(refused[0]).toMatchObject({ reason: { code: 'journal-busy' } })
      await expect(journal.append(many)).resolves.toMatchObject({ offset: 9 })
      expect(journal.counts).toMatchObject({ refused: 2, waitingRecords: 0 })
    })

    it('gives a follower what was there and what comes, once each', async () => {
      const { journal } = await opened()
      await using _ = journal
      await journal.append([said('meter-1', 1)])
      await journal.append([said('meter-1', 2)])
      const live = followed(journal, 0, 6)
      for (let n = 3; n <= 6; n++) await journal.append([said('meter-1', n)])
      expect((await live).map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5, 6])
    })

    it('gives the same commits from any offset, live or later', async () => {
      const { journal, clock } = await opened()
      await using _ = journal
      const live = followed(journal, 0, 60)
      for (let n = 1; n <= 60; n++) {
        clock.pass(n % 7)
        await journal.append(n % 3 ? [said('meter-1', n, n / 10)] : [])
      }
      const all = await live
      await fc.assert(
        fc.asyncProperty(fc.nat(60), fc.nat(60), async (after, upTo) => {
          expect(await followed(journal, after, upTo)).toEqual(
            all.filter(({ offset }) => offset > after && offset <= upTo),
          )
        }),
        { numRuns: 30 },
      )
    })

    it('ends a follower that is called off or whose journal closes, also while it waits', async () => {
      const { journal } = await opened()
      const off = new AbortController()
      const ends = [off.signal, new AbortController().signal].map(async (signal) => {
        for await (const _ of journal.follow(0, signal));
      })
      off.abort()
      await ends[0]
      await journal[Symbol.asyncDispose]()
      await ends[1]
      await expect(journal.append([])).rejects.toMatchObject({ code: 'journal-failed' })
    })

    it('commits nothing once a second while idle, so that time goes on for its readers', async () => {
      const { journal, clock } = await opened()
      await using _ = journal
      await journal.append([said('meter-1', 1)])
      for (let second = 1; second <= 5; second++) {
        clock.pass(1_000)
        await journal.settled()
      }
      const commits = await journal.read(1, 10)
      expect(commits.map(({ receivedAt }) => receivedAt - START)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000])
      expect(commits.every(({ records }) => records.length === 0)).toBe(true)
    })

    it('commits nothing by itself before it was told which numbers readers have seen, however long that takes', async () => {
      const { journal, clock } = await opened()
      await using _ = journal
      clock.pass(5_000)
      await journal.settled()
      expect(journal.head.offset).toBe(0)
      await journal.passOver(7)
      clock.pass(1_000)
      await journal.settled()
      expect((await journal.read(0, 10)).map(({ offset }) => offset)).toEqual([8, 9])
    })

    it('never goes back in time: it slews by the monotonic clock until a clock set back has caught up', async () => {
      const { journal, clock } = await opened()
      await using _ = journal
      await journal.append([])
      clock.setWall(START - 10_000)
      const instants: number[] = []
      for (let step = 0; step < 30; step++) {
        clock.pass(900)
        instants.push((await journal.append([])).receivedAt)
      }
      expect(instants).toEqual([...instants].sort((a, b) => a - b))
      expect(instants[0]).toBe(START + 450)
      expect(instants.at(-1)).toBe(clock.now())
    })

    it('refuses while the clock is more than 5 minutes behind, and goes on when it is right or rebased', async () => {
      const { journal, clock } = await opened()
      await using _ = journal
      await journal.append([])
      clock.setWall(START - 300_001)
      expect(journal.refusing).toBe('clock')
      await expect(journal.append([said('meter-1', 1)])).rejects.toMatchObject({ code: 'journal-clock' })
      clock.setWall(START + 5)
      expect(journal.refusing).toBeUndefined()
      expect(await journal.append([])).toMatchObject({ offset: 2, receivedAt: START + 5 })
      clock.setWall(START - 3_600_000)
      expect(await journal.rebase()).toMatchObject({ offset: 3, receivedAt: START - 3_600_000 })
      expect(await journal.append([])).toMatchObject({ offset: 4, receivedAt: START - 3_600_000 })
    })

    it('gives no number again that a reader has seen, and tells of what is gone as a gap', async () => {
      const { journal } = await opened()
      await using _ = journal
      await journal.append([said('meter-1', 1)])
      await journal.passOver(1)
      expect(journal.head.offset).toBe(1)
      await journal.passOver(9)
      expect(await journal.append([said('meter-1', 2)])).toMatchObject({ offset: 11 })
      const commits = await journal.read(1, 10)
      expect(commits.map(({ offset, records }) => [offset, records])).toEqual([
        [10, [expect.objectContaining({ is: 'gap', reason: 'commits 2 to 9 are gone from the journal' })]],
        [11, [said('meter-1', 2)]],
      ])
      expect(await journal.read(9, 10)).toEqual(commits)
    })

    it('keeps a position for each reader', async () => {
      const { journal } = await opened()
      await using _ = journal
      expect(await journal.position('history')).toBe(0)
      await Promise.all([
        journal.advance('history', 7),
        journal.advance('ledger', 3),
        journal.advance('history', 8),
      ])
      expect([await journal.position('history'), await journal.position('ledger')]).toEqual([8, 3])
    })
  })
}
