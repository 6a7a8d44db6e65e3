import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Commit } from '../model/commit.ts'
import { followLater } from './follow-later.ts'

const journalOf = (commits: readonly Commit[]) => ({
  head: { offset: commits.length, receivedAt: 0 },
  advance: async () => {},
  async *follow(after: number) {
    yield commits.slice(after)
  },
})
const commit = (offset: number): Commit => ({ offset, receivedAt: offset, records: [] })

it('a journal followed later gives nothing before, and everything then', async () => {
  const begin = Promise.withResolvers<void>()
  const stopping = new AbortController()
  const heard: Commit[] = []
  const later = followLater(journalOf([commit(1), commit(2), commit(3)]), begin.promise)
  const following = (async () => {
    for await (const batch of later.follow(1, stopping.signal)) heard.push(...batch)
  })()
  await turn()
  expect(heard).toEqual([])
  expect(later.head.offset).toBe(3)
  begin.resolve()
  await following
  expect(heard.map(({ offset }) => offset)).toEqual([2, 3])
})

it.each(['before it is followed', 'while it waits'])(
  'it ends where a start fails, aborted %s',
  async (when) => {
    const stopping = new AbortController()
    const later = followLater(journalOf([commit(1)]), new Promise(() => {}))
    if (when === 'before it is followed') stopping.abort()
    const heard = Array.fromAsync(later.follow(0, stopping.signal))
    await turn()
    stopping.abort()
    expect(await heard).toEqual([])
  },
)
