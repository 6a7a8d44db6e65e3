/**
 * What keeps an alarm from ringing, of all that is in force: one answer, decided anew whenever any
 * of it begins or ends. What a person said goes before what the gateway concludes.
 */
import type { Alarm, SubjectId, Suppression } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'

type ByPerson = {
  readonly at: Instant
  /** By the journal; always later than `at`. */
  readonly until: Instant
  readonly reason: string
  readonly who: string
}

/** Covers whatever its rule finds in its subject, now and until it ends. */
export type Shelf = ByPerson & {
  readonly subject: SubjectId
  readonly rule: string
  /** The newest alarm that it covered: where people find it. */
  readonly alarm: string
  readonly oneShot?: true
}

export const OUT_OF_SERVICE_KINDS = ['device', 'zone'] as const

export type Serviced = { readonly kind: (typeof OUT_OF_SERVICE_KINDS)[number]; readonly id: string }

/** A device, or all of a zone, under maintenance: its readings are kept, its alarms do not ring. */
export type OutOfService = ByPerson & Serviced

/** An alarm that says that its subject's children cannot be heard. */
export type DeadParent = {
  readonly alarm: string
  readonly subject: SubjectId
  /** When the alarm was raised, and since when nobody can be heard. */
  readonly at: Instant
  readonly since: Instant
}

export type InForce = {
  readonly outOfService?: OutOfService | undefined
  readonly shelf?: Shelf | undefined
  readonly parent?: DeadParent | undefined
}

export function suppressionIn(
  { outOfService, shelf, parent }: InForce,
  { neverShelve, raisedAt, suppression }: Pick<Alarm, 'neverShelve' | 'raisedAt' | 'suppression'>,
): Suppression | undefined {
  if (neverShelve) return undefined
  if (outOfService) {
    const { at, until, reason, who } = outOfService
    return { by: 'out-of-service', at, until, reason, who }
  }
  if (shelf) {
    const { at, until, reason, who, oneShot } = shelf
    return { by: 'shelved', at, until, reason, who, ...(oneShot && { oneShot }) }
  }
  if (!parent) return undefined
  // What was wrong before the parent died is not its doing, unless an earlier death of a parent was, and it
  // was not heard since.
  if (raisedAt < parent.since && suppression?.by !== 'parent') return undefined
  return { by: 'parent', at: Math.max(raisedAt, parent.at), parent: parent.alarm }
}

/**
 * What an alarm may do to work orders while it does not ring. A proof of repair must hear of a breach whoever wished
 * for quiet; but what only a dead parent makes look broken says nothing about any repair.
 */
export const ORDERS_WHILE: Readonly<Record<Suppression['by'], 'joins' | 'waits'>> = {
  shelved: 'joins',
  'out-of-service': 'joins',
  parent: 'waits',
}

/** Children by parent and parents by child, nearest first; a parent is a device, or a source as `source:<name>`. */
export type Kinship = {
  parentsOf(device: DeviceId): readonly SubjectId[]
  childrenOf(parent: SubjectId): readonly DeviceId[]
}
