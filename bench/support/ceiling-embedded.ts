/**
 * The ceiling of `ingest-embedded`: the same broker library with a hook that does nothing but defer each
 * acknowledgement.
 */
import { createServer } from 'node:net'
import { Aedes } from 'aedes'

let waiting: (() => void)[] = []
const broker = await Aedes.createBroker({
  authorizePublish: (_client, _packet, done) => {
    if (waiting.length === 0) {
      setImmediate(() => {
        const batch = waiting
        waiting = []
        for (const acknowledge of batch) acknowledge()
      })
    }
    waiting.push(() => done(null))
  },
})
const server = createServer(broker.handle)
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify(server.address())}\n`)
})
process.once('SIGTERM', () => process.exit(0))
