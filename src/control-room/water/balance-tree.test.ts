import { expect, it } from 'vitest'
import type { WaterBalance } from '../api/types.ts'
import { type BalanceTree, treeOf } from './balance-tree.ts'

const meters = (ids: string[]) => ids.map((device) => ({ device, name: device, volumeM3: 1, daysKnown: 1 }))
const balance = (id: string, main: string[], subs: string[], parent: string | null): WaterBalance => ({
  id,
  name: id,
  parent,
  days: 1,
  daysCompared: 1,
  sum: null,
  main: meters(main),
  subs: meters(subs),
})

const shown = ({ balance: { id }, below }: BalanceTree): unknown => [
  id,
  Object.fromEntries([...below].map(([device, nodes]) => [device, nodes.map(shown)])),
]

it('below a sub meter hangs the balance that begins with it', () => {
  const balances = [
    balance('attic', ['b2'], ['x'], 'tower'),
    balance('campus', ['m'], ['a', 'b'], null),
    balance('tower', ['b'], ['b1', 'b2'], 'campus'),
    balance('pool', ['p'], ['q'], null),
  ]
  expect(treeOf(balances).map(shown)).toEqual([
    ['campus', { b: [['tower', { b2: [['attic', {}]] }]] }],
    ['pool', {}],
  ])
})

it('one whose parent is on no list is at the top, and none is lost', () => {
  expect(treeOf([balance('tower', ['b'], ['c'], 'gone')]).map(shown)).toEqual([['tower', {}]])
})
