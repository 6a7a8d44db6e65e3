import { expect, it } from 'vitest'
import { kinshipOf } from './kinship.ts'

const DEVICES = [
  { id: 'meter-1', parent: 'concentrator' },
  { id: 'meter-2', parent: 'concentrator', source: 'plant' },
  { id: 'concentrator', parent: 'mast' },
  { id: 'mast', source: 'plant' },
  { id: 'gate' },
]

it('a device is heard through its parent, that one’s parents, and the sources that bring them, nearest first', () => {
  const kin = kinshipOf(DEVICES)
  expect(kin.parentsOf('meter-1')).toEqual(['concentrator', 'mast', 'source:plant'])
  expect(kin.parentsOf('meter-2')).toEqual(['concentrator', 'source:plant', 'mast'])
  expect(kin.parentsOf('gate')).toEqual([])
})

it('a dead parent takes all with it that are heard through it, however far away', () => {
  const kin = kinshipOf(DEVICES)
  expect(kin.childrenOf('mast')).toEqual(['meter-1', 'meter-2', 'concentrator'])
  expect(kin.childrenOf('source:plant')).toEqual(['meter-1', 'meter-2', 'concentrator', 'mast'])
  expect(kin.childrenOf('meter-1')).toEqual([])
})

it('a circle of parents comes to an end', () => {
  const kin = kinshipOf([
    { id: 'one', parent: 'other' },
    { id: 'other', parent: 'one' },
  ])
  expect(kin.parentsOf('one')).toContain('other')
})
