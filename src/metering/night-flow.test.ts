import { expect, it } from 'vitest'
import { leastFlowM3h, nightStanding } from './night-flow.ts'

it('is the least of the hours', () => {
  expect(leastFlowM3h([0.4, 0.1, 0.3])).toBe(0.1)
  expect(leastFlowM3h([0, 0])).toBe(0)
})

it('is not known where an hour is missing that may have been the quiet one', () => {
  expect(leastFlowM3h([0.4, null])).toBeNull()
  expect(leastFlowM3h([null, null])).toBeNull()
  expect(leastFlowM3h([])).toBeNull()
  expect(leastFlowM3h([0.4, 0.3, 0.2, 0.5, null])).toBe(0.2)
})

it('is held against the median of the nights before, of those that are known', () => {
  expect(nightStanding([0.1, null, 0.3, 9, 0.2, 0.5])).toMatchObject({
    lastM3h: 0.5,
    usualM3h: 0.25,
    riseM3h: 0.25,
  })
})

it('has no usual night among two, and no rise where the last one is not known', () => {
  expect(nightStanding([0.1, 0.2, 0.5])).toMatchObject({ usualM3h: null, riseM3h: null })
  expect(nightStanding([0.1, 0.2, 0.3, null])).toMatchObject({
    lastM3h: null,
    usualM3h: 0.2,
    riseM3h: null,
  })
  expect(nightStanding([])).toMatchObject({ lastM3h: null, usualM3h: null })
})
