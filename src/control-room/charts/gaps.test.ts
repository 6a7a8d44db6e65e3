import { expect, it } from 'vitest'
import type { Reading } from '../api/types.ts'
import { drawn } from './gaps.ts'

const MINUTE = 60_000
const at = (minute: number, flow: number, quality?: Reading['quality']): Reading => {
  const instant = new Date(minute * MINUTE).toISOString()
  return { at: instant, receivedAt: instant, values: { flow }, ...(quality ? { quality } : {}) }
}

it('breaks the line and hatches where a meter was silent, and never draws zero', () => {
  const { dots, gaps } = drawn([at(0, 1), at(1, 2), at(9, 3), at(10, 4)], 'flow', 3 * MINUTE, 0, 11 * MINUTE)
  expect(gaps).toEqual([[1 * MINUTE, 9 * MINUTE]])
  expect(dots.map(([, value]) => value)).toEqual([1, 2, null, 3, 4])
})

it('hatches from the beginning and up to the end where nothing was said', () => {
  expect(drawn([at(5, 1)], 'flow', 2 * MINUTE, 0, 10 * MINUTE).gaps).toEqual([
    [0, 5 * MINUTE],
    [5 * MINUTE, 10 * MINUTE],
  ])
  expect(drawn([], 'flow', 2 * MINUTE, 0, 10 * MINUTE).gaps).toEqual([[0, 10 * MINUTE]])
})

it('leaves out what is not to be believed', () => {
  const readings = [at(0, 1), at(1, 99, { flow: 'bad' }), at(2, 2)]
  expect(drawn(readings, 'flow', 3 * MINUTE, 0, 3 * MINUTE).dots.map(([, value]) => value)).toEqual([1, 2])
})
