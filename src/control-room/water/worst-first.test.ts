import { expect, it } from 'vitest'
import type { WaterQuota } from '../api/types.ts'
import { isHigh, worstNightFirst, worstQuotaFirst } from './worst-first.ts'

const night = (name: string, lastM3h: number | null, usualM3h: number | null) => ({
  id: name,
  name,
  lastM3h,
  usualM3h,
  riseM3h: lastM3h === null || usualM3h === null ? null : lastM3h - usualM3h,
})

it('the greatest rise of a night is first, and nights that are not known are last', () => {
  const rows = [
    night('b', null, 0.1),
    night('same', 0.2, 0.2),
    night('up', 0.4, 0.1),
    night('new', 9, null),
    night('a', null, null),
  ]
  expect(worstNightFirst(rows).map(({ name }) => name)).toEqual(['up', 'same', 'new', 'a', 'b'])
})

it('a night is high a fifth above the usual, and never by what a register may step back', () => {
  expect(isHigh(night('a', 0.13, 0.1))).toBe(true)
  expect(isHigh(night('a', 0.119, 0.1))).toBe(false)
  expect(isHigh(night('a', 0.009, 0))).toBe(false)
  expect(isHigh(night('a', 5, null))).toBe(false)
})

it('who is over the quota is first, the furthest above of them, and who cannot be judged is last', () => {
  const quota = (id: string, state: WaterQuota['state'], share: number | null) =>
    ({ id, name: id, state, share }) as WaterQuota
  const rows = [
    quota('u', 'unknown', null),
    quota('w', 'within', 0.5),
    quota('o1', 'over', 1.2),
    quota('spent', 'over', null),
    quota('o2', 'over', 1.4),
  ]
  expect(worstQuotaFirst(rows).map(({ id }) => id)).toEqual(['o2', 'o1', 'spent', 'w', 'u'])
})
