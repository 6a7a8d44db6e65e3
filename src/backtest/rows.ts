/** Where a back-test reads history: whole parts of the site at a time, in either order, in bounded memory. */
import type { RepeatsBy } from '../model/device.ts'
import type { Interval } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'

/**
 * A gateway that starts at `from` hears what devices had kept by then, so readings measured so long before it
 * count too where they were received after it. Ms.
 */
export const KEPT_BEFORE_MS = 2 * 86_400_000

export type RowsQuery = Interval & {
  readonly devices: readonly DeviceId[]
  /** By `at`, or by `receivedAt`; then by journal order, as far as it is known. */
  readonly order: 'measured' | 'received'
}

export interface HistoryRows extends AsyncDisposable {
  /** Readings of each device in the interval; undefined where counting would cost as much as reading. */
  counts(interval: Interval): Promise<ReadonlyMap<DeviceId, number> | undefined>
  /** Readings measured in the interval, and those kept from before it, without repeats. */
  read(query: RowsQuery): AsyncIterable<readonly Reading[]>
}

export type RepeatsOf = (device: DeviceId) => RepeatsBy
