import { expect, it } from 'vitest'
import { litresPerHeadDay } from './totals.ts'

const TWO_DAYS = 2 * 86_400_000

it('use a head and day is said where every interval is known, and not guessed where one is missing', () => {
  expect(litresPerHeadDay({ volumeM3: 36, missing: 0 }, TWO_DAYS, 180)).toBe(100)
  expect(litresPerHeadDay({ volumeM3: 36, missing: 1 }, TWO_DAYS, 180)).toBeNull()
  expect(litresPerHeadDay({ volumeM3: null, missing: 2 }, TWO_DAYS, 180)).toBeNull()
  expect(litresPerHeadDay({ volumeM3: 36, missing: 0 }, TWO_DAYS, 0)).toBeNull()
  expect(litresPerHeadDay({ volumeM3: 36, missing: 0 }, 0, 180)).toBeNull()
})
