/** What the live stream says, by name, with the same JSON as REST. */
import type { Alarm, Device, Link, WorkOrder } from '../api/types.ts'

export type LiveEvent =
  | { event: 'alarm.raised' | 'alarm.acknowledged' | 'alarm.cleared'; data: Alarm }
  | { event: 'order.created' | 'order.moved'; data: WorkOrder }
  | { event: 'device.latest'; data: Pick<Device, 'id' | 'status' | 'lastSeenAt' | 'latest'> }
  | { event: 'link.changed'; data: Link }
  | { event: 'heartbeat'; data: { at: string } }
  | { event: 'reset'; data: { because: string } }

export const EVENT_NAMES = [
  'alarm.raised',
  'alarm.acknowledged',
  'alarm.cleared',
  'order.created',
  'order.moved',
  'device.latest',
  'link.changed',
  'heartbeat',
  'reset',
] as const satisfies LiveEvent['event'][]
