/**
 * The devices consumer: the newest that each device said, kept in memory for whoever looks and
 * in the operations database every few seconds; dead letters and links beside it.
 */

import type { Journal } from '../journal/journal.ts'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { DeviceId } from '../model/reading.ts'
import type { LinkStatus, Operations, Shadow } from '../operations/operations.ts'
import type { Consumer } from './consumer.ts'

/** News for the live stream: at most a few batches a second, each device once with its newest. */
export type DeviceChanges =
  | { readonly kind: 'device.latest'; readonly shadows: readonly Shadow[] }
  | { readonly kind: 'link.changed'; readonly link: LinkStatus }

export interface Devices extends Consumer {
  /** The newest known of each device that was ever heard. */
  readonly shadows: ReadonlyMap<DeviceId, Shadow>
  /** By source. */
  readonly links: ReadonlyMap<string, LinkStatus>
  /** The function that comes back ends it. */
  onChange(listener: (changes: DeviceChanges) => void): () => void
}

export type DevicesParts = {
  readonly journal: Journal
  readonly operations: Operations
  readonly clock: Clock
  readonly log: Log
}

export declare function startDevices(parts: DevicesParts): Promise<Devices>
