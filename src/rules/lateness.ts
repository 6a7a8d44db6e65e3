/**
 * A reading older than the device's newest is late: history and ledger take it, live rules do not, but for
 * what `set-back.ts` lets through. The live run and a back-test share this piece, so they leave out the same
 * readings.
 */
import type { Instant } from '../model/instant.ts'

/** Devices go by number, from 0 without holes. */
export type Lateness = {
  /** Whether the reading is late; one that is not moves the newest on. */
  isLate(device: number, at: Instant): boolean
  newestOf(device: number): Instant
  /** Devices with another newest than at the last call. */
  takeChanged(): number[]
}

const NONE = Number.NEGATIVE_INFINITY

/** `stored` are the newest so far; devices may be added at any time. */
export function createLateness(stored: Iterable<readonly [device: number, newest: Instant]>): Lateness {
  let newest = new Float64Array(1_024).fill(NONE)
  let isChanged = new Uint8Array(newest.length)
  const changed: number[] = []
  const reach = (device: number) => {
    const length = Math.max(2 * newest.length, device + 1)
    const [longer, flags] = [new Float64Array(length).fill(NONE), new Uint8Array(length)]
    longer.set(newest)
    flags.set(isChanged)
    newest = longer
    isChanged = flags
  }
  const set = (device: number, at: Instant) => {
    if (device >= newest.length) reach(device)
    newest[device] = at
  }
  for (const [device, at] of stored) set(device, at)
  return {
    isLate(device, at) {
      if (at < (newest[device] ?? NONE)) return true
      set(device, at)
      if (isChanged[device] === 0) {
        isChanged[device] = 1
        changed.push(device)
      }
      return false
    },
    newestOf: (device) => newest[device] ?? NONE,
    takeChanged() {
      for (const device of changed) isChanged[device] = 0
      return changed.splice(0)
    },
  }
}
