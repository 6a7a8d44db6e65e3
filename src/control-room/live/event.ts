/** The names of what the live stream says; each carries the same JSON as REST. */
import type { LiveEvent as Sent } from '../api/types.ts'

type WithoutId<Event> = Event extends unknown ? Omit<Event, 'id'> : never

/** The id belongs to the stream, which resumes after it; nobody else needs it. */
export type LiveEvent = WithoutId<Sent>

export const EVENT_NAMES = [
  'alarm.raised',
  'alarm.acknowledged',
  'alarm.cleared',
  'alarm.shelved',
  'alarm.unshelved',
  'alarm.suppressed',
  'alarm.unsuppressed',
  'alarm.latched',
  'alarm.repeated',
  'alarm.escalated',
  'order.created',
  'order.moved',
  'order.overdue',
  'flood.began',
  'flood.ended',
  'out-of-service.began',
  'out-of-service.ended',
  'device.latest',
  'link.changed',
  'heartbeat',
  'reset',
] as const satisfies LiveEvent['event'][]
