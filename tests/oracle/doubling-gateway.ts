/** Writes one message in a hundred twice, and does not know it again: what a retry without memory does. */
import { runGateway } from './another-gateway.ts'

let taken = 0

await runGateway(
  (deliver) => async (messages) => {
    await deliver(messages)
    taken += messages.length
    if (taken < 100) return
    taken = 0
    await deliver(messages.slice(-1))
  },
  { rememberedSamples: 0 },
)
