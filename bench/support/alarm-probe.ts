/**
 * How long an alarm takes from the publish that causes it to the event on the live stream: one small burst
 * after another, each at a meter of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningGateway } from '../../tests/support/gateway.ts'
import { openWire, preparePublish } from '../../tests/support/mqtt-wire.ts'
import type { Load } from './publisher.ts'

export type AlarmProbe = AsyncDisposable & {
  /** Messages that were acknowledged. */
  readonly sent: number
  /** Latencies since it was last asked, ms, in order of size; one that never came is infinite. */
  take(): number[]
}

const EACH_MS = 200
const GIVE_UP_MS = 10_000

/** The rule must ring at once above 8 m³/h and clear below. */
export async function startAlarmProbe(
  gateway: RunningGateway,
  { user, password, topics }: Load['senders'][number],
): Promise<AlarmProbe> {
  const token = await gateway.command('token', 'create', '--role', 'operator')
  const stopping = new AbortController()
  const raised = new Map<string, () => void>()
  const stream = await fetch(`${gateway.url}/api/v1/live`, {
    headers: { authorization: `Bearer ${token}` },
    signal: stopping.signal,
  })
  const reading = (async () => {
    let rest = ''
    const decoder = new TextDecoder()
    for await (const part of stream.body ?? []) {
      rest += decoder.decode(part, { stream: true })
      const events = rest.split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) {
        if (!event.includes('event: alarm.raised')) continue
        const data = /^data: (.*)$/m.exec(event)?.[1]
        if (data) raised.get((JSON.parse(data) as { device: string }).device)?.()
      }
    }
  })().catch(() => {}) // it ends with us

  const wire = await openWire(gateway.mqttPort, user, password)
  let latencies: number[] = []
  let sent = 0
  const publish = async (topic: string, flow: number) => {
    await wire.publish(preparePublish(topic, JSON.stringify({ flow })))
    sent++
  }
  const probing = (async () => {
    for (let n = 0; !stopping.signal.aborted; n++) {
      const topic = topics[n % topics.length] as string
      const device = topic.split('/')[1] as string
      const heard = new Promise<number>((resolve) => {
        const sentAtMs = performance.now()
        raised.set(device, () => resolve(performance.now() - sentAtMs))
        setTimeout(resolve, GIVE_UP_MS, Number.POSITIVE_INFINITY).unref()
      })
      await publish(topic, 9)
      latencies.push(await heard)
      raised.delete(device)
      await publish(topic, 1)
      await sleep(EACH_MS)
    }
  })()
  return {
    get sent() {
      return sent
    },
    take() {
      const taken = latencies.sort((a, b) => a - b)
      latencies = []
      return taken
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await probing
      await reading
      wire.close()
    },
  }
}

export const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
