import { expect, it } from 'vitest'
import type { WaterUse } from '../api/types.ts'
import { litresPerHeadDay, totalsBy } from './totals.ts'

const row = (id: string, from: string, volumeM3: number | null, quality: WaterUse['quality']): WaterUse => ({
  id,
  name: id,
  from,
  to: from,
  volumeM3,
  quality,
  coverage: volumeM3 === null ? 0 : 1,
})

it('a missing interval is not zero: the sum holds what is known and says that it is not all', () => {
  const [sum] = totalsBy([row('a', '1', 2, 'measured'), row('a', '2', null, 'missing')], 'id')
  expect(sum).toMatchObject({ volumeM3: 2, quality: 'missing', missing: 1, coverage: 0.5 })
})

it('where nothing is known the sum is unknown', () => {
  expect(totalsBy([row('a', '1', null, 'missing')], 'id')[0]?.volumeM3).toBeNull()
})

it('groups keep the order of the rows', () => {
  const rows = [row('b', '1', 1, 'measured'), row('a', '1', 1, 'estimated'), row('b', '2', 3, 'interpolated')]
  expect(totalsBy(rows, 'id').map(({ id, volumeM3, quality }) => [id, volumeM3, quality])).toEqual([
    ['b', 4, 'interpolated'],
    ['a', 1, 'estimated'],
  ])
})

it('use a head and day is said where every interval is known, and not guessed where one is missing', () => {
  const rows = [
    { from: '2026-11-21T00:00:00+08:00', to: '2026-11-22T00:00:00+08:00' },
    { from: '2026-11-22T00:00:00+08:00', to: '2026-11-23T00:00:00+08:00' },
  ] as WaterUse[]
  expect(litresPerHeadDay({ volumeM3: 36, missing: 0, rows }, 180)).toBe(100)
  expect(litresPerHeadDay({ volumeM3: 36, missing: 1, rows }, 180)).toBeNull()
  expect(litresPerHeadDay({ volumeM3: null, missing: 2, rows }, 180)).toBeNull()
  expect(litresPerHeadDay({ volumeM3: 36, missing: 0, rows }, 0)).toBeNull()
  expect(litresPerHeadDay({ volumeM3: 36, missing: 0, rows: [] }, 180)).toBeNull()
})
