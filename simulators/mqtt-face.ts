/**
 * The MQTT face of the campus: each device and each bridge signs in with its own credentials and publishes at
 * QoS 1. While a broker is away messages wait, up to a limit; what is dropped is counted.
 */
import mqtt, { type MqttClient } from 'mqtt'
import type { MqttMessage } from './mqtt-messages.ts'

export type Credentials = { readonly username: string; readonly password: string }

export type MqttFaceOptions = {
  /** `mqtt://127.0.0.1:1883` */
  readonly url: string
  /**
   * By the name of a device or of a bridge (`wmbusmeters`, `owntracks`); asked again when the broker refuses
   * them. Undefined: that one speaks for itself (now), and nothing more is said in its name.
   */
  credentialsOf(user: string): Credentials | undefined | Promise<Credentials | undefined>
  /** Takes whatever certificate the broker shows (`mqtts://`): for one on this machine. */
  readonly trustAnyCertificate?: boolean
}

export type MqttFace = AsyncDisposable & {
  publish(message: MqttMessage): void
  /** Resolves when the broker has acknowledged all that was published before. */
  settled(): Promise<void>
  readonly counts: {
    readonly acknowledged: number
    readonly failed: number
    readonly dropped: number
  }
}

/** Messages of one user that may wait for a broker that is away. */
const MAX_WAITING = 200
const RECONNECT_MS = 2_000

/** How brokers say that name or password are wrong, in MQTT 3.1.1 and 5. */
const REFUSALS = new Set([4, 5, 134, 135])

type User = {
  readonly client: Promise<MqttClient | undefined>
  waiting: number
  isLetGo: boolean
  /** Ends the waiting for publishes under way; the library never does for those of a client that is ended. */
  readonly giveUp: Set<() => void>
}

export function mqttFace({ url, credentialsOf, trustAnyCertificate = false }: MqttFaceOptions): MqttFace {
  const users = new Map<string, User>()
  const underWay = new Set<Promise<void>>()
  const counts = { acknowledged: 0, failed: 0, dropped: 0 }
  const connect = async (name: string, user: () => User): Promise<MqttClient | undefined> => {
    const credentials = await credentialsOf(name)
    if (!credentials) {
      user().isLetGo = true
      return undefined
    }
    const client = mqtt.connect(url, {
      ...credentials,
      clientId: `simulator-${name}`,
      reconnectPeriod: RECONNECT_MS,
      // Refused today, welcome tomorrow: a password may be issued while we run.
      reconnectOnConnackError: true,
      ...(trustAnyCertificate && { rejectUnauthorized: false }),
    })
    // It reconnects by itself; what did not go through is counted.
    client.on('error', (cause) => {
      if (REFUSALS.has(Number((cause as { code?: unknown }).code))) void renew(name, user(), client)
    })
    return client
  }
  const renew = async (name: string, user: User, client: MqttClient) => {
    try {
      const credentials = await credentialsOf(name)
      if (credentials) Object.assign(client.options, credentials)
      else {
        user.isLetGo = true
        for (const end of user.giveUp) end()
        await client.endAsync(true)
      }
    } catch {
      // Not to be had now: asked again with the next refusal.
    }
  }
  const userOf = (name: string): User => {
    const known = users.get(name)
    if (known) return known
    const user: User = {
      client: Promise.resolve().then(() => connect(name, () => user)),
      waiting: 0,
      isLetGo: false,
      giveUp: new Set(),
    }
    users.set(name, user)
    user.client.catch(() => users.delete(name)) // no credentials yet: asked again with the next message
    return user
  }
  const send = async (user: User, { topic, payload }: MqttMessage) => {
    user.waiting++
    const sent = Promise.withResolvers<void>()
    user.giveUp.add(sent.resolve)
    try {
      const client = await user.client
      if (!client) return
      const bytes = typeof payload === 'string' ? payload : Buffer.from(payload)
      client.publishAsync(topic, bytes, { qos: 1 }).then(() => {
        counts.acknowledged++
        sent.resolve()
      }, sent.reject)
      await sent.promise
    } catch {
      if (!user.isLetGo) counts.failed++
    } finally {
      user.giveUp.delete(sent.resolve)
      user.waiting--
    }
  }
  return {
    counts,
    publish(message) {
      const user = userOf(message.user)
      if (user.isLetGo) return
      if (user.waiting >= MAX_WAITING) {
        counts.dropped++
        return
      }
      const sending = send(user, message).finally(() => underWay.delete(sending))
      underWay.add(sending)
    },
    async settled() {
      await Promise.all(underWay)
    },
    async [Symbol.asyncDispose]() {
      const clients = await Promise.allSettled([...users.values()].map(({ client }) => client))
      const open = clients.flatMap((client) => (client.status === 'fulfilled' ? (client.value ?? []) : []))
      await Promise.all(open.map((client) => client.endAsync(true)))
    },
  }
}
