/**
 * The points that every device of a family shares, whatever its maker calls them: rules, the
 * ledger and the page know only these names and units. A profile translates into them.
 */
import type { Family } from '../model/device.ts'

/** Every unit a profile may give; empty for a bare number. One list, so that "L" and "l" can never both exist. */
export const UNITS = ['m³', 'm³/h', 'MPa', '°C', 'V', '%', 'dBm', '°', 'm', 'km', 'km/h', 'L', ''] as const

export type Unit = (typeof UNITS)[number]

export type CanonicalPoint =
  | { readonly type: 'number'; readonly unit: Unit }
  | { readonly type: 'string'; readonly oneOf?: readonly string[] }
  | { readonly type: 'boolean' }

const number = (unit: Unit): CanonicalPoint => ({ type: 'number', unit })
const oneOf = (...words: string[]): CanonicalPoint => ({ type: 'string', oneOf: words })
const text: CanonicalPoint = { type: 'string' }
const flag: CanonicalPoint = { type: 'boolean' }

export const FAMILY_POINTS: Readonly<Record<Family, Readonly<Record<string, CanonicalPoint>>>> = {
  'water-meter': {
    /** The meter itself says that water runs back (LwM2M 3424/11). */
    'back-flow': flag,
    battery: number('V'),
    'battery-level': number('%'),
    'battery-low': flag,
    'cover-open': flag,
    flow: number('m³/h'),
    /** A magnet stands against the meter. */
    'magnetic-field': flag,
    /** The radio module is off the meter. */
    'module-removed': flag,
    pressure: number('MPa'),
    /** Cumulative, what ran back. */
    reverse: number('m³'),
    /** Somebody is at the meter itself. */
    tamper: flag,
    /** Cumulative. */
    volume: number('m³'),
    valve: oneOf('open', 'closed'),
  },
  'access-control-gate': {
    access: oneOf('granted', 'denied'),
    credential: text,
    /** Which way a granted passage leads: into the area that the gate guards, or out of it. */
    direction: oneOf('in', 'out'),
    door: oneOf('open', 'closed'),
    /** Signalled under threat, without showing it (ONVIF: AccessControl/Duress). */
    duress: flag,
    /** The fire release: as long as it is on, doors stand unlocked so that people can leave. */
    fire: flag,
    lock: oneOf('locked', 'unlocked'),
    reason: text,
    /** Somebody is at the device itself (ONVIF: DoorTamper; OSDP: the tamper bit). */
    tamper: flag,
  },
  'patrol-checkpoint': { duress: flag, guard: text, tag: text, tamper: flag },
  'vehicle-tracker': {
    /** Radius within which the position is right, where the receiver says one. */
    accuracy: number('m'),
    /** Whether the tracker is fed by the vehicle (JT/T 808: alarm bit 8 says that it is not). */
    'external-power': flag,
    fuel: number('L'),
    /** Horizontal dilution of precision. */
    hdop: number(''),
    heading: number('°'),
    ignition: flag,
    lat: number('°'),
    lon: number('°'),
    odometer: number('km'),
    satellites: number(''),
    speed: number('km/h'),
  },
}
