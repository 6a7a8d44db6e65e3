/**
 * How a device of the campus behaves: what it says in a stretch of time, as a function of its seed. Nothing is
 * remembered, so the same seed gives the same messages whether time passes in seconds or in days.
 */
import type { Instant } from '../src/model/instant.ts'
import type { DeviceId, Value } from '../src/model/reading.ts'

/** A sample, or bytes that no profile can read. */
export type Said =
  | { readonly device: DeviceId; readonly at: Instant; readonly values: Readonly<Record<string, Value>> }
  | { readonly device: DeviceId; readonly at: Instant; readonly payload: Uint8Array }

/** What is said after `after`, up to and including `upTo`, oldest first. */
export type Behaviour = (after: Instant, upTo: Instant) => readonly Said[]

/** The instants of a steady beat in (after, upTo]; `phaseMs` keeps devices from speaking all at once. */
export function beats(everyMs: number, phaseMs: number, after: Instant, upTo: Instant): Instant[] {
  const instants: Instant[] = []
  const first = Math.floor((after - phaseMs) / everyMs) + 1
  for (let at = first * everyMs + phaseMs; at <= upTo; at += everyMs) instants.push(at)
  return instants
}
