/**
 * The embedded broker on a thread of its own, seen from the gateway. Sockets, the MQTT protocol and
 * acknowledgements take more of a processor than all that is done with a message afterwards: on one thread a
 * flood of messages would hold up the rules and whoever looks at the page (docs/decisions/0038). If the
 * thread ends, another listens on the same port, and devices send again.
 */
import { MessageChannel, Worker } from 'node:worker_threads'
import { answerAsks, askedThread } from '../model/asked-thread.ts'
import { type ErrorCode, GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { brokerCounts, brokerCountsMemory } from './broker-counts.ts'
import type { Listener } from './connector.ts'
import {
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
  type EmbeddedBrokerParts,
  endingCertificate,
} from './embedded-broker.ts'
import { type PublishBatch, unpackPublishes } from './publish-batch.ts'
import { type Refused, refusedClients } from './refused-clients.ts'

/** What the gateway asks of the thread. */
export type BrokerAsk =
  | { readonly is: 'start' }
  | { readonly is: 'send'; readonly topic: string; readonly payload: Uint8Array }
  | { readonly is: 'disconnect'; readonly name: string; readonly before: Instant }

/** How a start went; an error would cross without its code. */
export type Started =
  | { readonly is: 'listening'; readonly port: number }
  | { readonly is: 'failed'; readonly code: ErrorCode; readonly because: string }

/** What the thread asks and tells. */
export type GatewayAsk =
  | { readonly is: 'deliver'; readonly batch: PublishBatch }
  | {
      readonly is: 'authenticate'
      readonly username: string
      readonly password: Uint8Array
      readonly address: string
    }
  | { readonly is: 'refused'; readonly refused: Refused }
  | { readonly is: 'certificate'; readonly ends: Instant | undefined }
  | {
      readonly is: 'log'
      readonly level: keyof Log
      readonly figures: object
      readonly sentence: string
    }

export type BrokerThreadData = {
  readonly options: EmbeddedBrokerOptions
  readonly counts: SharedArrayBuffer
  readonly gateway: MessagePort
}

const WORKER = new URL('./broker-worker.ts', import.meta.url)
/** Messages under way live for some milliseconds: what is collected often has hardly anything to keep. */
const LIMITS = { maxYoungGenerationSizeMb: 12 }
/** Longer than the broker itself gives what is under way when it stops. */
const END_WITHIN_MS = 8_000
const AGAIN_MS = 1_000
const ENDED = 'The thread of the MQTT broker had ended'

const startWorker = (data: BrokerThreadData): Worker =>
  new Worker(WORKER, { workerData: data, transferList: [data.gateway], resourceLimits: LIMITS })

/** `startThread` begins the thread, and again each time that it has ended by itself. */
export function brokerThread(
  options: EmbeddedBrokerOptions,
  parts: EmbeddedBrokerParts,
  startThread = startWorker,
): EmbeddedBroker {
  const { name } = options
  const { clock, log } = parts
  const memory = brokerCountsMemory()
  const counts = brokerCounts(memory)
  const refused = refusedClients(name, clock, log)
  let listener: Listener | undefined
  let port = 0
  let certificateEnds: Instant | undefined
  /** Nobody listens since then: what is not sent again is lost. */
  let deafSince: Instant | undefined
  let closing = false

  function answer(ask: GatewayAsk): unknown {
    switch (ask.is) {
      case 'deliver':
        return listener?.deliver(unpackPublishes(name, ask.batch))
      case 'authenticate':
        return authenticate(ask.username, ask.password, ask.address)
      case 'refused':
        return refused.note(ask.refused)
      case 'certificate':
        certificateEnds = ask.ends
        return
      case 'log':
        return log[ask.level](ask.figures, ask.sentence)
    }
  }

  /** Two threads have two readings of the clock, and `disconnect` goes by the gateway's. */
  const authenticate: EmbeddedBrokerParts['authenticate'] = async (...who) => {
    const askedAt = clock.now()
    const grant = await parts.authenticate(...who)
    return grant && { ...grant, askedAt }
  }

  const thread = askedThread<BrokerAsk, Started | undefined>(() => {
    const { port1, port2 } = new MessageChannel()
    const asBefore = { ...options, port: port || options.port } // devices know the port of the one before
    const started = startThread({ options: asBefore, counts: memory, gateway: port2 })
    answerAsks(port1, answer)
    started.on('error', (cause) =>
      log.error({ source: name, err: cause }, 'The thread of the MQTT broker failed'),
    )
    started.on('exit', () => {
      port1.close()
      if (!closing && port > 0) recover()
    })
    return started
  })

  async function listen(): Promise<void> {
    const started = await thread.ask({ is: 'start' })
    if (started?.is === 'failed') throw new GatehouseError(started.code, started.because)
    port = started?.port ?? 0
    listener?.link({ source: name, state: 'up' })
  }

  function recover(): void {
    log.warn({ source: name }, 'Another thread of the MQTT broker begins')
    counts.connections = 0
    deafSince ??= clock.now()
    listener?.link({ source: name, state: 'down', detail: ENDED })
    clock.after(AGAIN_MS, () => void again())
  }

  async function again(): Promise<void> {
    if (closing) return
    try {
      await listen()
    } catch (cause) {
      log.error({ source: name, err: cause }, 'The MQTT broker cannot listen again')
      if (thread.isRunning) clock.after(AGAIN_MS, () => void again()) // else its end begins another
      return
    }
    if (deafSince !== undefined)
      listener?.gap({ source: name, from: deafSince, to: clock.now(), reason: ENDED })
    deafSince = undefined
  }

  return {
    name,
    counts,
    warnings: () => [...endingCertificate(certificateEnds, clock), ...refused.warnings()],
    get port() {
      return port
    },
    get certificateEnds() {
      return certificateEnds
    },
    async start(to) {
      listener = to
      try {
        await listen()
      } catch (cause) {
        await thread.end()
        throw cause
      }
    },
    async send(topic, payload) {
      if (!thread.isRunning) throw new Error('not listening') // asking would begin one
      await thread.ask({ is: 'send', topic, payload })
    },
    disconnect(user, before) {
      if (!thread.isRunning) return // nobody is connected
      void thread.ask({ is: 'disconnect', name: user, before }).catch(() => {})
    },
    async [Symbol.asyncDispose]() {
      closing = true
      const limit = setTimeout(() => void thread.kill('it did not end in time'), END_WITHIN_MS)
      await thread.end()
      clearTimeout(limit)
    },
  }
}
