import { expect, it } from 'vitest'
import { START, said } from '../../tests/conformance/journal.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import type { Commit } from '../model/commit.ts'
import { GatehouseError } from '../model/errors.ts'
import { journalOver, type LineParts } from './line.ts'
import type { CommitStore } from './store.ts'

/** A disk that takes its time: each write waits until the test lets it end. */
function slowDisk(parts: Partial<LineParts> = {}) {
  const writes: (PromiseWithResolvers<void> & { readonly commit: Commit | undefined })[] = []
  const store: CommitStore = {
    head: { offset: 0, receivedAt: 0 },
    positions: new Map(),
    damaged: 0,
    spoiltFiles: 0,
    write(commit) {
      const write = { ...Promise.withResolvers<void>(), commit }
      writes.push(write)
      return write.promise.then(() => (commit ? { bytes: 1, kept: commit } : { bytes: 0 }))
    },
    read: async () => [],
    remove: async () => 0,
    diskUsed: async () => 0,
    async close() {},
  }
  const clock = handClock(START)
  return { journal: journalOver(store, { clock, ...parts }), writes, clock }
}

const turn = () => new Promise(setImmediate)

function watched(promise: Promise<unknown>) {
  const seen = { state: 'pending' }
  promise.then(
    () => {
      seen.state = 'resolved'
    },
    (cause) => {
      seen.state = cause.code
    },
  )
  return seen
}

it('resolves nobody, moves no head and tells no follower before the disk has said that it is done', async () => {
  const { journal, writes } = slowDisk()
  const append = watched(journal.append([said('meter-1', 1)]))
  const off = new AbortController()
  const followed = watched(journal.follow(0, off.signal)[Symbol.asyncIterator]().next())
  await turn()
  expect(writes).toHaveLength(1)
  expect([append.state, followed.state, journal.head.offset]).toEqual(['pending', 'pending', 0])
  writes[0]?.resolve()
  await turn()
  expect([append.state, followed.state, journal.head.offset]).toEqual(['resolved', 'resolved', 1])
  off.abort()
})

it('puts what arrives while one commit is under way into the next, all of it', async () => {
  const { journal, writes } = slowDisk()
  void journal.append([said('meter-1', 1)])
  await turn()
  for (let n = 2; n <= 50; n++) void journal.append([said('meter-1', n)])
  void journal.advance('history', 1)
  await turn()
  expect(writes).toHaveLength(1)
  writes[0]?.resolve()
  await turn()
  expect(writes.map(({ commit }) => commit?.records.length)).toEqual([1, 49])
})

it('acknowledges nothing of a failed write nor anything after it', async () => {
  const { journal, writes } = slowDisk()
  const first = watched(journal.append([said('meter-1', 1)]))
  await turn()
  const second = watched(journal.append([said('meter-1', 2)]))
  const moved = watched(journal.advance('history', 1))
  writes[0]?.reject(new GatehouseError('journal-failed', 'EIO'))
  await turn()
  expect([first.state, second.state, moved.state]).toEqual(Array(3).fill('journal-failed'))
  expect(writes).toHaveLength(1)
  expect(journal.head.offset).toBe(0)
})

it('refuses what a full disk could not take, and takes it again with the same number', async () => {
  const { journal, writes, clock } = slowDisk()
  const first = watched(journal.append([said('meter-1', 1)]))
  await turn()
  writes[0]?.reject(new GatehouseError('journal-full', 'no room'))
  await turn()
  expect([first.state, journal.refusing]).toEqual(['journal-full', 'full'])
  clock.pass(1_000)
  await turn()
  expect(journal.refusing).toBeUndefined()
  const second = watched(journal.append([said('meter-1', 1)]))
  await turn()
  expect(writes[1]?.commit?.offset).toBe(1)
  writes[1]?.resolve()
  await turn()
  expect([second.state, journal.head.offset]).toEqual(['resolved', 1])
})

it('tells of a stretch in which it was frozen, before anything that came after it', async () => {
  const { journal, writes, clock } = slowDisk({ absentAfterMs: 60_000 })
  const append = async (n: number) => {
    const appended = journal.append([said('meter-1', n)])
    await turn()
    writes.at(-1)?.resolve()
    return (await appended).records
  }
  const absence = { is: 'gap', source: 'gateway', reason: 'the gateway took nothing' }
  expect(await append(1), 'before the first commit of a process it is not there to be told of').toHaveLength(
    1,
  )
  clock.setWall(START + 59_999)
  expect(await append(2)).toEqual([said('meter-1', 2)])
  clock.setWall(START + 3_600_000)
  expect(await append(3)).toEqual([
    { ...absence, from: START + 59_999, to: START + 3_600_000 },
    said('meter-1', 3),
  ])
  expect(await append(4)).toEqual([said('meter-1', 4)])
})

it('tells of a stretch in which its disk was full', async () => {
  const { journal, writes, clock } = slowDisk({ absentAfterMs: 60_000 })
  void journal.append([said('meter-1', 1)])
  await turn()
  writes[0]?.resolve()
  await turn()
  const refused = watched(journal.append([said('meter-1', 2)]))
  await turn()
  writes[1]?.reject(new GatehouseError('journal-full', 'no room'))
  await turn()
  clock.pass(99_000)
  await turn()
  clock.pass(1_000)
  await turn()
  expect(refused.state).toBe('journal-full')
  expect(writes[2]?.commit?.records).toMatchObject([{ is: 'gap', from: START, to: START + 100_000 }])
})

it('tells of none where time goes on in leaps', async () => {
  const { journal, writes, clock } = slowDisk()
  void journal.append([said('meter-1', 1)])
  await turn()
  writes[0]?.resolve()
  await turn()
  clock.setWall(START + 86_400_000)
  void journal.append([said('meter-1', 2)])
  await turn()
  expect(writes[1]?.commit?.records.filter(({ is }) => is === 'gap')).toEqual([])
})
