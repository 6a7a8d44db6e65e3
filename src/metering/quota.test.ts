import { describe, expect, it } from 'vitest'
import { addDay, emptyTally, standingOf, tierUses } from './quota.ts'

const tallied = (days: readonly (number | null)[], allowedM3 = 10, isWhole = true) => {
  const tally = emptyTally()
  for (const volumeM3 of days) addDay(tally, { volumeM3, isWhole: isWhole && volumeM3 !== null, allowedM3 })
  return tally
}
const days = (count: number, volumeM3: number | null) => Array<number | null>(count).fill(volumeM3)

describe('a missing day', () => {
  it('is neither use nor saving: the known ones are held against what they allow themselves', () => {
    const standing = standingOf(tallied([...days(10, 9), ...days(20, null)]), 3_650)
    expect(standing).toMatchObject({ daysPassed: 30, daysKnown: 10, usedM3: 90, allowedM3: 100, share: 0.9 })
  })

  it('known in part counts as use, and judges nothing', () => {
    const standing = standingOf(tallied(days(10, 9), 10, false), 3_650)
    expect(standing).toMatchObject({
      usedM3: 90,
      daysKnown: 0,
      share: null,
      forecastM3: null,
      state: 'unknown',
    })
  })
})

it('six known days say nothing of a year, seven do', () => {
  expect(standingOf(tallied(days(6, 9)), 3_650).state).toBe('unknown')
  expect(standingOf(tallied(days(7, 8)), 3_650).state).toBe('within')
})

it.each([
  [8.9, 'within'],
  [9, 'near'],
  [10, 'near'],
  [10.5, 'above'],
  [11, 'above'],
  [11.1, 'over'],
])('%d of 10 m³ a day is %s', (volumeM3, state) => {
  expect(standingOf(tallied(days(100, volumeM3)), 3_650).state).toBe(state)
})

it('who uses exactly what is allowed is not above it, whatever binary fractions make of the sum', () => {
  const tally = emptyTally()
  for (let day = 0; day < 7; day++)
    addDay(tally, { volumeM3: 0.3, isWhole: true, allowedM3: 0.3 * 31 * (1 / 31) })
  expect(tally.usedOnThemM3).toBeGreaterThan(tally.allowedOnThemM3)
  expect(standingOf(tally, 109.5)).toMatchObject({ share: 1, state: 'near' })
  expect(standingOf(tallied([0.1, 0.2], 1), 0.3).state, 'used to the last drop, and not over').toBe('unknown')
})

it('what is used up is over, however few days are known', () => {
  expect(standingOf(tallied([400]), 365).state).toBe('over')
})

it('the forecast goes on as the last four known weeks did, and by the weight of the months to come', () => {
  const steady = standingOf(tallied(days(100, 10)), 3_650)
  expect(steady.forecastM3).toBeCloseTo(3_650, 6)
  const saving = standingOf(tallied([...days(72, 10), ...days(28, 5)]), 3_650)
  expect(saving.forecastM3).toBeCloseTo(860 + 0.5 * 2_650, 6)
})

it('a month that allows nothing has no forecast to give', () => {
  expect(standingOf(tallied(days(10, 1), 0), 3_650)).toMatchObject({ share: null, forecastM3: null })
})

describe('tiers beyond the quota', () => {
  const tiers = [
    { above: 0, surcharge: 0.2 },
    { above: 0.3, surcharge: 0.5 },
    { above: 0.5, surcharge: 1 },
  ]
  it.each([
    [100, [0, 0, 0]],
    [130, [30, 0, 0]],
    [130.5, [30, 0.5, 0]],
    [150, [30, 20, 0]],
    [300, [30, 20, 150]],
    [null, [null, null, null]],
  ])('of %j m³ where 100 are allowed', (usedM3, used) => {
    const found = tierUses({ yearM3: 100, usedM3, forecastM3: 131 }, tiers)
    expect(found.map((tier) => tier.usedM3)).toEqual(used)
    expect(found.map(({ forecastM3 }) => forecastM3)).toEqual([30, 1, 0])
    expect(found.map(({ surcharge }) => surcharge)).toEqual([0.2, 0.5, 1])
  })

  it('begin where they say: what is below the first costs what it costs', () => {
    const [first] = tierUses({ yearM3: 100, usedM3: 115, forecastM3: null }, [{ above: 0.1, surcharge: 1 }])
    expect(first).toMatchObject({ usedM3: 5, forecastM3: null })
  })
})
