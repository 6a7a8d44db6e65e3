/**
 * The port of every source. A source delivers raw messages and knows nothing of profiles; it
 * acknowledges to its sender only what `deliver` has resolved, because resolved means durable.
 */
import type { Gap, Link } from '../model/commit.ts'
import type { Instant } from '../model/instant.ts'
import type { Value } from '../model/reading.ts'

/** One MQTT publish. */
export type Publish = {
  readonly is: 'publish'
  readonly source: string
  /** Who published: the device or bridge that signed in, where the source knows. */
  readonly sender?: string
  readonly topic: string
  readonly payload: Uint8Array
  /** A retained message is old news: it says nothing about when it was measured. */
  readonly retained: boolean
}

/** One OPC UA data change. */
export type DataChange = {
  readonly is: 'data-change'
  readonly source: string
  /** As configured, with `nsu=`: the server may renumber its namespaces. */
  readonly nodeId: string
  /** `undefined` where the server sent no value that can be held. */
  readonly value: Value | undefined
  readonly statusCode: number
  readonly sourceTimestamp?: Instant
  readonly serverTimestamp?: Instant
}

export type RawMessage = Publish | DataChange

export type Listener = {
  /**
   * Resolves when every message of the batch is durable; only then may it be acknowledged. A
   * rejection leaves it unacknowledged: the source lets its sender send again.
   */
  deliver(messages: readonly RawMessage[]): Promise<void>
  /** A lost link is a status, never an error. */
  link(link: Link): void
  /** What could not be heard and cannot be fetched later. */
  gap(gap: Gap): void
}

export interface Connector extends AsyncDisposable {
  readonly name: string
  /**
   * Called once. Resolves when the source listens or has begun to connect; from then on it
   * reconnects by itself. Rejects with a GatehouseError for what no retry can heal (port taken, wrong options).
   */
  start(listener: Listener): Promise<void>
}
