import { expect, it } from 'vitest'
import { virtualClock } from './virtual-clock.ts'

it('runs tasks in the order in which they fall due, each at its own instant', async () => {
  const clock = virtualClock(1_000)
  const seen: string[] = []
  clock.after(20, () => seen.push(`b ${clock.now()}`))
  clock.after(10, () => {
    seen.push(`a ${clock.now()}`)
    clock.after(5, () => seen.push(`c ${clock.now()}`))
  })
  clock.after(20, () => seen.push(`d ${clock.monotonicMs()}`))
  clock.after(21, () => seen.push('too late'))
  await clock.advance(20)
  expect(seen).toEqual(['a 1010', 'c 1015', 'b 1020', 'd 20'])
  expect(clock.now()).toBe(1_020)
})

it('lets what a task set off come to rest before time goes on', async () => {
  const clock = virtualClock(0)
  const work: Promise<void>[] = []
  const seen: number[] = []
  clock.after(1, () => {
    work.push(Promise.resolve().then(() => void seen.push(clock.now())))
  })
  clock.after(2, () => seen.push(clock.now()))
  await clock.advance(5, async () => void (await Promise.all(work)))
  expect(seen).toEqual([1, 2])
})

it('calls a task off', async () => {
  const clock = virtualClock(0)
  const seen: string[] = []
  clock.after(1, () => seen.push('no'))()
  await clock.advance(5)
  expect(seen).toEqual([])
})
