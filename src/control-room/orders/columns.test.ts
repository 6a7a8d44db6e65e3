import { expect, it } from 'vitest'
import type { WorkOrder } from '../api/types.ts'
import { worstFirst } from './columns.ts'

const order = (
  id: string,
  severity: WorkOrder['severity'],
  minute: number,
  state: WorkOrder['state'] = 'reported',
) =>
  ({
    id,
    severity,
    state,
    createdAt: `2026-11-22T10:${minute}:00+08:00`,
    history: [],
  }) as unknown as WorkOrder

it('the worst order is first, among equals the one that waits longest, and what has ended is last', () => {
  const orders = [
    order('new', 'critical', 40),
    order('ended', 'critical', 10, 'closed'),
    order('mild', 'low', 11),
    order('old', 'critical', 20),
  ]
  expect(worstFirst(orders).map(({ id }) => id)).toEqual(['old', 'new', 'mild', 'ended'])
})
