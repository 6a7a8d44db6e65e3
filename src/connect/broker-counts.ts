/** What the embedded broker counts: in memory that threads share, so that whoever asks reads what is true now. */

export type EmbeddedBrokerCounts = {
  /** Open now, signed in or not. */
  connections: number
  /** Durable, and so acknowledged where QoS 1. */
  published: number
  /** Not durable in time or at all; their connections were closed. */
  undelivered: number
  /** Outside of the grant, `$…`, QoS 2, or a will without its client. */
  refusedPublishes: number
  refusedSubscriptions: number
  wrongCredentials: number
  /** Not even looked at, because too many attempts failed before. */
  delayedSignIns: number
  /** Over one of the limits of connections. */
  refusedConnections: number
  oversizedPackets: number
  /** What aedes ended for other reasons: not MQTT 3.1.1, keep-alive run out, a frozen reader. */
  connectionErrors: number
  /** What the gateway published itself, to whoever had subscribed. */
  sent: number
}

const PLACES: Readonly<Record<keyof EmbeddedBrokerCounts, number>> = {
  connections: 0,
  published: 1,
  undelivered: 2,
  refusedPublishes: 3,
  refusedSubscriptions: 4,
  wrongCredentials: 5,
  delayedSignIns: 6,
  refusedConnections: 7,
  oversizedPackets: 8,
  connectionErrors: 9,
  sent: 10,
}

/** Doubles: 32 bits are full after ten hours at full rate. Only one thread writes them. */
const BYTES = Float64Array.BYTES_PER_ELEMENT * Object.keys(PLACES).length

export const brokerCountsMemory = (): SharedArrayBuffer => new SharedArrayBuffer(BYTES)

export function brokerCounts(memory = brokerCountsMemory()): EmbeddedBrokerCounts {
  const places = new Float64Array(memory)
  const counts = {}
  for (const [name, place] of Object.entries(PLACES)) {
    Object.defineProperty(counts, name, {
      enumerable: true,
      get: () => places[place],
      set(count: number) {
        places[place] = count
      },
    })
  }
  return counts as EmbeddedBrokerCounts
}
