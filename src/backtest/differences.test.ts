import { expect, it } from 'vitest'
import { differencesOf, type Fired } from './differences.ts'

const HOUR_MS = 3_600_000
const alarm = (subject: string, from: number, to?: number): Fired => ({
  rule: 'burst',
  subject,
  device: subject,
  raisedAt: from * HOUR_MS,
  ...(to !== undefined && { clearedAt: to * HOUR_MS }),
  because: { code: 'flow-far-above', figures: {} },
})

it('alarms of one rule and subject that touch in time are the same, each with one partner', () => {
  const draft = [alarm('a', 1, 2), alarm('a', 5, 6), alarm('b', 1), alarm('c', 1, 2)]
  const other = [alarm('a', 1.5, 3), alarm('a', 20, 21), alarm('b', 30), alarm('d', 1, 2)]
  const { same, added, gone, examples } = differencesOf(draft, other, [])
  expect({ same, added, gone }).toEqual({ same: 2, added: 2, gone: 2 })
  expect(examples.map(({ only, subject, raisedAt }) => `${only} ${subject} ${raisedAt / HOUR_MS}`)).toEqual([
    'draft c 1',
    'other d 1',
    'draft a 5',
    'other a 20',
  ])
})

it('says of each that differs whether readings came late around it', () => {
  const late = [{ device: 'a', from: 2 * HOUR_MS, to: 3 * HOUR_MS }]
  const { withLateReadings, examples } = differencesOf([alarm('a', 4, 5)], [alarm('b', 4, 5)], late)
  expect(withLateReadings).toBe(1)
  expect(examples.map((one) => one.late)).toEqual([true, false])
})

it('what there was nothing to judge by is not gone', () => {
  const other = [alarm('a', 1, 2), alarm('b', 1, 2)]
  const { gone, unjudged, examples } = differencesOf([], other, [], ({ device }) => device === 'b')
  expect({ gone, unjudged }).toEqual({ gone: 1, unjudged: 1 })
  expect(examples.map(({ subject, isJudged }) => [subject, isJudged])).toEqual([
    ['a', false],
    ['b', true],
  ])
})
