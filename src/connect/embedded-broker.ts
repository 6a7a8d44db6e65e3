/**
 * The MQTT broker inside the gateway (aedes). The stream is tapped in `authorizePublish`, the only
 * hook that aedes runs before its PUBACK: what a device sees acknowledged is in the journal.
 *
 * It takes in and hands nothing on between clients: devices only hear what the gateway itself sends
 * them. Sessions are therefore never kept, and QoS 2 is refused, because aedes remembers its
 * half-done handshakes in memory only, and so could not say "exactly once" across a crash.
 */
import type { Socket } from 'node:net'
import { Aedes, type AedesOptions, type Client } from 'aedes'
import * as z from 'zod'
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { type Said, said } from '../model/refusal.ts'
import { brokerClients } from './broker-clients.ts'
import { brokerCounts, type EmbeddedBrokerCounts } from './broker-counts.ts'
import type { Connector, Listener, Publish } from './connector.ts'
import type { Grant } from './grant.ts'
import { type OpenListener, openListener } from './listener.ts'
import { guardPackets, type PacketGuard } from './packet-guard.ts'
import { type ClientWarning, type RefusedClients, refusedClients } from './refused-clients.ts'
import { type HostLife, SparkplugHostId, type StateMessage, sparkplugHost } from './sparkplug-host.ts'
import { turnDelivery } from './turn-delivery.ts'

const Options = z.strictObject({
  name: z.string().min(1).default('embedded-broker').meta({ description: 'Name of this source' }),
  host: z.string().min(1).default('127.0.0.1').meta({ description: 'Address to listen on' }),
  port: z.int().min(0).max(65535).default(1883).meta({ description: 'TCP port; 0 is any free one' }),
  certFile: z.string().min(1).optional().meta({
    description:
      'PEM file of the certificate and what it was signed by; with it every connection is TLS (and port best 8883)',
  }),
  keyFile: z.string().min(1).optional().meta({ description: 'PEM file of its key' }),
  maxConnections: z.int().positive().default(12_000).meta({ description: 'Connections at a time, in all' }),
  maxConnectionsPerAddress: z.int().positive().default(6_000).meta({
    description: 'Connections at a time from one address; a whole city of meters may share one behind NAT',
  }),
  maxPacketBytes: z.int().min(1_024).max(16_777_216).default(262_144).meta({
    description: 'Largest MQTT packet of a signed-in client, bytes',
  }),
  keepaliveLimitS: z.int().min(0).max(65_535).default(600).meta({
    description: 'Longest keep-alive a client may ask for, seconds (none at all is refused too); 0 takes any',
  }),
  sparkplugHostId: SparkplugHostId.optional(),
  durableWithinMs: z.int().positive().max(300_000).default(5_000).meta({
    description:
      'A publish not durable by then ends its connection unacknowledged, and the device sends again',
  }),
})

export const EmbeddedBrokerOptions = Options.refine(
  ({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined),
  { path: ['certFile'], error: 'certFile and keyFile are given together or not at all' },
)

export type EmbeddedBrokerOptions = z.output<typeof EmbeddedBrokerOptions>

export type BrokerWarning = ClientWarning | { readonly code: 'certificate-ends'; readonly detail: Said }

export type EmbeddedBroker = Connector & {
  /** The port it listens on; 0 before `start`. */
  readonly port: number
  readonly counts: Readonly<EmbeddedBrokerCounts>
  /** Absent without TLS. */
  readonly certificateEnds: Instant | undefined
  /** Clients that do what they may not, and a certificate that ends soon. */
  warnings(): readonly BrokerWarning[]
  /** Ends the connections that a device or bridge signed in before an instant: its password was replaced then. */
  disconnect(name: string, before: Instant): void
}

export type EmbeddedBrokerParts = {
  /** Resolves with what the user may do, or with null for wrong credentials. */
  authenticate(username: string, password: Uint8Array, address: string): Promise<Grant | null>
  readonly log: Log
  readonly clock: Clock
  /** Where counts and refusals are kept; absent: here. */
  readonly counts?: EmbeddedBrokerCounts
  readonly refused?: RefusedClients
}

/** A CONNECT holds an id, a user, a password and at most a small will. */
const CONNECT_BYTES = 65_536
const CONNECT_WITHIN_MS = 10_000
/** However long a publish may take; a stop of the whole gateway has ten seconds. */
const STOP_WITHIN_MS = 5_000
/** A reader that has not taken its bytes by then would hold up the whole broker. */
const DRAIN_WITHIN_MS = 15_000
/** Whatever renews certificates does it earlier; what has not by then needs a person. */
const CERTIFICATE_ENDS_MS = 7 * 86_400_000
const TOPIC_LEVELS = 32

/** What a person is told of a certificate that ends at that instant. */
export function endingCertificate(ends: Instant | undefined, clock: Clock): readonly BrokerWarning[] {
  if (ends === undefined || ends - clock.now() > CERTIFICATE_ENDS_MS) return []
  const day = new Date(ends).toISOString().slice(0, 10)
  return [{ code: 'certificate-ends', detail: said('certificate-ends', { day }) }]
}

export function embeddedBroker(options: EmbeddedBrokerOptions, parts: EmbeddedBrokerParts): EmbeddedBroker {
  const { name, host, certFile, keyFile, maxPacketBytes } = options
  const { log } = parts
  const { counts = brokerCounts() } = parts
  const refused = parts.refused ?? refusedClients(name, parts.clock, log)
  const clients = new Set<Client>()
  const guards = new WeakMap<object, PacketGuard>()
  let listener: Listener | undefined
  let broker: Aedes | undefined
  let listening: OpenListener | undefined
  let life: HostLife | undefined
  let closing = false

  const signedIn = brokerClients({
    name,
    counts,
    refused,
    authenticate: parts.authenticate,
    admitted: (client) => guards.get(client.conn)?.admit(),
    log,
    clock: parts.clock,
  })

  const delivery = turnDelivery({
    deliver: async (messages) => listener?.deliver(messages),
    answered(messages, isDurable) {
      if (isDurable) counts.published += messages
      else counts.undelivered += messages
    },
    withinMs: options.durableWithinMs,
    source: name,
    clock: parts.clock,
    log,
  })

  const authorizePublish: AedesOptions['authorizePublish'] = (client, packet, callback) => {
    if (closing) return // neither acknowledged nor refused: the device sends it again
    const sender = signedIn.publishes(client, packet)
    if (sender === undefined) return callback(new Error('not allowed to publish this'))
    if (delivery.isFull) {
      counts.undelivered++
      return callback(new Error('too much is waiting to become durable'))
    }
    const { topic, payload } = packet
    const message: Publish = {
      is: 'publish',
      source: name,
      sender,
      topic,
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      retained: false, // the flag asks the broker to keep it; the message itself is news
    }
    delivery.add(message, callback)
  }

  const settings: AedesOptions = {
    connectTimeout: CONNECT_WITHIN_MS,
    drainTimeout: DRAIN_WITHIN_MS,
    keepaliveLimit: options.keepaliveLimitS,
    maxTopicLevels: TOPIC_LEVELS,
    maxClientsIdLength: 65_535,
    preConnect(_client, packet, callback) {
      // A client id is the user's own, so that nobody can end another's connection by taking its id.
      if (packet.clientId) packet.clientId = `${packet.username ?? ''}/${packet.clientId}`
      packet.clean = true
      callback(null, true)
    },
    authenticate: signedIn.authenticate,
    authorizePublish,
    authorizeSubscribe: signedIn.authorizeSubscribe,
  }

  function accept(socket: Socket, into: Aedes): void {
    const address = socket.remoteAddress ?? ''
    if (closing) {
      counts.refusedConnections++
      socket.destroy()
      return
    }
    counts.connections++
    guards.set(
      socket,
      guardPackets(socket, { connectBytes: CONNECT_BYTES, packetBytes: maxPacketBytes }, (because) => {
        if (because === 'of-brokers') return void counts.connectionErrors++
        counts.oversizedPackets++
        log.warn({ source: name, address }, 'An MQTT packet larger than allowed ended its connection')
      }),
    )
    const client = into.handle(socket)
    clients.add(client)
    socket.once('close', () => {
      counts.connections--
      clients.delete(client)
    })
  }

  async function listen(): Promise<void> {
    const aedes = new Aedes(settings)
    const publish = aedes.publish.bind(aedes) as (packet: unknown, ...rest: unknown[]) => void
    // Called with a client for what clients send, and that is nobody's to receive: no matching, no
    // retained store, no queues. What the gateway sends itself goes the usual way.
    aedes.publish = (packet: unknown, ...rest: unknown[]) => {
      const [client, done] = rest
      if (client && typeof done === 'function') done()
      else publish(packet, ...rest)
    }
    const failedClients = new WeakSet<Client>() // each answer that one is still owed is an error of its own
    const failed = (client?: Client) => {
      if (closing || (client && failedClients.has(client))) return
      if (client) failedClients.add(client)
      counts.connectionErrors++
    }
    aedes.on('unsubscribe', (topics, client) => {
      signedIn.unsubscribed(client, topics)
    })
    aedes.on('clientError', (client) => failed(client))
    aedes.on('connectionError', (client) => failed(client))
    ;(aedes as NodeJS.EventEmitter).on('error', (cause) =>
      log.error({ source: name, err: cause }, 'MQTT broker failed'),
    )
    await aedes.listen()
    broker = aedes

    listening = await openListener({
      host,
      port: options.port,
      clock: parts.clock,
      log,
      files: certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined,
      maxConnections: options.maxConnections,
      maxConnectionsPerAddress: options.maxConnectionsPerAddress,
      handshakeWithinMs: CONNECT_WITHIN_MS,
      accept: (socket) => accept(socket, aedes),
      dropped: () => counts.refusedConnections++,
      handshakeFailed: () => failed(),
      failed: (cause) => log.error({ source: name, err: cause }, 'The MQTT listener failed'),
    })
  }

  /** Retained by the broker itself, which keeps nothing that a client sends. */
  const tellState = (state: StateMessage) =>
    new Promise<void>((resolve) => {
      broker?.publish({ ...state, cmd: 'publish', dup: false }, (cause) => {
        if (cause) log.error({ source: name, err: cause }, 'The state of the host could not be published')
        resolve()
      })
    })

  return {
    name,
    counts,
    warnings: () => [...endingCertificate(listening?.certificateEnds, parts.clock), ...refused.warnings()],
    get certificateEnds() {
      return listening?.certificateEnds
    },
    get port() {
      return listening?.port ?? 0
    },
    async start(to) {
      listener = to
      try {
        await listen()
      } catch (cause) {
        broker?.close()
        throw cause
      }
      if (options.sparkplugHostId !== undefined) {
        life = sparkplugHost(options.sparkplugHostId).begin(parts.clock.now())
        await tellState(life.online)
      }
      to.link({ source: name, state: 'up' })
      log.info({ source: name, host, port: listening?.port }, 'MQTT broker listens')
    },
    async send(topic, payload) {
      if (!broker || closing) throw new Error('not listening')
      const packet = { cmd: 'publish' as const, topic, payload: Buffer.from(payload), qos: 0 as const }
      await new Promise<void>((resolve, reject) => {
        broker?.publish({ ...packet, retain: false, dup: false }, (cause) =>
          cause ? reject(cause) : resolve(),
        )
      })
      counts.sent++
    },
    disconnect(user, before) {
      for (const client of clients) if (signedIn.isOf(client, user, before)) client.close()
    },
    async [Symbol.asyncDispose]() {
      if (life && !closing) await tellState(life.offline(parts.clock.now())) // heard as before until then
      closing = true
      const stopped = listening?.close()
      await delivery.settled(STOP_WITHIN_MS)
      await new Promise(setImmediate) // the last PUBACKs leave in this turn
      await new Promise(setImmediate)
      await new Promise<void>((resolve) =>
        broker && !broker.closed ? broker.close(() => resolve()) : resolve(),
      )
      listening?.cut() // those that never signed in
      await stopped
      await new Promise(setImmediate) // their `close` events
    },
  }
}
