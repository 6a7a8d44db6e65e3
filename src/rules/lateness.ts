/**
 * A reading older than the device's newest is late: history and ledger take it, live rules do not.
 * The live run and a back-test share this piece, so they leave out the same readings.
 */
import type { Instant } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'

/** The newest `at` of each device; plain data for the checkpoint, one entry a device. */
export type Newest = Map<DeviceId, Instant>

/** The readings that are not late, in their order; `newest` moves on with them. */
export function onTime(readings: readonly Reading[], newest: Newest): Reading[] {
  return readings.filter(({ device, at }) => {
    const before = newest.get(device)
    if (before !== undefined && at < before) return false
    newest.set(device, at)
    return true
  })
}
