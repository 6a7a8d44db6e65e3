import { expect, it } from 'vitest'
import type { Alarm, Device, WorkOrder } from '../api/types.ts'
import type { LiveEvent } from './event.ts'
import { mergeAlarms, mergeDevices, mergeOrders, mergeSuppressed, sorted } from './merge.ts'

const alarm = (id: string, state: Alarm['state']) => ({ id, state }) as Alarm
const order = (id: string, version: number) => ({ id, version }) as WorkOrder
const latest = (value: number) => ({
  value,
  unit: null,
  at: '2026-11-22T10:00:00+08:00',
  quality: 'good' as const,
})

it('a raised alarm stands at the top, one that is known stays where it was', () => {
  const list = {
    items: [alarm('a', 'active-unacknowledged'), alarm('b', 'active-unacknowledged')],
    cut: false,
  }
  const batch = sorted([
    { event: 'alarm.acknowledged', data: alarm('b', 'active-acknowledged') },
    { event: 'alarm.raised', data: alarm('c', 'active-unacknowledged') },
  ])
  expect(mergeAlarms(list, batch.alarms).items.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'c active-unacknowledged',
    'a active-unacknowledged',
    'b active-acknowledged',
  ])
  expect(batch.raised.map(({ id }) => id)).toEqual(['c'])
})

it('a shelved alarm comes to those that do not ring, and is known there as unshelved until the list is asked anew', () => {
  const shelved = { ...alarm('a', 'active-unacknowledged'), suppression: { by: 'shelved' } } as Alarm
  const list = mergeSuppressed(
    { items: [], cut: false },
    sorted([
      { event: 'alarm.shelved', data: shelved },
      { event: 'alarm.raised', data: alarm('b', 'active-unacknowledged') },
    ]).alarms,
  )
  expect(list.items).toEqual([shelved])
  const back = sorted([{ event: 'alarm.unshelved', data: alarm('a', 'active-unacknowledged') }])
  expect(mergeSuppressed(list, back.alarms).items).toEqual([alarm('a', 'active-unacknowledged')])
  expect(back.raised, 'it rings by an event of its own').toEqual([])
})

it('an answer that was overtaken does not take an alarm back in its life', () => {
  const list = { items: [alarm('a', 'cleared')], cut: false }
  const late = new Map([['a', alarm('a', 'active-unacknowledged')]])
  expect(mergeAlarms(list, late).items[0]?.state).toBe('cleared')
})

it('an older version of an order never replaces a newer one', () => {
  const list = { items: [order('o', 5)], cut: false }
  expect(mergeOrders(list, new Map([['o', order('o', 4)]])).items[0]?.version).toBe(5)
  expect(mergeOrders(list, new Map([['o', order('o', 6)]])).items[0]?.version).toBe(6)
})

it('the points of one device that arrive apart in a batch add up', () => {
  const heard = (point: string, value: number): LiveEvent => ({
    event: 'device.latest',
    data: { id: 'd', status: 'online', lastSeenAt: null, latest: { [point]: latest(value) } },
  })
  const held = {
    id: 'd',
    name: 'Meter',
    latest: { battery: latest(3.6), flow: latest(0) },
  } as unknown as Device
  const { devices } = sorted([heard('flow', 1), heard('volume', 7), heard('flow', 2)])
  const [device] = mergeDevices({ items: [held], cut: false }, devices).items
  expect(device?.name).toBe('Meter')
  expect(Object.entries(device?.latest ?? {}).map(([point, { value }]) => [point, value])).toEqual([
    ['battery', 3.6],
    ['flow', 2],
    ['volume', 7],
  ])
})

it('what is over and seen for an hour is let go with the next news, what somebody still has to see is not', () => {
  const over = { ...alarm('old', 'cleared'), clearedAt: '2026-11-22T10:00:00+08:00' } as Alarm
  const unseen = { ...over, id: 'unseen', state: 'cleared-unacknowledged' } as Alarm
  const seenLate = { ...over, id: 'seen-late', acknowledged: { at: '2026-11-22T11:30:00+08:00', by: 'li' } }
  const items = [over, unseen, seenLate, { ...alarm('active', 'active-acknowledged'), clearedAt: null }]
  const { alarms } = sorted([{ event: 'alarm.raised', data: alarm('new', 'active-unacknowledged') }])
  const merged = mergeAlarms({ items, cut: false }, alarms, Date.parse('2026-11-22T12:00:00+08:00'))
  expect(merged.items.map(({ id }) => id)).toEqual(['new', 'unseen', 'seen-late', 'active'])
})

it('in an hour of flood what is over gives way, the oldest first, and nothing that stands', () => {
  const now = Date.parse('2026-11-22T11:00:00+08:00')
  const over = (id: string) =>
    ({ ...alarm(id, 'cleared'), clearedAt: '2026-11-22T10:30:00+08:00' }) as unknown as Alarm
  const items = [
    ...Array.from({ length: 9_999 }, (_, at) => over(`over ${at}`)),
    alarm('stands', 'active-unacknowledged'),
  ]
  const come = new Map([
    ['new 1', alarm('new 1', 'active-unacknowledged')],
    ['new 2', alarm('new 2', 'active-unacknowledged')],
  ])
  const ids = mergeAlarms({ items, cut: false }, come, now).items.map(({ id }) => id)
  expect(ids).toHaveLength(10_000)
  expect([...ids.slice(0, 3), ...ids.slice(-2)]).toEqual(['new 2', 'new 1', 'over 0', 'over 9996', 'stands'])
})
