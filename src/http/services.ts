/**
 * What the routes need of the gateway, and no more. The composition root hands it over; a
 * test hands over the real operations on a temporary file.
 */
import type { ReadingsQuery } from '../historian/historian.ts'
import type { Alarm, AlarmState, Severity } from '../model/alarm.ts'
import type { DeadLetter, Link } from '../model/commit.ts'
import type { Clock, Instant, Interval } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { DeviceId, Quality, Reading, Value } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import type { UseQuality, UseStep } from '../model/water-use.ts'
import type { OrderState, WorkOrder } from '../model/work-order.ts'
import type { Role } from './rights.ts'

export type Caller = {
  readonly name: string
  readonly role: Role
  /** The assignee's name whose orders a contractor may see. */
  readonly contractor?: string
}

export type UseRow = Interval & {
  readonly id: string
  readonly name: string
  readonly volumeM3: number | null
  readonly quality: UseQuality
  readonly coverage: number
}

export type Services = {
  readonly clock: Clock
  readonly log: Log
  readonly site: Site
}
