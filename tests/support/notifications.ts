/** Notifications as the outbox hands them out, for what plans and words them. */
import type { Alarm, Severity } from '../../src/model/alarm.ts'
import type { WorkOrder } from '../../src/model/work-order.ts'
import type { Writing } from '../../src/notify/channel.ts'
import type { BusinessEvent } from '../../src/operations/events.ts'
import type { Notification } from '../../src/operations/outbox.ts'

export const AT = Date.parse('2026-11-22T10:00:00.000+08:00')

export const anAlarm = (more: Partial<Alarm> = {}): Alarm => ({
  id: 'alarm-1',
  rule: 'burst-pipe',
  fault: 'burst-pipe',
  subject: 'meter-1',
  device: 'meter-1',
  place: { institution: 'bureau', building: 'main' },
  severity: 'high',
  state: 'active-unacknowledged',
  raisedAt: AT,
  learnedAt: AT,
  because: { code: 'above-for', figures: { point: 'flow', value: 18.4, above: 6, forMs: 720_000 } },
  ...more,
})

export const anOrder = (more: Partial<WorkOrder> = {}): WorkOrder => ({
  id: 'order-1',
  number: 381,
  kind: 'repair',
  fault: 'burst-pipe',
  subject: 'meter-1',
  device: 'meter-1',
  occurrences: ['alarm-1'],
  severity: 'high',
  state: 'dispatched',
  assignee: 'Plumbers',
  version: 2,
  title: '爆管 burst pipe · Main meter',
  createdAt: AT,
  history: [],
  verification: { state: 'none' },
  ...more,
})

export type More = Partial<Pick<Notification, 'inFlood' | 'parcel' | 'tries' | 'noun'>>

export function notification(id: number, event: BusinessEvent, more: More = {}): Notification {
  const noun = 'alarm' in event ? event.alarm.id : 'order' in event ? event.order.id : 'flood'
  const severity: Severity | undefined =
    'alarm' in event ? event.alarm.severity : 'order' in event ? event.order.severity : undefined
  return {
    id,
    channel: 'duty',
    key: `${noun}.${id}`,
    noun,
    inFlood: false,
    state: 'waiting',
    tries: 0,
    event: { id, at: AT, ...event },
    ...(severity && { severity }),
    ...more,
  }
}

export const raised = (id: number, severity: Severity = 'high', more: More = {}): Notification =>
  notification(id, { kind: 'alarm.raised', alarm: anAlarm({ id: `alarm-${id}`, severity }) }, more)

export const WRITING: Writing = {
  site: 'Campus',
  language: 'en',
  device: (id) => (id === 'meter-1' ? 'Main meter' : id),
  zone: (id) => id,
  place: ({ institution, building = '' }) => `${institution} ${building}`.trim(),
  instant: (at) => new Date(at + 8 * 3_600_000).toISOString().replace('Z', '+08:00'),
}
