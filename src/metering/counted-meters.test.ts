import { describe, expect, it } from 'vitest'
import type { Device } from '../model/device.ts'
import type { Balance } from '../model/site.ts'
import { countedTwice, leftOut } from './counted-meters.ts'

const meter = (id: string, institution: string): Device => ({
  id,
  name: id,
  family: 'water-meter',
  profile: 'a/meter',
  place: { institution },
})
const devices = [meter('main', 'school'), meter('canteen', 'school'), meter('shop', 'trader')]
const balance = (more: Partial<Balance> = {}): Balance => ({
  id: 'campus',
  name: 'Campus',
  main: ['main'],
  subs: ['canteen', 'shop'],
  ...more,
})

describe('a balance', () => {
  it('of which nothing is said leaves every meter in the sum, and is warned of where one institution has both sides', () => {
    expect([...leftOut([balance()])]).toEqual([])
    expect(countedTwice({ devices, balances: [balance()] })).toEqual([
      expect.stringContaining(
        'balance campus: its main and its sub meters both count as water that school used',
      ),
    ])
  })

  it('counts by its main or by its subs', () => {
    expect([...leftOut([balance({ counts: 'main' })])]).toEqual(['canteen', 'shop'])
    expect([...leftOut([balance({ counts: 'subs' })])]).toEqual(['main'])
    for (const counts of ['main', 'subs'] as const)
      expect(countedTwice({ devices, balances: [balance({ counts })] })).toEqual([])
  })

  it('within another one counts once: by the main of the outer one', () => {
    const inner = balance({ id: 'inner', main: ['canteen'], subs: ['kitchen'], counts: 'main' })
    expect([...leftOut([balance({ counts: 'main' }), inner])]).toEqual(['canteen', 'shop', 'kitchen'])
  })

  it('between institutions is counted twice by none', () => {
    expect(countedTwice({ devices, balances: [balance({ subs: ['shop'] })] })).toEqual([])
    expect(countedTwice({ devices })).toEqual([])
  })
})
