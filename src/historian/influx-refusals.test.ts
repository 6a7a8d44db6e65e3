import { expect, it } from 'vitest'
import { type Refusal, refusals, sentenceOf } from './influx-refusals.ts'

const told = (...reasons: readonly string[]): readonly Refusal[] => {
  const book = refusals()
  for (const [n, reason] of reasons.entries()) book.add({ lines: 1, example: `line ${n}`, reason })
  return book.list
}

it('lines that are refused alike are told of together, though each is repeated in what is said of it', () => {
  expect(
    told(
      "400 unable to parse 'meter,device=a volume=x 1': invalid number",
      '422 points beyond retention policy dropped=1',
      "400 unable to parse 'meter,device=b volume=y 2': invalid number",
      '422 points beyond retention policy dropped=17',
    ),
  ).toEqual([
    {
      lines: 2,
      example: 'line 0',
      reason: "400 unable to parse 'meter,device=a volume=x 1': invalid number",
    },
    { lines: 2, example: 'line 1', reason: '422 points beyond retention policy dropped=1' },
  ])
})

it('another status, field or measurement is another reason', () => {
  const reasons = [
    '400 field type conflict: input field "volume" on measurement "water-meter"',
    '400 field type conflict: input field "flow" on measurement "water-meter"',
    '422 field type conflict: input field "volume" on measurement "water-meter"',
  ]
  expect(told(...reasons).map(({ reason }) => reason)).toEqual(reasons)
})

it('however many reasons a server gives, few are told, and every line is counted', () => {
  const list = told(...Array.from({ length: 1_000 }, (_, n) => `400 no "${'x'.repeat(n)}"`))
  expect(list).toHaveLength(20)
  expect(list.reduce((sum, { lines }) => sum + lines, 0)).toBe(1_000)
})

it('one line needs no number', () => {
  const refusal = { lines: 1, example: 'line', reason: '413 too large' }
  expect(sentenceOf(refusal)).toBe('413 too large')
  expect(sentenceOf({ ...refusal, lines: 2 })).toBe(
    '2 lines were refused, the first of them with: 413 too large',
  )
})
