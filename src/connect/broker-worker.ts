/** The thread of the embedded broker: the broker as it is, with its gateway at the other end of a channel. */
import { flushCompileCache } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { answerAsks, askedThread } from '../model/asked-thread.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import { brokerCounts } from './broker-counts.ts'
import type { BrokerAsk, BrokerThreadData, GatewayAsk, Started } from './broker-thread.ts'
import type { Publish } from './connector.ts'
import { embeddedBroker } from './embedded-broker.ts'
import type { Grant } from './grant.ts'
import { ownHeap, tidyAtRest } from './memory-at-rest.ts'
import { packPublishes } from './publish-batch.ts'
import { systemClock } from './system-clock.ts'

const { options, counts, gateway: port } = workerData as BrokerThreadData
const gateway = askedThread<GatewayAsk, Grant | null | undefined>(() =>
  Object.assign(port, { terminate: async () => port.close() }),
)
const tell = (told: GatewayAsk) => void gateway.ask(told).catch(() => {}) // it is stopping

/** A collection of so little takes some milliseconds. */
const WORTH_BYTES = 4 * 2 ** 20
/** It watches its files each minute as well. */
const CERTIFICATE_EACH_MS = 60_000

const logAs = (level: keyof Log) => (figures: object, sentence: string) => {
  try {
    tell({ is: 'log', level, figures, sentence })
  } catch {
    tell({ is: 'log', level, figures: {}, sentence }) // something in them cannot cross
  }
}

// Functions do not cross: the real clock, also where the gateway runs on a virtual one, which sockets do not
// know either.
const broker = embeddedBroker(options, {
  clock: systemClock,
  log: { info: logAs('info'), warn: logAs('warn'), error: logAs('error') },
  counts: brokerCounts(counts),
  refused: { note: (refused) => tell({ is: 'refused', refused }), warnings: () => [] },
  authenticate: async (username, password, address) =>
    (await gateway.ask({ is: 'authenticate', username, password, address })) ?? null,
})

async function start(): Promise<Started> {
  try {
    await broker.start({
      async deliver(messages) {
        const batch = packPublishes(messages as readonly Publish[])
        await gateway.ask({ is: 'deliver', batch }, [batch.bytes.buffer, batch.lengths.buffer])
      },
      link() {},
      gap() {},
    })
    const tellCertificate = () => tell({ is: 'certificate', ends: broker.certificateEnds })
    tellCertificate()
    setInterval(tellCertificate, CERTIFICATE_EACH_MS).unref()
    return { is: 'listening', port: broker.port }
  } catch (cause) {
    if (!(cause instanceof GatehouseError)) throw cause
    return { is: 'failed', code: cause.code, because: cause.message }
  }
}

function answer(ask: BrokerAsk): unknown {
  if (ask.is === 'start') return start()
  if (ask.is === 'send') return broker.send?.(ask.topic, ask.payload)
  return broker.disconnect(ask.name, ask.before)
}

const tidied = tidyAtRest(systemClock, ownHeap(), WORTH_BYTES)

answerAsks(parentPort, answer, async () => {
  tidied[Symbol.dispose]()
  await broker[Symbol.asyncDispose]()
  port.close()
})

// The next start of this thread need not strip its types (docs/decisions/0028).
flushCompileCache()
