/**
 * Listens to an MQTT broker outside of the gateway (mqtt.js): a persistent session at QoS 1, so that
 * the broker keeps what comes while we are away, acknowledged once it is durable here.
 *
 * A connection is made anew for each attempt: what belongs to it (packet ids, acknowledgements)
 * ends with it. Subscribed is QoS 1 and never 2, whose handshake mqtt.js keeps in memory only.
 */
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import type { Link, LinkState } from '../model/commit.ts'
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { backOff } from './back-off.ts'
import { brokerSession } from './broker-session.ts'
import type { Connector, Listener, Publish } from './connector.ts'
import { type DeferredAcks, deferredAcks } from './deferred-acks.ts'
import { type KeptSessionParts, keptSession } from './kept-session.ts'
import { sayOffline, sayOnline } from './mqtt-host-state.ts'
import type { MqttSourceOptions } from './mqtt-options.ts'
import {
  CLOSED,
  closedOften,
  disconnectedBy,
  type Ending,
  failedBy,
  NOT_DURABLE,
  shortfall,
} from './mqtt-reasons.ts'
import { clientSettings } from './mqtt-settings.ts'
import { type HostLife, sparkplugHost } from './sparkplug-host.ts'
import { undeliveredOf } from './undelivered.ts'

export { MqttSourceOptions } from './mqtt-options.ts'

export type MqttSourceCounts = {
  /** Messages taken in, redelivered ones too. */
  received: number
  /** Acknowledgements sent. */
  acknowledged: number
  /** Taken in, and neither durable nor given up. */
  readonly undelivered: number
  /** How often the connection was not read because too much was undelivered. */
  pauses: number
  /** How often a batch could not be made durable, which ends the connection. */
  failedBatches: number
  connects: number
  /** How often the broker had forgotten our session. */
  lostSessions: number
  /** What we published ourselves. */
  sent: number
}

export type MqttSource = Connector & { readonly counts: Readonly<MqttSourceCounts> }

/** One attempt, and what it became. */
type Connection = {
  readonly client: MqttClient
  readonly acks: DeferredAcks
  readonly host: HostLife | undefined
  /** How long the broker keeps our session without us, where it says that it is less than asked for, seconds. */
  keptForS: number
}

const STOP_WITHIN_MS = 5_000
/** For a broker to hang up after our DISCONNECT; a frozen one never does. */
const CLOSE_WITHIN_MS = 2_000
const SUBSCRIBE_AGAIN_MS = 60_000
const NOT_ACKNOWLEDGED_YET = new Error('acknowledged later')

/**
 * A broker that closes so often in a row, each time so soon after it had taken us in, has a reason that it
 * does not tell.
 */
const CLOSED_OFTEN = 3
const CLOSED_SOON_MS = 60_000

export type MqttSourceParts = {
  /** Where it is noted which sessions brokers keep for us; absent: known in this process alone. */
  readonly sessions?: KeptSessionParts
  readonly log: Log
  readonly clock: Clock
}

export function mqttSource(
  options: MqttSourceOptions,
  { sessions, log, clock }: MqttSourceParts,
): MqttSource {
  const { name, clientId = `gatehouse-${name}` } = options
  const undelivered = undeliveredOf(options)
  const counts: MqttSourceCounts = {
    received: 0,
    acknowledged: 0,
    get undelivered() {
      return undelivered.messages
    },
    pauses: 0,
    failedBatches: 0,
    connects: 0,
    lostSessions: 0,
    sent: 0,
  }
  const waits = backOff(options.reconnectFirstMs, options.reconnectLongestMs)
  let listener: Listener | undefined
  let told: Link | undefined
  let current: Connection | undefined
  const host = options.sparkplugHostId === undefined ? undefined : sparkplugHost(options.sparkplugHostId)
  const session = brokerSession({
    topics: host ? [...options.topics, host.topic] : options.topics,
    kept: sessions && keptSession(sessions, { url: options.url, clientId }),
    failed: (cause) =>
      log.warn({ source: name, err: cause }, 'It could not be noted that the broker keeps our session'),
  })
  let closedSoon = 0
  let leaving = false
  let stopping = false
  let callOff = () => {}

  function tell(state: LinkState, detail?: string): void {
    if (told?.state === state && told.detail === detail) return
    told = detail === undefined ? { source: name, state } : { source: name, state, detail }
    listener?.link(told)
  }

  /** Everything that was queued in a session went with it. */
  function lostSession(since: Instant, to: Listener): void {
    counts.lostSessions++
    const gap = { source: name, from: since, to: Math.max(since, clock.now()) }
    log.warn(gap, 'The broker had forgotten our session and what was queued in it')
    to.gap({ ...gap, reason: 'The broker had forgotten our session and what was queued in it' })
  }

  /**
   * What the broker does less than it was asked for: it is heard all the same, and a person should know what
   * may be lost.
   */
  function up({ keptForS }: Connection, atMostOnce: readonly string[]): void {
    const detail = shortfall({ atMostOnce, keptForS }, options.sessionExpiryS)
    if (detail !== undefined) log.warn({ source: name }, detail)
    tell('up', detail)
  }

  function unsubscribeOthers(client: MqttClient): void {
    const { otherTopics } = session
    if (otherTopics.length === 0) return
    client.unsubscribe([...otherTopics], (error) => {
      if (!error) session.unsubscribed() // otherwise asked again on the next connection
    })
  }

  function subscribe(connection: Connection): void {
    const { client } = connection
    // rh 1: retained messages only where the subscription is new, not after every reconnect
    const wanted = Object.fromEntries(options.topics.map((topic) => [topic, { qos: 1 as const, rh: 1 }]))
    const ofState = host && { [host.topic]: { qos: 1 as const, rh: 0 } }
    client.subscribe({ ...wanted, ...ofState }, (error, granted) => {
      if (current?.client !== client || !client.connected) return
      const topicsOf = (is: (qos: number) => boolean) =>
        granted?.filter(({ qos }) => is(qos)).map(({ topic }) => topic) ?? []
      const refused = topicsOf((qos) => qos > 2)
      if (!error && refused.length === 0) {
        const atMostOnce = topicsOf((qos) => qos === 0)
        unsubscribeOthers(client)
        tellOnline(connection)
        return up(connection, atMostOnce)
      }
      tell(
        'refused',
        `The broker refuses a subscription to ${(refused.length ? refused : options.topics).join(', ')}`,
      )
      callOff = clock.after(SUBSCRIBE_AGAIN_MS, () => {
        if (current?.client === client && client.connected) subscribe(connection)
      })
    })
  }

  function tellOnline({ client, host }: Connection): void {
    if (!host || leaving) return
    sayOnline(client, host, (cause) =>
      log.warn({ source: name, topic: host.topic, err: cause }, 'The broker did not take our state'),
    )
  }

  /**
   * False where edge nodes go by our state, and the broker did not take that we are leaving: only the will
   * can tell them.
   */
  async function leave(): Promise<boolean> {
    if (!current?.host || !current.client.connected) return true
    return sayOffline(current.client, current.host, clock.now())
  }

  /** What was heard on our own topic as a host. */
  function heardState(connection: Connection, payload: Uint8Array): void {
    const heard = leaving ? 'nothing' : connection.host?.heard(payload)
    if (heard === 'say-again') tellOnline(connection)
    if (heard === 'begin-anew') connection.client.stream.destroy()
  }

  /**
   * Certificates are read for each attempt: one that was renewed is used without a restart. Unreadable ones
   * are tried again too.
   */
  function tryToConnect(to: Listener): void {
    try {
      begin(to)
    } catch (cause) {
      tell('refused', (cause as Error).message)
      callOff = clock.after(waits.nextMs(), () => tryToConnect(to))
    }
  }

  /** Throws where a certificate cannot be read. */
  function begin(to: Listener): void {
    const life = host?.begin(clock.now())
    connect(clientSettings(options, clientId, life?.will), to, life)
  }

  /** Whatever comes of it, its end brings the next attempt. */
  function connect(settings: IClientOptions, to: Listener, host: HostLife | undefined): void {
    const client = mqtt.connect(options.url, settings)
    const acks = deferredAcks({
      deliver: (messages) => to.deliver(messages),
      acknowledge(messageId) {
        if (!client.connected) return
        counts.acknowledged++
        // biome-ignore lint/complexity/useLiteralKeys: it is private to mqtt.js; a contract test holds the library to it
        client['_sendPacket']({ cmd: 'puback', messageId, reasonCode: 0 })
      },
      released: undelivered.released,
      failed(cause) {
        counts.failedBatches++
        why = NOT_DURABLE
        log.warn({ source: name, err: cause }, 'Messages were not taken in; the broker sends them again')
        client.stream.destroy() // the only way to be sent them again
      },
    })
    const connection: Connection = { client, acks, host, keptForS: Number.POSITIVE_INFINITY }
    let why: Ending = CLOSED
    let upAtMs: number | undefined
    current = connection

    client.handleMessage = (packet, callback) => {
      // Read on, or the end of the connection is never seen behind what came before it; the session keeps it all.
      if (stopping) return callback(NOT_ACKNOWLEDGED_YET)
      const { topic, retain, qos, messageId } = packet
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
      if (topic === host?.topic) {
        heardState(connection, payload)
        return callback()
      }
      const message: Publish = { is: 'publish', source: name, topic, payload, retained: retain }
      counts.received++
      undelivered.taken(message)
      acks.take(message, qos > 0 ? messageId : undefined)
      // An error here means "send no PUBACK, go on with the next packet".
      const goOn = () => callback(NOT_ACKNOWLEDGED_YET)
      if (!undelivered.isFull) return goOn()
      counts.pauses++
      undelivered.holdBack(goOn)
    }
    client.on('connect', ({ sessionPresent, properties }) => {
      counts.connects++
      connection.keptForS = properties?.sessionExpiryInterval ?? Number.POSITIVE_INFINITY
      upAtMs = clock.monotonicMs()
      const lostSince = session.connected(sessionPresent)
      if (lostSince !== undefined) lostSession(lostSince, to)
      subscribe(connection)
    })
    client.on('error', (cause) => {
      why = failedBy(cause)
      client.stream.destroy() // also of what is not MQTT, after which nobody knows where the next packet begins
    })
    client.on('disconnect', ({ reasonCode }) => {
      why = disconnectedBy(reasonCode, clientId)
    })
    client.once('close', () => {
      acks.end()
      undelivered.forget()
      callOff()
      client.end(true)
      if (stopping) return
      if (upAtMs !== undefined) {
        const heldMs = clock.monotonicMs() - upAtMs
        session.left(clock.now())
        waits.ended(heldMs)
        closedSoon = why === CLOSED && heldMs < CLOSED_SOON_MS ? closedSoon + 1 : 0
      }
      const { state, detail } = why === CLOSED && closedSoon >= CLOSED_OFTEN ? closedOften(clientId) : why
      tell(state, detail)
      callOff = clock.after(waits.nextMs(), () => tryToConnect(to))
    })
    client.connect()
  }

  return {
    name,
    counts,
    async start(to) {
      listener = to
      begin(to)
      tell('connecting')
    },
    async send(topic, payload) {
      if (stopping || !current?.client.connected) throw new Error('not connected')
      const { client } = current
      if (client.stream.writableNeedDrain) throw new Error('the broker does not read')
      await client.publishAsync(topic, Buffer.from(payload), { qos: 0 }) // resolves when it is written
      counts.sent++
    },
    async [Symbol.asyncDispose]() {
      leaving = true
      const isTold = await leave() // heard as before until then
      stopping = true
      callOff()
      if (!current) return
      const { client, acks } = current
      let limit: NodeJS.Timeout | undefined
      const enough = new Promise<void>((resolve) => {
        limit = setTimeout(resolve, STOP_WITHIN_MS)
      })
      await Promise.race([acks.settled(), enough])
      clearTimeout(limit)
      const cut = setTimeout(() => client.stream.destroy(), CLOSE_WITHIN_MS)
      // The library waits for the answer to each of its requests, also after the end of the connection that
      // would bring it.
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
      await Promise.race([client.endAsync(!client.connected || !isTold), closed])
      clearTimeout(cut)
      if (session.isFetched) session.left(clock.now())
    },
  }
}
