import { expect, it } from 'vitest'
import { useTotals } from './use-totals.ts'
import { shareOf, type UseRow } from './water-use.ts'

const row = (
  from: number,
  id: string,
  volumeM3: number | null,
  quality: UseRow['quality'] = 'measured',
): UseRow => ({
  from,
  to: from + 1,
  id,
  name: id.toUpperCase(),
  volumeM3,
  meterMs: 1,
  ...(volumeM3 === null ? { quality: 'missing', coverage: 0 } : { quality, coverage: 1 }),
})

async function* given(...intervals: UseRow[][]) {
  yield* intervals
}

it('adds up both ways, and what is missing is no zero in either', async () => {
  const totals = await useTotals(
    given(
      [row(0, 'a', 1), row(0, 'b', 2, 'estimated')],
      [row(1, 'a', null), row(1, 'b', 4)],
      [row(2, 'a', null), row(2, 'b', null)],
    ),
  )
  expect(totals.subjects).toEqual([
    { id: 'a', name: 'A', volumeM3: 1, quality: 'missing', coverage: 0.333333, missing: 2 },
    { id: 'b', name: 'B', volumeM3: 6, quality: 'missing', coverage: 0.666667, missing: 1 },
  ])
  expect(totals.intervals).toEqual([
    { from: 0, to: 1, volumeM3: 3, quality: 'estimated', coverage: 1, missing: 0 },
    { from: 1, to: 2, volumeM3: 4, quality: 'missing', coverage: 0.5, missing: 1 },
    { from: 2, to: 3, volumeM3: null, quality: 'missing', coverage: 0, missing: 2 },
  ])
  expect(totals.whole).toEqual({ volumeM3: 7, quality: 'missing', coverage: 0.5, missing: 3 })
})

it('who has no meter is on the list, and takes nothing from what is known of the others', async () => {
  const unmetered: UseRow = { ...row(0, 'archive', null), meterMs: 0 }
  const { subjects, intervals, whole } = await useTotals(given([row(0, 'a', 1), unmetered]))
  expect(subjects[1]).toMatchObject({ id: 'archive', volumeM3: null, missing: 1 })
  for (const sum of [intervals[0], whole]) {
    expect(sum).toMatchObject({ volumeM3: 1, quality: 'measured', coverage: 1, missing: 0 })
  }
})

it('coverage is of meter-time: a hundred meters weigh more than one, and a long month more than a short one', async () => {
  const known = (meterMs: number, coverage: number) => ({ ...row(0, `of-${meterMs}`, 1), meterMs, coverage })
  const { whole } = await useTotals(given([known(99, 1), known(1, 0)]))
  expect(whole.coverage).toBeCloseTo(0.99, 9)
  const { subjects } = await useTotals(
    given([{ ...row(0, 'a', 1), meterMs: 31 }], [{ ...row(1, 'a', 1), meterMs: 28, coverage: 0 }]),
  )
  expect(subjects[0]?.coverage).toBe(0.525424)
})

it('of nothing the sum is not known', async () => {
  expect(await useTotals(given())).toEqual({
    subjects: [],
    intervals: [],
    whole: { volumeM3: null, quality: 'missing', coverage: 0, missing: 0 },
  })
})

it('coverage is 1 only where nothing is missing', () => {
  expect(shareOf(31, 31)).toBe(1)
  expect(shareOf(2_678_399_999, 2_678_400_000)).toBe(0.999_999)
  expect(shareOf(0, 5)).toBe(0)
  expect(shareOf(0, 0)).toBe(0)
})
