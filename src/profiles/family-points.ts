/**
 * The points that every device of a family shares, whatever its maker calls them: rules, the
 * ledger and the page know only these names and units. A profile translates into them.
 */
import type { Family } from '../model/device.ts'

/** Every unit a profile may give. One list, so that "L" and "l" can never both exist. */
export const UNITS = ['m³', 'm³/h', 'MPa', '°C', 'V', '%', 'dBm', '°', 'm', 'km', 'km/h', 'L'] as const

export type Unit = (typeof UNITS)[number]

export type CanonicalPoint =
  | { readonly type: 'number'; readonly unit: Unit }
  | { readonly type: 'string'; readonly oneOf?: readonly string[] }
  | { readonly type: 'boolean' }

const number = (unit: Unit): CanonicalPoint => ({ type: 'number', unit })
const oneOf = (...words: string[]): CanonicalPoint => ({ type: 'string', oneOf: words })
const text: CanonicalPoint = { type: 'string' }

export const FAMILY_POINTS: Readonly<Record<Family, Readonly<Record<string, CanonicalPoint>>>> = {
  'water-meter': {
    battery: number('V'),
    flow: number('m³/h'),
    /** Cumulative. */
    volume: number('m³'),
    valve: oneOf('open', 'closed'),
  },
  'access-control-gate': {
    access: oneOf('granted', 'denied'),
    credential: text,
    door: oneOf('open', 'closed'),
    lock: oneOf('locked', 'unlocked'),
    reason: text,
  },
  'patrol-checkpoint': { guard: text, tag: text },
  'vehicle-tracker': {
    fuel: number('L'),
    heading: number('°'),
    ignition: { type: 'boolean' },
    lat: number('°'),
    lon: number('°'),
    odometer: number('km'),
    speed: number('km/h'),
  },
}
