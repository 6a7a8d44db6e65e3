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
  /** By the name of a device or of a bridge (`wmbusmeters`, `owntracks`). */
  credentialsOf(user: string): Credentials | Promise<Credentials>
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

type User = { readonly client: Promise<MqttClient>; waiting: number }

export function mqttFace({ url, credentialsOf }: MqttFaceOptions): MqttFace {
  const users = new Map<string, User>()
  const underWay = new Set<Promise<void>>()
  const counts = { acknowledged: 0, failed: 0, dropped: 0 }
  const connect = async (user: string) => {
    const credentials = await credentialsOf(user)
    const client = mqtt.connect(url, {
      ...credentials,
      clientId: `simulator-${user}`,
      reconnectPeriod: RECONNECT_MS,
      // Refused today, welcome tomorrow: a password may be issued while we run.
      reconnectOnConnackError: true,
    })
    client.on('error', () => {}) // it reconnects by itself; what did not go through is counted
    return client
  }
  const userOf = (name: string): User => {
    const known = users.get(name)
    if (known) return known
    const user = { client: connect(name), waiting: 0 }
    users.set(name, user)
    user.client.catch(() => users.delete(name)) // no credentials yet: asked again with the next message
    return user
  }
  const send = async (user: User, { topic, payload }: MqttMessage) => {
    user.waiting++
    try {
      const client = await user.client
      await client.publishAsync(topic, typeof payload === 'string' ? payload : Buffer.from(payload), {
        qos: 1,
      })
      counts.acknowledged++
    } catch {
      counts.failed++
    } finally {
      user.waiting--
    }
  }
  return {
    counts,
    publish(message) {
      const user = userOf(message.user)
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
      const open = clients.flatMap((client) => (client.status === 'fulfilled' ? client.value : []))
      await Promise.all(open.map((client) => client.endAsync(true)))
    },
  }
}
