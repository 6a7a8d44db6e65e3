/**
 * What a source brings before anyone has understood it. It stands with the nouns because both
 * sides need it: sources deliver it, and profiles, which may not look at a source, read it.
 */
import type { Instant } from './instant.ts'
import type { Value } from './reading.ts'

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
