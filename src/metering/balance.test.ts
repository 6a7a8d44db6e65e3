import { expect, it } from 'vitest'
import { balanceSum, parentsOf } from './balance.ts'

it('what the meters may err by is no loss', () => {
  expect(balanceSum([100], [60, 36], 2)).toMatchObject({ missingM3: 4, toleranceM3: 5, state: 'balanced' })
  expect(balanceSum([100], [60, 34], 2)).toMatchObject({ missingM3: 6, state: 'lost' })
  expect(balanceSum([100], [60, 46], 2)).toMatchObject({ missingM3: -6, state: 'surplus' })
})

it('what is used without a meter is no loss, by the site as a m³ a day', () => {
  expect(balanceSum([100], [60], 10, 3)).toMatchObject({
    meteredM3: 60,
    unmeteredM3: 30,
    missingM3: 10,
    missingShare: 0.1,
    state: 'lost',
  })
  expect(balanceSum([0], [0], 1)).toMatchObject({ missingShare: null, state: 'balanced' })
})

it('exactly at the tolerance it is balanced, whatever binary fractions make of the difference', () => {
  expect(3.2 - 3.04).toBeGreaterThan(0.05 * 3.2)
  expect(balanceSum([3.2], [3.04], 1)).toMatchObject({
    missingM3: 0.16,
    toleranceM3: 0.16,
    state: 'balanced',
  })
})

it('on quiet days a display unit is no loss either', () => {
  expect(balanceSum([0.3], [0.1], 3)).toMatchObject({ state: 'balanced' })
  expect(balanceSum([0.3], [0.1], 1)).toMatchObject({ state: 'lost' })
})

it('of no day there is no sum', () => expect(balanceSum([], [], 0)).toBeNull())

it('a balance is part of the one whose sub meter it begins with', () => {
  const node = (id: string, main: string[], subs: string[]) => ({ id, main, subs })
  const tree = [
    node('campus', ['m'], ['a', 'b']),
    node('a', ['a'], ['a1', 'a2']),
    node('attic', ['a2'], ['x']),
  ]
  expect([...parentsOf(tree)]).toEqual([
    ['campus', null],
    ['a', 'campus'],
    ['attic', 'a'],
  ])
  const round = [node('one', ['a'], ['b']), node('two', ['b'], ['a'])]
  expect([...parentsOf(round)]).toEqual([
    ['one', null],
    ['two', null],
  ])
  expect(parentsOf([node('into-it', ['b'], ['z']), ...round]).get('into-it')).toBe('one')
})
