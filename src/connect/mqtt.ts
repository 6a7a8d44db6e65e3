/**
 * Listens to an MQTT broker outside of the gateway (mqtt.js): a persistent session at QoS 1, so that
 * the broker keeps what comes while we are away, acknowledged once it is durable here.
 *
 * A connection is made anew for each attempt: what belongs to it (packet ids, acknowledgements)
 * ends with it. Subscribed is QoS 1 and never 2, whose handshake mqtt.js keeps in memory only.
 */
import { readFileSync } from 'node:fs'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import type { Link, LinkState } from '../model/commit.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { backOff } from './back-off.ts'
import type { Connector, Listener, Publish } from './connector.ts'
import { type DeferredAcks, deferredAcks } from './deferred-acks.ts'
import { type KeptSessionParts, keptSession } from './kept-session.ts'
import type { MqttSourceOptions } from './mqtt-options.ts'

export { MqttSourceOptions } from './mqtt-options.ts'

export type MqttSourceCounts = {
  /** Messages taken in, redelivered ones too. */
  received: number
  /** Acknowledgements sent. */
  acknowledged: number
  /** Taken in, and neither durable nor given up. */
  undelivered: number
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
  resume?: (() => void) | undefined
  /** How long the broker keeps our session without us, where it says that it is less than asked for, seconds. */
  keptForS: number
}

const CONNECT_WITHIN_MS = 10_000
const STOP_WITHIN_MS = 5_000
/** For a broker to hang up after our DISCONNECT; a frozen one never does. */
const CLOSE_WITHIN_MS = 2_000
const SUBSCRIBE_AGAIN_MS = 60_000
const NOT_ACKNOWLEDGED_YET = new Error('acknowledged later')

/** CONNACK codes that say "not you" and not "not now": 3.1.1 §3.2.2.3, 5.0 §3.2.2.2. */
const REFUSALS = new Set<unknown>([1, 2, 4, 5, 0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c])
/** Of a DISCONNECT: our session is now somebody else's (5.0 §3.14.2.1). Mosquitto and whoever speaks 3.1.1 only close. */
const TAKEN_OVER = 0x8e
/** So often in a row, each time so soon after it had taken us in, no broker closes without a reason. */
const CLOSED_OFTEN = 3
const CLOSED_SOON_MS = 60_000
const CLOSED = 'The broker closed the connection'
const sharedBy = (clientId: string) =>
  `as ${clientId}: each of the two is sent what the other should hear; give one of them another clientId`
/** Errors of TLS about certificates, as Node names them. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)/

const isRefusal = (cause: Error & { code?: unknown }): boolean =>
  REFUSALS.has(cause.code) || (typeof cause.code === 'string' && UNTRUSTED.test(cause.code))

/** Without a broker's host in it, Node's words for a refused connection are only a code. */
const wordsFor = (cause: Error & { code?: unknown }): string =>
  cause.message || String(cause.code ?? cause.name)

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
  const counts: MqttSourceCounts = {
    received: 0,
    acknowledged: 0,
    undelivered: 0,
    pauses: 0,
    failedBatches: 0,
    connects: 0,
    lostSessions: 0,
    sent: 0,
  }
  const waits = backOff(options.reconnectFirstMs, options.reconnectLongestMs)
  let undeliveredBytes = 0
  let listener: Listener | undefined
  let told: Link | undefined
  let current: Connection | undefined
  const session = sessions && keptSession(sessions, { url: options.url, clientId })
  /** Since when the session that the broker keeps for us was not fetched. */
  let downSince = session?.awaySince
  let closedSoon = 0
  let stopping = false
  let callOff = () => {}

  function tell(state: LinkState, detail?: string): void {
    if (told?.state === state && told.detail === detail) return
    told = detail === undefined ? { source: name, state } : { source: name, state, detail }
    listener?.link(told)
  }

  function fetchedUntil(since: Instant | undefined): void {
    downSince = since
    try {
      if (since === undefined) session?.connected()
      else session?.away(since)
    } catch (cause) {
      log.warn({ source: name, err: cause }, 'It could not be noted that the broker keeps our session')
    }
  }

  /** Everything that was queued in a session went with it. */
  function lostSession(since: Instant, to: Listener): void {
    counts.lostSessions++
    const gap = { source: name, from: since, to: Math.max(since, clock.now()) }
    log.warn(gap, 'The broker had forgotten our session and what was queued in it')
    to.gap({ ...gap, reason: 'The broker had forgotten our session and what was queued in it' })
  }

  const isFull = () =>
    counts.undelivered >= options.maxUndelivered || undeliveredBytes >= options.maxUndeliveredBytes

  function taken({ payload }: Publish): void {
    counts.received++
    counts.undelivered++
    undeliveredBytes += payload.length
  }

  function released(messages: readonly Publish[]): void {
    counts.undelivered -= messages.length
    for (const { payload } of messages) undeliveredBytes -= payload.length
    if (isFull()) return
    const resume = current?.resume
    if (current) current.resume = undefined
    resume?.()
  }

  /** Throws GatehouseError `config-invalid`. */
  function connectionSettings(): IClientOptions {
    const file = (path: string | undefined) => {
      try {
        return path === undefined ? undefined : readFileSync(path)
      } catch (cause) {
        const sentence = `Source ${name}: a certificate file cannot be read: ${(cause as Error).message}`
        throw new GatehouseError('config-invalid', sentence, { cause })
      }
    }
    const isFive = options.protocolVersion === 5
    const given = {
      username: options.username,
      password: options.password,
      ca: file(options.caFile),
      cert: file(options.certFile),
      key: file(options.keyFile),
      properties: isFive
        ? {
            sessionExpiryInterval: options.sessionExpiryS,
            receiveMaximum: options.maxUndelivered,
            maximumPacketSize: options.maxPacketBytes,
          }
        : undefined,
    }
    const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    return {
      clientId,
      clean: false,
      protocolVersion: options.protocolVersion,
      keepalive: options.keepaliveS,
      connectTimeout: CONNECT_WITHIN_MS,
      manualConnect: true, // or queued messages arrive before anyone handles them
      reconnectPeriod: 0, // mqtt.js would come back at a fixed beat, all gateways together
      resubscribe: false,
      queueQoSZero: false,
      ...present,
    }
  }

  /** What the broker does less than it was asked for: it is heard all the same, and a person should know what may be lost. */
  function up({ keptForS }: Connection, atMostOnce: readonly string[]): void {
    const remarks = [
      ...(atMostOnce.length > 0
        ? [`grants only QoS 0 for ${atMostOnce.join(', ')}: what it has sent once is not sent again`]
        : []),
      ...(keptForS < options.sessionExpiryS
        ? [`keeps our session for ${keptForS} s without us, where ${options.sessionExpiryS} s were asked for`]
        : []),
    ]
    const detail = remarks.length > 0 ? `The broker ${remarks.join('; it ')}` : undefined
    if (detail !== undefined) log.warn({ source: name }, detail)
    tell('up', detail)
  }

  function subscribe(connection: Connection): void {
    const { client } = connection
    // rh 1: retained messages only where the subscription is new, not after every reconnect
    const wanted = Object.fromEntries(options.topics.map((topic) => [topic, { qos: 1 as const, rh: 1 }]))
    client.subscribe(wanted, (error, granted) => {
      if (current?.client !== client || !client.connected) return
      const topicsOf = (is: (qos: number) => boolean) =>
        granted?.filter(({ qos }) => is(qos)).map(({ topic }) => topic) ?? []
      const refused = topicsOf((qos) => qos > 2)
      if (!error && refused.length === 0)
        return up(
          connection,
          topicsOf((qos) => qos === 0),
        )
      tell(
        'refused',
        `The broker refuses a subscription to ${(refused.length ? refused : options.topics).join(', ')}`,
      )
      callOff = clock.after(SUBSCRIBE_AGAIN_MS, () => {
        if (current?.client === client && client.connected) subscribe(connection)
      })
    })
  }

  /** Certificates are read for each attempt: one that was renewed is used without a restart. Unreadable ones are tried again too. */
  function tryToConnect(to: Listener): void {
    try {
      connect(connectionSettings(), to)
    } catch (cause) {
      tell('refused', (cause as Error).message)
      callOff = clock.after(waits.nextMs(), () => tryToConnect(to))
    }
  }

  /** Whatever comes of it, its end brings the next attempt. */
  function connect(settings: IClientOptions, to: Listener): void {
    const client = mqtt.connect(options.url, settings)
    const acks = deferredAcks({
      deliver: (messages) => to.deliver(messages),
      acknowledge(messageId) {
        if (!client.connected) return
        counts.acknowledged++
        // biome-ignore lint/complexity/useLiteralKeys: it is private to mqtt.js; a contract test holds the library to it
        client['_sendPacket']({ cmd: 'puback', messageId, reasonCode: 0 })
      },
      released,
      failed(cause) {
        counts.failedBatches++
        why = { state: 'down', detail: 'Messages could not be made durable' }
        log.warn({ source: name, err: cause }, 'Messages were not taken in; the broker sends them again')
        client.stream.destroy() // the only way to be sent them again
      },
    })
    const connection: Connection = { client, acks, keptForS: Number.POSITIVE_INFINITY }
    let why: { state: LinkState; detail: string } = { state: 'down', detail: CLOSED }
    let upAtMs: number | undefined
    current = connection

    client.handleMessage = (packet, callback) => {
      // Read on, or the end of the connection is never seen behind what came before it; the session keeps it all.
      if (stopping) return callback(NOT_ACKNOWLEDGED_YET)
      const { topic, payload, retain, qos, messageId } = packet
      const message: Publish = {
        is: 'publish',
        source: name,
        topic,
        payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
        retained: retain,
      }
      taken(message)
      acks.take(message, qos > 0 ? messageId : undefined)
      // An error here means "send no PUBACK, go on with the next packet".
      const goOn = () => callback(NOT_ACKNOWLEDGED_YET)
      if (!isFull()) return goOn()
      counts.pauses++
      connection.resume = goOn
    }
    client.on('connect', ({ sessionPresent, properties }) => {
      counts.connects++
      connection.keptForS = properties?.sessionExpiryInterval ?? Number.POSITIVE_INFINITY
      upAtMs = clock.monotonicMs()
      if (downSince !== undefined && !sessionPresent) lostSession(downSince, to)
      fetchedUntil(undefined)
      subscribe(connection)
    })
    client.on('error', (cause: Error & { code?: unknown }) => {
      why = { state: isRefusal(cause) ? 'refused' : 'down', detail: wordsFor(cause) }
    })
    client.on('disconnect', ({ reasonCode }) => {
      why =
        reasonCode === TAKEN_OVER
          ? { state: 'refused', detail: `Another client has connected ${sharedBy(clientId)}` }
          : { state: 'down', detail: `The broker ended the connection with reason ${reasonCode ?? 0}` }
    })
    client.once('close', () => {
      acks.end()
      callOff()
      client.end(true)
      if (stopping) return
      if (upAtMs !== undefined) {
        const heldMs = clock.monotonicMs() - upAtMs
        fetchedUntil(clock.now())
        waits.ended(heldMs)
        closedSoon = why.detail === CLOSED && heldMs < CLOSED_SOON_MS ? closedSoon + 1 : 0
      }
      const isShared = why.detail === CLOSED && closedSoon >= CLOSED_OFTEN
      tell(
        why.state,
        isShared ? `${CLOSED} again; perhaps another client connects ${sharedBy(clientId)}` : why.detail,
      )
      callOff = clock.after(waits.nextMs(), () => tryToConnect(to))
    })
    client.connect()
  }

  return {
    name,
    counts,
    async start(to) {
      listener = to
      const settings = connectionSettings()
      tell('connecting')
      connect(settings, to)
    },
    async send(topic, payload) {
      if (stopping || !current?.client.connected) throw new Error('not connected')
      const { client } = current
      if (client.stream.writableNeedDrain) throw new Error('the broker does not read')
      await client.publishAsync(topic, Buffer.from(payload), { qos: 0 }) // resolves when it is written
      counts.sent++
    },
    async [Symbol.asyncDispose]() {
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
      // The library waits for the answer to each of its requests, also after the end of the connection that would bring it.
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
      await Promise.race([client.endAsync(!client.connected), closed])
      clearTimeout(cut)
      if (counts.connects > 0 && downSince === undefined) fetchedUntil(clock.now())
    },
  }
}
