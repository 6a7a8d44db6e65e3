/**
 * Business events have one home: one function each, so that the outbox, the live stream and
 * whoever is notified cannot drift apart. A payload is the noun itself as it stood at that moment.
 */
import type { OutOfService } from '../alarms/suppression.ts'
import type { Alarm, Suppression } from '../model/alarm.ts'
import type { Flood } from '../model/flood.ts'
import type { Instant } from '../model/instant.ts'
import type { WorkOrder } from '../model/work-order.ts'
import { alarmView, floodView, orderView, outOfServiceView, type Reader } from './views.ts'

/** How it ended: by itself at its time, or by a person before that. */
export type EndOfService = { readonly at: Instant; readonly by: string }

export type BusinessEvent =
  | {
      readonly kind: 'alarm.raised'
      readonly alarm: Alarm
      /** Where it rang later than it was learnt: after it was shelved, say. Not kept. */
      readonly rangAt?: Instant
    }
  | { readonly kind: 'alarm.acknowledged' | 'alarm.cleared'; readonly alarm: Alarm }
  | { readonly kind: 'alarm.escalated'; readonly alarm: Alarm }
  | {
      readonly kind:
        | 'alarm.shelved'
        | 'alarm.unshelved'
        | 'alarm.suppressed'
        | 'alarm.unsuppressed'
        | 'alarm.latched'
        | 'alarm.repeated'
      readonly alarm: Alarm
    }
  | { readonly kind: 'order.created' | 'order.moved' | 'order.overdue'; readonly order: WorkOrder }
  | { readonly kind: 'flood.began' | 'flood.ended'; readonly flood: Flood }
  | {
      readonly kind: 'out-of-service.began' | 'out-of-service.ended'
      readonly outOfService: OutOfService & { readonly ended?: EndOfService }
    }

export type StoredEvent = BusinessEvent & {
  /** Strictly increasing. */
  readonly id: number
  readonly at: Instant
}

/** It rings: a person must answer. */
export const alarmRaised = (alarm: Alarm, rangAt?: Instant): BusinessEvent => ({
  kind: 'alarm.raised',
  alarm,
  ...(rangAt !== undefined && { rangAt }),
})

export const alarmAcknowledged = (alarm: Alarm): BusinessEvent => ({ kind: 'alarm.acknowledged', alarm })

/** Without an `alarm.raised` before it: it came and went while the gateway was catching up, and never rings. */
export const alarmCleared = (alarm: Alarm): BusinessEvent => ({ kind: 'alarm.cleared', alarm })

/** It does not ring, or rings no more; by whom and until when is on the alarm. */
export const alarmSuppressed = (alarm: Alarm): BusinessEvent => ({
  kind: alarm.suppression?.by === 'shelved' ? 'alarm.shelved' : 'alarm.suppressed',
  alarm,
})

/** What kept it from ringing has ended. Where it still has to be answered, `alarm.raised` follows. */
export const alarmReleased = (alarm: Alarm, from: Suppression['by']): BusinessEvent => ({
  kind: from === 'shelved' ? 'alarm.unshelved' : 'alarm.unsuppressed',
  alarm,
})

/** Its condition is over, and it stays active until a person says so. */
export const alarmLatched = (alarm: Alarm): BusinessEvent => ({ kind: 'alarm.latched', alarm })

/** An alarm that stands for another one more, or the one that it stands for. */
export const alarmRepeated = (alarm: Alarm): BusinessEvent => ({ kind: 'alarm.repeated', alarm })

/** A step of an escalation was taken; which, is on the alarm. */
export const alarmEscalated = (alarm: Alarm): BusinessEvent => ({ kind: 'alarm.escalated', alarm })

export const floodChanged = (flood: Flood): BusinessEvent => ({
  kind: flood.until === undefined ? 'flood.began' : 'flood.ended',
  flood,
})

/** Also where an earlier one was replaced: until and reason are the new ones. */
export const serviceTaken = (outOfService: OutOfService): BusinessEvent => ({
  kind: 'out-of-service.began',
  outOfService,
})

export const serviceEnded = (outOfService: OutOfService, ended: EndOfService): BusinessEvent => ({
  kind: 'out-of-service.ended',
  outOfService: { ...outOfService, ended },
})

export const orderCreated = (order: WorkOrder): BusinessEvent => ({ kind: 'order.created', order })

/**
 * Its state moved, or the state of its verification; or it became more severe, or somebody said something on
 * it: told with every new version.
 */
export const orderMoved = (order: WorkOrder): BusinessEvent => ({ kind: 'order.moved', order })

/** It was not accepted, or not done, in time; which, is on the order, the newest last. */
export const orderOverdue = (order: WorkOrder): BusinessEvent => ({ kind: 'order.overdue', order })

/** What it is about, as it is kept. */
export function nounOf(event: BusinessEvent): Alarm | WorkOrder | Flood | OutOfService {
  if ('alarm' in event) return event.alarm
  if ('order' in event) return event.order
  return 'flood' in event ? event.flood : event.outOfService
}

/** By the first word of a kind. */
const NOUNS = { alarm: 'alarm', order: 'order', flood: 'flood', 'out-of-service': 'outOfService' } as const

/** An event as it was stored. */
export function eventOf({ kind, body }: { readonly kind: string; readonly body: string }): BusinessEvent {
  const noun = NOUNS[kind.slice(0, kind.indexOf('.')) as keyof typeof NOUNS]
  return { kind, [noun]: JSON.parse(body) } as BusinessEvent
}

/** The JSON of the live stream: the same as REST. */
export function eventView(event: BusinessEvent, reader: Reader) {
  if ('alarm' in event) return alarmView(event.alarm, reader)
  if ('order' in event) return orderView(event.order, reader)
  return 'flood' in event ? floodView(event.flood, reader) : outOfServiceView(event.outOfService, reader)
}
