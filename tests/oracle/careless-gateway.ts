/** Acknowledges first and commits every half second, as many gateways do. */
import type { RawMessage } from '../../src/connect/connector.ts'
import { runGateway } from './another-gateway.ts'

const COMMIT_EACH_MS = 500

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
