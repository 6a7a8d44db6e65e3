/**
 * What is known of a door, for every rule that judges one: how it and its lock stand, who was let in, and whether a
 * fire release is on. Words are ONVIF's. A door that never says how its lock stands counts as locked.
 */
import * as z from 'zod'
import type { Device } from '../model/device.ts'
import type { Instant } from '../model/instant.ts'
import { type DeviceId, type Reading, stated } from '../model/reading.ts'

export const Door = z.strictObject({
  door: z.enum(['open', 'closed', 'unknown']),
  lock: z.enum(['locked', 'unlocked']),
  /** It was unlocked for one passage. */
  forPassage: z.boolean(),
  grantedAt: z.int().nullable(),
  /** Those who say that a fire release is on; the door's own controller or another of its building. */
  fire: z.array(z.string()),
})
export type Door = z.output<typeof Door>

export const UNKNOWN_DOOR: Door = {
  door: 'unknown',
  lock: 'locked',
  forPassage: false,
  grantedAt: null,
  fire: [],
}

export const RELEASE_TIME = {
  releaseTimeMs: z
    .int()
    .nonnegative()
    .default(5_000)
    .meta({ description: 'An unlocking this soon after a grant is for one passage (ONVIF: ReleaseTime).' }),
}

/** Of the door itself; a reading of any other device tells only of its fire release. */
export type DoorOptions = { readonly device: DeviceId; readonly releaseTimeMs: number }

/** Meant to stand open: unlocked for more than a passage, or so that people can leave. */
export const isReleased = ({ lock, forPassage, fire }: Door): boolean =>
  fire.length > 0 || (lock === 'unlocked' && !forPassage)

export const grantedWithin = ({ grantedAt }: Door, at: Instant, ms: number): boolean =>
  grantedAt !== null && at - grantedAt <= ms

/** The door after a reading; the very same where nothing has changed. */
export function heard(door: Door, reading: Reading, { device, releaseTimeMs }: DoorOptions): Door {
  const fire = fireAfter(door.fire, reading)
  if (reading.device !== device) return fire === door.fire ? door : { ...door, fire }
  const { at } = reading
  const [said, lock] = [stated(reading, 'door'), stated(reading, 'lock')]
  const grantedAt = stated(reading, 'access') === 'granted' ? at : door.grantedAt
  const next: Door = {
    door: said === 'open' || said === 'closed' ? said : door.door,
    lock: lock === 'locked' || lock === 'unlocked' ? lock : door.lock,
    forPassage: door.forPassage,
    grantedAt,
    fire,
  }
  if (lock !== undefined) {
    const stoodOpen = door.lock === 'unlocked' && !door.forPassage
    next.forPassage = lock === 'unlocked' && !stoodOpen && grantedWithin(next, at, releaseTimeMs)
  }
  return isSame(door, next) ? door : next
}

const isSame = (a: Door, b: Door) =>
  a.door === b.door &&
  a.lock === b.lock &&
  a.forPassage === b.forPassage &&
  a.grantedAt === b.grantedAt &&
  a.fire === b.fire

function fireAfter(fire: DeviceId[], reading: Reading): DeviceId[] {
  const said = stated(reading, 'fire')
  if (typeof said !== 'boolean' || said === fire.includes(reading.device)) return fire
  return said ? [...fire, reading.device] : fire.filter((device) => device !== reading.device)
}

/** Of a kind that keeps a door in its state. */
export const goesByFire = ({ door }: { readonly door: Door }): readonly DeviceId[] => door.fire

/** A fire release is that of the door's building, else of its zone; a door of neither has its own. */
export const FIRE_RELEASE = {
  point: 'fire',
  groupOf: ({ place: { building, zone } }: Device) => building ?? zone,
}
