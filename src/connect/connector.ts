/**
 * The port of every source. A source delivers raw messages and knows nothing of profiles; it
 * acknowledges to its sender only what `deliver` has resolved, because resolved means durable.
 */
import type { Gap, Link } from '../model/commit.ts'
import type { RawMessage } from '../model/raw-message.ts'

export type { DataChange, Publish, RawMessage } from '../model/raw-message.ts'

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
  /** Publishes to whoever listens on that topic, best effort; rejects where it cannot be handed over now. */
  send?(topic: string, payload: Uint8Array): Promise<void>
}
