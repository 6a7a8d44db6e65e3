import { expect, it } from 'vitest'
import type { WorkOrder } from '../api/types.ts'
import { columnOf, movesOf, worstFirst } from './columns.ts'

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

it('a verified repair is visited, or closed, or sent back; a visited one stands beside it and is closed next', () => {
  const moves = (state: WorkOrder['state'], ...next: WorkOrder['next']) =>
    movesOf({ ...order('one', 'high', 10, state), next }).map(({ name, isForward }) => `${name} ${isForward}`)
  expect(moves('verified', 'accepted', 'closed', 'visited')).toEqual([
    'move.visited true',
    'move.closed true',
    'move.back false',
  ])
  expect(moves('visited', 'accepted', 'closed')).toEqual(['move.closed true', 'move.back false'])
  expect(columnOf(order('one', 'high', 10, 'visited'))).toBe('verified')
})

it('an order on hold stands with those being worked on; its way forward is to go on, and giving it back leads nowhere ahead', () => {
  const moves = (state: WorkOrder['state'], ...next: WorkOrder['next']) =>
    movesOf({ ...order('one', 'high', 10, state), next }).map(({ name, isForward }) => `${name} ${isForward}`)
  expect(columnOf(order('one', 'high', 10, 'on-hold'))).toBe('accepted')
  expect(moves('on-hold', 'accepted', 'dispatched', 'reported', 'cancelled')).toEqual([
    'move.resume true',
    'move.again false',
    'move.reported false',
    'move.cancelled false',
  ])
  expect(moves('accepted', 'done', 'on-hold', 'dispatched', 'reported')[0]).toBe('move.done true')
  expect(moves('dispatched', 'dispatched', 'accepted', 'reported').at(-1)).toBe('move.reported false')
})
