import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { gathering } from './gathering.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function stage() {
  let waiting = 0
  const batches: number[] = []
  const firstHasCome = gathering(() => {
    const many = waiting
    waiting = 0
    if (many > 0) batches.push(many)
    return many
  })
  const come = (messages: number) => {
    for (let n = 0; n < messages; n++) if (++waiting === 1) firstHasCome()
  }
  const turn = () => vi.advanceTimersByTime(0)
  return { come, batches, turn, settled: () => (waiting = 0) }
}

it('a meter that speaks alone waits for nobody, however often it speaks', () => {
  const { come, batches, turn } = stage()
  for (let n = 0; n < 3; n++) {
    come(1)
    turn()
  }
  expect(batches).toEqual([1, 1, 1])
})

it('under load what comes in many turns goes on together, five milliseconds after the last', () => {
  const { come, batches, turn } = stage()
  come(20)
  turn()
  for (let n = 0; n < 4; n++) {
    come(20)
    vi.advanceTimersByTime(1)
  }
  expect(batches).toEqual([20])
  vi.advanceTimersByTime(1)
  expect(batches).toEqual([20, 80])
})

it('after a load the first to come goes on at once again', () => {
  const { come, batches, turn } = stage()
  come(20)
  turn()
  vi.advanceTimersByTime(5)
  come(1)
  turn()
  expect(batches).toEqual([20, 1])
})

it('what went on another way meanwhile, as at a stop, is not looked for again', () => {
  const { come, batches, turn, settled } = stage()
  come(3)
  settled()
  turn()
  come(2)
  turn()
  expect(batches).toEqual([2])
})
