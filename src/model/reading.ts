/**
 * What devices say. A reading holds one device's points at one instant; a doubt travels
 * with the point it concerns, so that one bad point never hides its neighbours.
 */
import type { Instant } from './instant.ts'

/** `[a-z0-9][a-z0-9-]{0,62}`: it is also an MQTT user name and a topic level. */
export type DeviceId = string

export const DEVICE_ID = /^[a-z0-9][a-z0-9-]{0,62}$/

export type Value = number | string | boolean

/** OPC UA's three severities (Part 4 §7.39); a point without a doubt is good. */
export type Quality = 'good' | 'uncertain' | 'bad'

/** What one device said at one instant, in the units of its profile. */
export type Reading = {
  readonly device: DeviceId
  /** When it was measured, by the device's clock where that clock is plausible. */
  readonly at: Instant
  /** When it reached us: the instant of the journal commit that holds it. */
  readonly receivedAt: Instant
  readonly values: Readonly<Record<string, Value>>
  /** Points not to be taken at face value; a point not named here is good. */
  readonly doubts?: Readonly<Record<string, 'uncertain' | 'bad'>>
}

/** A reading before its commit. */
export type Sample = Omit<Reading, 'receivedAt'>

/** The point's number if it may be believed; `absent` when this reading does not speak of the point. */
export function believed({ values, doubts }: Sample, point: string): number | 'bad' | 'absent' {
  const value = values[point]
  if (value === undefined) return 'absent'
  return doubts?.[point] !== 'bad' && Number.isFinite(value) ? (value as number) : 'bad'
}

/** Speaks of the point, be it only to say that it is bad. */
export const speaksOf = ({ values, doubts }: Sample, point: string): boolean =>
  Object.hasOwn(values, point) || (doubts !== undefined && Object.hasOwn(doubts, point))

/** The point's value, a word or a switch too, if it may be believed; `undefined` where it says nothing that counts. */
export const stated = ({ values, doubts }: Sample, point: string): Value | undefined =>
  doubts?.[point] === 'bad' ? undefined : values[point]
