import { expect, it } from 'vitest'
import { handClock } from '../../tests/support/hand-clock.ts'
import { endsWithin, STOP_WITHIN_MS } from './stop.ts'

it('a stop that ends by itself is not waited for any longer', async () => {
  const clock = handClock(0)
  expect(await endsWithin(STOP_WITHIN_MS, clock, Promise.resolve())).toBe(true)
})

it('a stop that does not end is given up in less than the 10 s that are promised, and not before', async () => {
  const clock = handClock(0)
  let ended: boolean | undefined
  const ending = endsWithin(STOP_WITHIN_MS, clock, new Promise(() => {})).then((inTime) => {
    ended = inTime
  })
  clock.pass(STOP_WITHIN_MS - 1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(ended).toBeUndefined()
  clock.pass(1)
  await ending
  expect(ended).toBe(false)
  expect(clock.monotonicMs()).toBeLessThan(10_000)
})

it('a stop that fails in time says why, and one that fails later disturbs nobody', async () => {
  const clock = handClock(0)
  const failing = Promise.reject(new Error('the disk is gone'))
  await expect(endsWithin(STOP_WITHIN_MS, clock, failing)).rejects.toThrow('the disk is gone')
  const late = Promise.withResolvers<void>()
  const ending = endsWithin(STOP_WITHIN_MS, clock, late.promise)
  clock.pass(STOP_WITHIN_MS)
  expect(await ending).toBe(false)
  late.reject(new Error('too late'))
  await new Promise((resolve) => setImmediate(resolve))
})
