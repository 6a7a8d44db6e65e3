import { expect, it } from 'vitest'
import type { Alarm } from '../api/types.ts'
import { linesOf } from './lines.ts'

const at = (clock: string) => `2026-11-22T${clock}:00+08:00`
const NIGHT = { from: Date.parse(at('00:00')), to: Date.parse(at('08:00')) }

const alarm = (more: Partial<Alarm>): Alarm =>
  ({
    id: 'a',
    rule: 'burst-pipe',
    severity: 'critical',
    place: { institution: 'bureau', building: 'east' },
    raisedAt: at('01:00'),
    clearedAt: null,
    suppression: null,
    ...more,
  }) as Alarm

it('what came in a shift stands in lines of one rule and building, the worst first; what came before or after does not', () => {
  const lines = linesOf(
    [
      alarm({ raisedAt: at('03:00'), clearedAt: at('03:10') }),
      alarm({ raisedAt: at('02:00') }),
      alarm({ raisedAt: at('08:00') }),
      alarm({ rule: 'late-patrol', severity: 'low', clearedAt: at('01:01') }),
      alarm({ rule: 'late-patrol', severity: 'low', raisedAt: at('00:00'), clearedAt: at('00:05') }),
      alarm({ rule: 'burst-pipe', place: { institution: 'school' }, severity: 'high' }),
    ],
    NIGHT,
  )
  expect(lines).toEqual([
    {
      rule: 'burst-pipe',
      place: 'east',
      severity: 'critical',
      count: 2,
      active: 1,
      firstAt: at('02:00'),
      lastAt: at('03:00'),
    },
    {
      rule: 'burst-pipe',
      place: 'school',
      severity: 'high',
      count: 1,
      active: 1,
      firstAt: at('01:00'),
      lastAt: at('01:00'),
    },
    {
      rule: 'late-patrol',
      place: 'east',
      severity: 'low',
      count: 2,
      active: 0,
      firstAt: at('00:00'),
      lastAt: at('01:00'),
    },
  ])
})
