/** The one thing we ever tell an edge node: `Node Control/Rebirth` = true, which makes it declare everything again. */
import type { Instant } from '../model/instant.ts'

const REBIRTH = new TextEncoder().encode('Node Control/Rebirth')

/** Payload{1 timestamp, 2 Metric{1 name, 3 timestamp, 4 datatype 11 (Boolean), 14 true}} */
export function rebirthCommand(now: Instant): Uint8Array {
  const time = varint(now)
  const metric = [0x0a, REBIRTH.length, ...REBIRTH, 0x18, ...time, 0x20, 11, 0x70, 1]
  return Uint8Array.from([0x08, ...time, 0x12, metric.length, ...metric])
}

/** Of a whole number up to 2^53. */
function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return [...bytes, rest]
}
