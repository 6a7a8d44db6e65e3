/**
 * Devices that publish to Mosquitto, which acknowledges them itself. With `autosave_interval 1` it
 * saves after each turn of its loop in which something came, and its PUBACKs leave in that turn,
 * before the save: what it acknowledged in its last moment may die with it, whoever subscribes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts'
import type { Acknowledged } from './publisher.ts'
import type { Fault } from './stage.ts'

const DEVICES = { user: 'devices', password: 'of-the-devices' }
const GATEWAY = { username: 'gateway', password: 'of-the-gateway' }

/** Before its death, what Mosquitto acknowledged binds only if it had time to save it, ms. */
const SAVED_WITHIN_MS = 1_000

export type Broker = AsyncDisposable & {
  readonly devices: { readonly port: number; readonly user: string; readonly password: string }
  /** A source for the gateway's configuration. */
  readonly source: Readonly<Record<string, unknown>>
  readonly kill: Fault
  readonly freeze: Fault
  /** What binds the gateway: all but what the broker itself may have lost. */
  binding(obligations: Acknowledged[]): Acknowledged[]
}

export async function startBroker(): Promise<Broker> {
  const mosquitto: Mosquitto = await startMosquitto({
    users: { [DEVICES.user]: DEVICES.password, [GATEWAY.username]: GATEWAY.password },
    settings: { autosave_interval: '1' },
  })
  const killedAt: number[] = []
  return {
    devices: { port: mosquitto.port, ...DEVICES },
    source: {
      kind: 'mqtt',
      name: 'mosquitto',
      url: mosquitto.url,
      topics: ['gatehouse/#'],
      ...GATEWAY,
      reconnectFirstMs: 100,
      reconnectLongestMs: 1_000,
    },
    kill: {
      name: 'kill broker',
      async strike({ random, publishing, killed }) {
        await publishing.fresh(30_000)
        await sleep(random.between(0, 400))
        await mosquitto.kill()
        killedAt.push(Date.now())
        killed()
        await mosquitto.start()
      },
    },
    freeze: {
      name: 'freeze broker',
      async strike({ random }) {
        process.kill(mosquitto.pid, 'SIGSTOP')
        await sleep(random.between(200, 2_500))
        process.kill(mosquitto.pid, 'SIGCONT')
      },
    },
    binding: (obligations) =>
      obligations.filter(({ at }) => !killedAt.some((death) => at <= death && at > death - SAVED_WITHIN_MS)),
    [Symbol.asyncDispose]: () => mosquitto[Symbol.asyncDispose](),
  }
}
