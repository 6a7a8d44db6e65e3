/** A gate as a device of its own: each time its door is forced, an alarm is raised without any waiting. */
import type { RunningGateway } from './gateway.ts'
import { openWire, preparePublish } from './mqtt-wire.ts'

export type Gate = AsyncDisposable & {
  /** Closed, then open without a grant: a new alarm each time. */
  force(): Promise<void>
  close(): Promise<void>
}

export async function connectGate(gateway: RunningGateway, id: string): Promise<Gate> {
  const wire = await openWire(gateway.mqttPort, id, await gateway.command('device', 'token', id))
  const say = (door: 'open' | 'closed') =>
    wire.publish(preparePublish(`gatehouse/${id}/readings`, JSON.stringify({ door, lock: 'locked' })))
  return {
    async force() {
      await say('closed')
      await say('open')
    },
    close: () => say('closed'),
    async [Symbol.asyncDispose]() {
      wire.close()
      await wire.closed
    },
  }
}
