import { expect, it } from 'vitest'
import type { Clock } from '../model/instant.ts'
import { changeQueue } from './change-queue.ts'
import type { DataChange, RawMessage } from './connector.ts'

const change = (value: number): DataChange => ({
  is: 'data-change',
  source: 'plant',
  nodeId: 'ns=1;s=x',
  value,
  statusCode: 0,
})
const valuesOf = (batch: readonly RawMessage[]) => batch.map((message) => (message as DataChange).value)
const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))

/** A queue whose batches the test settles, on a clock whose tasks the test runs. */
function stage(limit = 100) {
  const batches: unknown[][] = []
  const settle: ((isDurable: boolean) => void)[] = []
  const later: (() => void)[] = []
  const dropped: number[] = []
  let nowMs = 0
  const clock: Clock = {
    now: () => nowMs++,
    monotonicMs: () => 0,
    after(_delayMs, task) {
      later.push(task)
      return () => void later.splice(later.indexOf(task), 1)
    },
  }
  const deliver = (messages: readonly RawMessage[]) => {
    batches.push(valuesOf(messages))
    return new Promise<void>((resolve, reject) => {
      settle.push((isDurable) => (isDurable ? resolve() : reject(new Error('disk full'))))
    })
  }
  const queue = changeQueue({ deliver }, clock, limit, (heardAt) => dropped.push(heardAt))
  return { queue, batches, settle: (isDurable: boolean) => settle.shift()?.(isDurable), later, dropped }
}

it('makes one batch of what comes in a turn, and the next of what comes while that is under way', async () => {
  const { queue, batches, settle } = stage()
  queue.push(change(1))
  queue.push(change(2))
  await turn()
  expect(batches).toEqual([[1, 2]])
  queue.push(change(3))
  queue.push(change(4))
  await turn()
  expect(batches).toEqual([[1, 2]]) // one at a time
  expect(queue.size).toBe(4)
  settle(true)
  await turn()
  expect(batches).toEqual([
    [1, 2],
    [3, 4],
  ])
  settle(true)
  await turn()
  expect(queue.size).toBe(0)
})

it('tries a batch again that could not be made durable, in its order and before what came later', async () => {
  const { queue, batches, settle, later } = stage()
  queue.push(change(1))
  await turn()
  queue.push(change(2))
  settle(false)
  await turn()
  expect(batches).toEqual([[1]]) // not at once
  expect(queue.size).toBe(2)
  later.shift()?.()
  await turn()
  expect(batches).toEqual([[1], [1, 2]])
})

it('drops the oldest beyond its limit, and says when that had come', async () => {
  const { queue, batches, dropped } = stage(2)
  for (const value of [1, 2, 3, 4]) queue.push(change(value))
  await turn()
  expect(batches).toEqual([[3, 4]])
  expect(dropped).toEqual([0, 1])
})

it('is drained when nothing is left, or when it was waited for long enough', async () => {
  await stage().queue.drain(1_000_000)
  const { queue, settle } = stage()
  queue.push(change(1))
  await turn()
  let isDrained = false
  const draining = queue.drain(1_000_000).then(() => {
    isDrained = true
  })
  await turn()
  expect(isDrained).toBe(false)
  settle(true)
  await draining
})

it.each([
  ['before', (refuse: () => void) => refuse()],
  ['after', (refuse: () => void) => void setTimeout(refuse, 5)],
])(
  'tries nothing again once it was drained: a batch refused %s is neither delivered nor waited for',
  async (_when, refuseThen) => {
    const { queue, batches, settle, later } = stage()
    queue.push(change(1))
    await turn()
    refuseThen(() => settle(false))
    await turn()
    await queue.drain(1)
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect({ waiting: later, batches, size: queue.size }).toEqual({ waiting: [], batches: [[1]], size: 1 })
    queue.push(change(2))
    await turn()
    expect(batches).toEqual([[1]])
  },
)
