import { expect, it } from 'vitest'
import type { Sample } from '../model/reading.ts'
import { newBatch } from './remembered.ts'
import { repeatMemory } from './repeats.ts'

type Said = Pick<Sample, 'values' | 'doubts'>

const BAD = { volume: 'bad' } as const

/** What becomes of the second, said of a meter's instant of which the first was said before. */
function second(first: Said, then: Said) {
  const memory = repeatMemory(100)
  const sample = (said: Said): Sample => ({ device: 'meter-1', at: 0, ...said })
  memory.judge(sample(first), () => 'point', newBatch())
  const { fresh, repeats, conflicts } = memory.judge(sample(then), () => 'point', newBatch())
  return { fresh: fresh && { values: fresh.values, doubts: fresh.doubts }, repeats, conflicts }
}

it.each<[string, Said, Said, ReturnType<typeof second>]>([
  [
    'a doubt alone of a point that has its value is a conflict',
    { values: { volume: 5 } },
    { values: {}, doubts: BAD },
    { fresh: undefined, repeats: 0, conflicts: 1 },
  ],
  [
    'the same doubt again is a repeat',
    { values: {}, doubts: BAD },
    { values: {}, doubts: BAD },
    { fresh: undefined, repeats: 1, conflicts: 0 },
  ],
  [
    'another doubt is a conflict',
    { values: {}, doubts: BAD },
    { values: {}, doubts: { volume: 'uncertain' } },
    { fresh: undefined, repeats: 0, conflicts: 1 },
  ],
  [
    'a value of a point that was said to have none is a conflict, as histories keep it',
    { values: {}, doubts: BAD },
    { values: { volume: 5 } },
    { fresh: undefined, repeats: 0, conflicts: 1 },
  ],
  [
    'a doubt of a point that nobody spoke of is kept, beside the repeat of another',
    { values: { flow: 1 } },
    { values: { flow: 1 }, doubts: BAD },
    { fresh: { values: {}, doubts: BAD }, repeats: 1, conflicts: 0 },
  ],
])('of a meter %s', (_what, first, then, judged) => {
  expect(second(first, then)).toEqual(judged)
})
