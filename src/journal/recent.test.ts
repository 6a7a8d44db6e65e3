import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import type { Commit } from '../model/commit.ts'
import { recentCommits } from './recent.ts'

const commit = (offset: number): Commit => ({ offset, receivedAt: offset, records: [] })

it('commits come in batches of a few hundred records, and at least one', () => {
  const recent = recentCommits(0)
  for (const [index, records] of [400, 90, 200, 5_000, 1].entries()) recent.add(commit(index + 1), records)
  const batches: number[][] = []
  for (let after = 0; after < 5; after = batches.at(-1)?.at(-1) ?? 5) {
    batches.push((recent.after(after) ?? []).map(({ offset }) => offset))
  }
  expect(batches).toEqual([[1, 2, 3], [4], [5]])
  expect(recent.after(5)).toEqual([])
})

it('what every reader has passed is not held a moment longer, however large', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const recent = recentCommits(0)
  const held = Array.from({ length: 100 }, (_, n) => {
    const one = commit(n + 1)
    recent.add(one, 1)
    return new WeakRef(one)
  })
  recent.passed([99])
  return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    collect()
    expect(held.filter((one) => one.deref()).map((one) => one.deref()?.offset)).toEqual([100])
  })
})

it('of what nobody has passed only so many records are held: whoever is behind them reads the disk', () => {
  const recent = recentCommits(0)
  for (let offset = 1; offset <= 300; offset++) recent.add(commit(offset), 1_000)
  expect(recent.after(100)).toBeUndefined()
  expect(recent.after(250)?.[0]?.offset).toBe(251)
})

it('nothing is held for a reader who is so far behind that it reads the disk', () => {
  const recent = recentCommits(0)
  for (let offset = 1; offset <= 300; offset++) recent.add(commit(offset), 1_000)
  recent.passed([100, 290])
  expect(recent.after(289)).toBeUndefined()
  expect(recent.after(290)?.[0]?.offset).toBe(291)
})

it('who has caught up with what is held is waited for again', () => {
  const recent = recentCommits(0)
  for (let offset = 1; offset <= 300; offset++) recent.add(commit(offset), 1_000)
  recent.passed([100, 300])
  for (let offset = 301; offset <= 310; offset++) recent.add(commit(offset), 1)
  recent.passed([300, 310])
  expect(recent.after(300)?.map(({ offset }) => offset)).toHaveLength(10)
})
