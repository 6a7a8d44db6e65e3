import { expect, it } from 'vitest'
import { START, said } from '../../tests/conformance/journal.ts'
import { handClock } from '../../tests/support/hand-clock.ts'
import type { Commit } from '../model/commit.ts'
import { GatehouseError } from '../model/errors.ts'
import { journalOver } from './line.ts'
import type { CommitStore } from './store.ts'

/** A disk that takes its time: each write waits until the test lets it end. */
function slowDisk() {
  const writes: (PromiseWithResolvers<void> & { readonly commit: Commit | undefined })[] = []
  const store: CommitStore = {
    head: { offset: 0, receivedAt: 0 },
    positions: new Map(),
    damaged: 0,
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
  return { journal: journalOver(store, { clock }), writes, clock }
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
