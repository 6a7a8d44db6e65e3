/** Devices and where they stand. What a device can say is in its profile, not here. */
import type { DeviceId } from './reading.ts'
import type { WaterKind } from './water-use.ts'

export const FAMILIES = [
  'water-meter',
  'access-control-gate',
  'patrol-checkpoint',
  'vehicle-tracker',
] as const

export type Family = (typeof FAMILIES)[number]

export type Place = {
  readonly institution: string
  readonly building?: string
  readonly zone?: string
}

/** What is known of a water meter's register; what is not known is absent. */
export type Register = {
  /** Where it starts again from 0, m³; without it no decrease is ever a rollover. */
  readonly capacityM3?: number
  /** More than this cannot run through the meter, m³/h. */
  readonly maxRateM3h?: number
}

/** For whom a water meter counts, from one local date until before another; always, where none is given. */
export type Counting = {
  readonly institution: string
  readonly building?: string
  /** `2026-07-01` */
  readonly from?: string
  readonly until?: string
}

/** A water meter put in the place of another under the same id. */
export type Exchange = {
  /** When, by the clocks of the site: `2026-07-01T10:30`. */
  readonly at: string
  /** What the old register said last, m³. */
  readonly finalM3: number
  /** What the new one said first, m³. */
  readonly initialM3: number
}

export type Device = {
  readonly id: DeviceId
  readonly name: string
  readonly family: Family
  /** `<vendor>/<model>`, a file under `device-profiles/`. */
  readonly profile: string
  readonly place: Place
  /** How others name it: the id in a bridge's payload or topic, or the node id of its OPC UA object. */
  readonly address?: string
  /** The source that brings it, where that is not the embedded broker: a name from `sources`. */
  readonly source?: string
  /**
   * The device through which it is heard, such as a concentrator: while that one is silent, its own silence
   * does not ring.
   */
  readonly parent?: DeviceId
  /** Fixed position, WGS 84, for the map; a vehicle has none. */
  readonly position?: { readonly lat: number; readonly lon: number }
  /** Of a water meter, where it differs from what its profile says. */
  readonly register?: Register
  /** How often this one was set to report, where that is not what its profile says. */
  readonly reportsEveryMs?: number
  /** Of a water meter: what runs through it; tap water where nothing is said. */
  readonly water?: WaterKind
  /**
   * Of a water meter that was put up, moved or taken away: nobody misses it before and after. Without it: for
   * its place, always.
   */
  readonly counted?: readonly Counting[]
  /** Of a water meter, oldest first. */
  readonly exchanges?: readonly Exchange[]
  /** False: it is there in reality, and no simulator speaks for it. */
  readonly simulated?: boolean
}

/**
 * What makes two readings the same one. A meter measures each point once an instant, so a second
 * value there is a repeat or a conflict; events of a door are told apart by all they say.
 */
export type RepeatsBy = 'point' | 'sample'

export const repeatsBy = (family: Family): RepeatsBy => (family === 'water-meter' ? 'point' : 'sample')

/** Lists are never changed, and the site's is asked by nearly every room: one index for all of them. */
const indexOf = new WeakMap<readonly Device[], ReadonlyMap<DeviceId, Device>>()

/** Of two of one name the later. */
export function devicesById(devices: readonly Device[]): ReadonlyMap<DeviceId, Device> {
  const before = indexOf.get(devices)
  if (before) return before
  const made = new Map(devices.map((device) => [device.id, device]))
  indexOf.set(devices, made)
  return made
}
