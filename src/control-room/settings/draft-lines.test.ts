import { expect, it } from 'vitest'
import type { Backtest } from '../api/types.ts'
import { linesOf } from './draft-lines.ts'

const alarm = (subject: string, hour: number) => ({
  rule: 'burst',
  subject,
  device: subject,
  clearedAt: null,
  raisedAt: `2026-11-01T${String(hour).padStart(2, '0')}:00:00+08:00`,
  because: { code: 'above-for', figures: {}, text: `at ${hour}` },
})
const difference = (more: object) => ({
  same: 0,
  added: 0,
  gone: 0,
  unjudged: 0,
  withLateReadings: 0,
  examples: [],
  ...more,
})

const REPORT = {
  cut: false,
  alarms: [alarm('a', 1), alarm('b', 2)],
  beside: {
    running: difference({ same: 2 }),
    fired: difference({
      same: 1,
      added: 1,
      gone: 1,
      unjudged: 1,
      examples: [
        { ...alarm('b', 2), only: 'draft', late: true, judged: true, id: null },
        { ...alarm('c', 3), only: 'other', late: false, judged: true, id: '7' },
        { ...alarm('d', 0), only: 'other', late: false, judged: false, id: '8' },
      ],
    }),
  },
} as unknown as Backtest

it('alarms of both sides stand in one list, newest first, each with how it differs and why it was raised', () => {
  const { lines, isWhole } = linesOf(REPORT, 'fired')
  expect(lines.map(({ subject, mark, late, because }) => [subject, mark, late, because.text])).toEqual([
    ['c', 'gone', false, 'at 3'],
    ['b', 'added', true, 'at 2'],
    ['a', 'same', false, 'at 1'],
    ['d', 'unjudged', false, 'at 0'],
  ])
  expect(isWhole).toBe(true)
  expect(linesOf(REPORT, 'running').lines.map(({ mark }) => mark)).toEqual(['same', 'same'])
})

it('says where the gateway listed less than it counted', () => {
  const { fired } = REPORT.beside
  const more = { ...REPORT, beside: { ...REPORT.beside, fired: { ...fired, gone: 2_000 } } }
  expect(linesOf(more, 'fired').isWhole).toBe(false)
})
