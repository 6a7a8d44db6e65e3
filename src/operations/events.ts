/**
 * Business events have one home: one function each, so that the outbox, the live stream and
 * whoever is notified cannot drift apart. A payload is the noun itself as it stood at that moment.
 */
import type { Alarm } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import type { WorkOrder } from '../model/work-order.ts'
import { alarmView, orderView, type Reader } from './views.ts'

export type BusinessEvent =
  | { readonly kind: 'alarm.raised' | 'alarm.acknowledged' | 'alarm.cleared'; readonly alarm: Alarm }
  | { readonly kind: 'order.created' | 'order.moved'; readonly order: WorkOrder }

export type StoredEvent = BusinessEvent & {
  /** Strictly increasing. */
  readonly id: number
  readonly at: Instant
}

/** It rings: a person must answer. */
export const alarmRaised = (alarm: Alarm): BusinessEvent => ({ kind: 'alarm.raised', alarm })

export const alarmAcknowledged = (alarm: Alarm): BusinessEvent => ({ kind: 'alarm.acknowledged', alarm })

/** Without an `alarm.raised` before it: it came and went while the gateway was catching up, and never rings. */
export const alarmCleared = (alarm: Alarm): BusinessEvent => ({ kind: 'alarm.cleared', alarm })

export const orderCreated = (order: WorkOrder): BusinessEvent => ({ kind: 'order.created', order })

/** Its state moved, or the state of its verification. */
export const orderMoved = (order: WorkOrder): BusinessEvent => ({ kind: 'order.moved', order })

/** The JSON of the live stream: the same as REST. */
export const eventView = (event: BusinessEvent, reader: Reader) =>
  'alarm' in event ? alarmView(event.alarm, reader) : orderView(event.order, reader)
