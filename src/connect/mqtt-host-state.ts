/** Tells an external broker whether the gateway is there, as the host of Sparkplug edge nodes. */
import type { MqttClient } from 'mqtt'
import type { Instant } from '../model/instant.ts'
import type { HostLife } from './sparkplug-host.ts'

/** For the broker to take that we are leaving; otherwise the connection is to be cut, and it publishes our will. */
const OFFLINE_WITHIN_MS = 1_000

export function sayOnline(client: MqttClient, { online }: HostLife, failed: (cause: Error) => void): void {
  const { topic, payload, ...how } = online
  client.publish(topic, payload, how, (cause) => {
    if (cause) failed(cause)
  })
}

/** Whether the broker has taken it in time. */
export async function sayOffline(client: MqttClient, life: HostLife, now: Instant): Promise<boolean> {
  const { topic, payload, ...how } = life.offline(now)
  const { promise: limit, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), OFFLINE_WITHIN_MS)
  const isTaken = client.publishAsync(topic, payload, how).then(
    () => true,
    () => false,
  )
  try {
    return await Promise.race([isTaken, limit])
  } finally {
    clearTimeout(timer)
  }
}
