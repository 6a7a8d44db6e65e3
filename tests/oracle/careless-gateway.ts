/**
 * Acknowledges first and commits now and then, as many gateways do: seldom enough that a kill always finds
 * something acknowledged and lost.
 */
import type { RawMessage } from '../../src/connect/connector.ts'
import { runGateway } from './another-gateway.ts'

const COMMIT_EACH_MS = 10_000

await runGateway((deliver) => {
  let held: RawMessage[] = []
  setInterval(() => {
    void deliver(held)
    held = []
  }, COMMIT_EACH_MS)
  return async (messages) => {
    held.push(...messages) // durable some day, acknowledged now
  }
})
