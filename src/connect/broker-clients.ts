/**
 * Who is signed in at the embedded broker, and what each may say and hear. Whatever is refused is counted,
 * and named to whoever set the client up.
 */
import type { Socket } from 'node:net'
import type { AedesOptions, AuthenticateError, Client } from 'aedes'
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { EmbeddedBrokerCounts } from './broker-counts.ts'
import { coversAny, type Grant } from './grant.ts'
import type { RefusedClients } from './refused-clients.ts'
import { signInAttempts } from './sign-in-attempts.ts'

export type BrokerClients = {
  readonly authenticate: NonNullable<AedesOptions['authenticate']>
  readonly authorizeSubscribe: NonNullable<AedesOptions['authorizeSubscribe']>
  /** As whom the client may publish this; undefined where it may not. */
  publishes(
    client: Client | null,
    packet: { readonly topic: string; readonly qos: number },
  ): string | undefined
  /** Whether the client is that device or bridge, signed in before an instant. */
  isOf(client: Client, name: string, before: Instant): boolean
  unsubscribed(client: Client, filters: readonly string[]): void
}

export type BrokerClientsParts = {
  /** Of the source. */
  readonly name: string
  readonly counts: EmbeddedBrokerCounts
  readonly refused: RefusedClients
  /** Resolves with what the user may do, or with null for wrong credentials. */
  authenticate(username: string, password: Uint8Array, address: string): Promise<Grant | null>
  /** The client is known: it may be read on. */
  admitted(client: Client): void
  readonly log: Log
  readonly clock: Clock
}

type Session = {
  readonly grant: Grant
  readonly signedInAt: Instant
  readonly filters: Set<string>
  /** Topics that its grant was found to cover, so that the filters are tried once for each. */
  readonly allowed: Set<string>
}

/** A concentrator publishes for some thousand devices at most. */
const ALLOWED_TOPICS = 4_096
const SUBSCRIPTIONS = 32
/** CONNACK return codes (MQTT 3.1.1 §3.2.2.3). */
const UNAVAILABLE = 3
const BAD_CREDENTIALS = 4
const NOT_AUTHORIZED = 5

export function brokerClients({
  name,
  counts,
  refused,
  log,
  clock,
  ...parts
}: BrokerClientsParts): BrokerClients {
  const attempts = signInAttempts(clock)
  const sessions = new WeakMap<Client, Session>() // outlives the connection: its will comes last
  const addressOf = (client: Client) => (client.conn as Socket).remoteAddress ?? ''

  async function signIn(
    client: Client,
    username = '',
    password: Uint8Array = new Uint8Array(),
  ): Promise<void> {
    if (client.closed) return
    const address = addressOf(client)
    if (attempts.waitMs(address, username) > 0) {
      counts.delayedSignIns++
      throw refusal(NOT_AUTHORIZED, 'too many failed attempts')
    }
    const askedAt = clock.now() // before the look at the password: a new one in between ends it
    const grant = await parts.authenticate(username, password, address)
    if (!grant) {
      counts.wrongCredentials++
      attempts.failed(address, username)
      log.warn({ source: name, address, user: username.slice(0, 100) }, 'Wrong MQTT credentials')
      throw refusal(BAD_CREDENTIALS, 'wrong credentials')
    }
    attempts.succeeded(address, username)
    if (client.closed) return
    const signedInAt = grant.askedAt ?? askedAt
    sessions.set(client, { grant, signedInAt, filters: new Set(), allowed: new Set() })
    parts.admitted(client)
  }

  return {
    authenticate(client, username, password, done) {
      const look = () => signIn(client, username, password)
      attempts.inTurn(addressOf(client), username ?? '', look).then(
        () => done(null, true),
        (cause) => {
          const told = cause instanceof Error && 'returnCode' in cause
          if (!told) log.error({ source: name, err: cause }, 'MQTT credentials could not be checked')
          done(told ? (cause as AuthenticateError) : refusal(UNAVAILABLE, 'cannot check'), null)
        },
      )
    },
    authorizeSubscribe(client, subscription, callback) {
      const session = sessions.get(client)
      const { topic } = subscription
      const isRoom = session && (session.filters.has(topic) || session.filters.size < SUBSCRIPTIONS)
      if (isRoom && coversAny(session.grant.subscribe, topic)) {
        session.filters.add(topic)
        return callback(null, subscription)
      }
      counts.refusedSubscriptions++
      const is = isRoom ? 'client-filter' : 'client-filters'
      if (session) refused.note({ is, name: session.grant.name, topic, may: session.grant.subscribe })
      callback(null, null)
    },
    publishes(client, { topic, qos }) {
      const session = client ? sessions.get(client) : undefined
      if (session && qos < 2 && mayPublish(session, topic)) return session.grant.name
      counts.refusedPublishes++
      const is = qos === 2 ? 'client-qos' : 'client-topic'
      if (session) refused.note({ is, name: session.grant.name, topic, may: session.grant.publish })
      return undefined
    },
    isOf(client, user, before) {
      const session = sessions.get(client)
      return session?.grant.name === user && session.signedInAt < before
    },
    unsubscribed(client, filters) {
      for (const filter of filters) sessions.get(client)?.filters.delete(filter)
    },
  }
}

function mayPublish({ grant, allowed }: Session, topic: string): boolean {
  if (allowed.has(topic)) return true
  if (topic.startsWith('$') || !coversAny(grant.publish, topic)) return false
  if (allowed.size < ALLOWED_TOPICS) allowed.add(topic)
  return true
}

const refusal = (returnCode: number, sentence: string): AuthenticateError =>
  Object.assign(new Error(sentence), { returnCode })
