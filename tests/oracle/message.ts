/**
 * The messages of a run. Whoever knows the seed knows every message that may ever be stored, so
 * the verifier needs no copy of what was sent: a reading is either one of these or invented.
 */
import { mixed } from './random.ts'

export type Run = {
  readonly seed: number
  /** The instant of every device's message 0, ms since the epoch. */
  readonly start: number
  readonly devices: number
}

/** Days of messages fit into the thirty that the gateway believes, at any rate that a soak can reach. */
const STEP_MS = 250
const BACK_MS = 20 * 86_400_000

export function newRun(seed: number, devices: number): Run {
  return { seed, devices, start: Math.floor((Date.now() - BACK_MS) / 1_000) * 1_000 }
}

/** Every other one is a gate: its samples are told apart as a whole, so no reading hides another of its instant. */
export const isGate = (device: number) => device % 2 === 1

export const deviceId = (device: number) => `${isGate(device) ? 'gate' : 'meter'}-${device + 1}`
export const topicOf = (device: number) => `gatehouse/${deviceId(device)}/readings`

export const instantOf = ({ start }: Run, n: number) => start + n * STEP_MS

/** Which message was measured at the instant; a fraction or a negative number is none. */
export const numberAt = ({ start }: Run, at: number) => (at - start) / STEP_MS

/** Below what any rule rings at, and never the same twice in a row. */
export function valuesOf({ seed }: Run, device: number, n: number): Record<string, number | string> {
  const bits = mixed(mixed(seed ^ Math.imul(device + 1, 0x9e3779b1)) ^ Math.imul(n + 1, 0x85ebca6b))
  if (isGate(device)) {
    return { access: 'granted', credential: `card-${bits % 10_000}`, lock: bits & 1 ? 'locked' : 'unlocked' }
  }
  return {
    volume: 1_000 + n + (bits % 1_000) / 1_000,
    flow: (bits >>> 10) % 6,
    valve: bits & 1 ? 'open' : 'closed',
  }
}

export const payloadOf = (run: Run, device: number, n: number): string =>
  JSON.stringify({ time: instantOf(run, n), ...valuesOf(run, device, n) })
