/** A gate as a device of its own: each time its door is forced, an alarm is raised without any waiting. */
import type { RunningGateway } from './gateway.ts'
import { openWire, preparePublish } from './mqtt-wire.ts'

export type Gate = AsyncDisposable & {
  /** Closed, then open without a grant: a new alarm each time. */
  force(): Promise<void>
  close(): Promise<void>
  /** Whatever else it may say. */
  say(values: Readonly<Record<string, string | boolean>>): Promise<void>
}

export async function connectGate(gateway: RunningGateway, id: string): Promise<Gate> {
  const wire = await openWire(gateway.mqttPort, id, await gateway.deviceToken(id))
  const say: Gate['say'] = async (values) => {
    await wire.publish(preparePublish(`gatehouse/${id}/readings`, JSON.stringify(values)))
  }
  const stand = (door: 'open' | 'closed') => say({ door, lock: 'locked' })
  return {
    async force() {
      await stand('closed')
      await stand('open')
    },
    close: () => stand('closed'),
    say,
    async [Symbol.asyncDispose]() {
      wire.close()
      await wire.closed
    },
  }
}
