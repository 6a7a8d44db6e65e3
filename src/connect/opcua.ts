/**
 * Listens to an OPC UA server: monitored items with source timestamps, reconnecting for ever.
 *
 * OPC UA acknowledges before we see a value, so the promise differs from MQTT's: the server's queues
 * bridge a short loss; what a longer one, a restart or a full queue swallowed is fetched from the
 * server's history, and where it has none becomes a gap.
 */
import type { Gap, LinkState } from '../model/commit.ts'
import type { Clock, Instant } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { pause } from '../model/pause.ts'
import { backOff } from './back-off.ts'
import { type ChangeQueue, changeQueue } from './change-queue.ts'
import type { Connector, DataChange, Listener } from './connector.ts'
import { catchUp } from './opcua-catch-up.ts'
import { type OpcuaConnection, OpcuaRefusal, openOpcuaConnection } from './opcua-connection.ts'
import type { MonitoredNode } from './opcua-monitoring.ts'
import type { OpcuaSourceOptions } from './opcua-options.ts'
import { dataChangeOf, hasOverflow } from './opcua-values.ts'

export { OpcuaSourceOptions } from './opcua-options.ts'

export type OpcuaSourceCounts = {
  received: number
  /** Changes marked by the server: its queue for the item was full before. */
  overflows: number
  /** Times that the server's sequence numbers jumped. */
  lostMessages: number
  /** Values fetched from the server's history, and how often it was asked for any. */
  fromHistory: number
  historyReads: number
  /** Heard, not durable yet. */
  undelivered: number
  /** Given up because too much was undelivered. */
  dropped: number
  /** Items monitored on the present connection. */
  monitored: number
  /** Items that the server does not know or refuses, on the present connection. */
  refusedItems: number
  connects: number
  /** Connections given up because nothing came any more. */
  watchdogs: number
  gaps: number
}

export type OpcuaSource = Connector & { readonly counts: Readonly<OpcuaSourceCounts> }

export type OpcuaSourceParts = {
  /** What to monitor; `nodeId` as in the profile, best with `nsu=<uri>;`. */
  readonly items: readonly MonitoredNode[]
  /** Our certificate and those of the servers; may be shared by all OPC UA sources. */
  readonly certificatesDir: string
  /** When the newest durable value of a node was measured, as far as anybody knows; asked when a connection begins. */
  lastSeen?(nodeId: string): Instant | undefined
  readonly log: Log
  readonly clock: Clock
}

/** Beside what the closing of a connection takes; a stop of the whole gateway has ten seconds. */
const STOP_WITHIN_MS = 3_000
const DELIVER_AGAIN_MS = 1_000
/** Keep-alives that may be missed before the connection is given up. */
const MISSED_KEEP_ALIVES = 3

export function opcuaSource(options: OpcuaSourceOptions, parts: OpcuaSourceParts): OpcuaSource {
  const { name } = options
  const { items, log, clock } = parts
  const counts: OpcuaSourceCounts = {
    received: 0,
    overflows: 0,
    lostMessages: 0,
    fromHistory: 0,
    historyReads: 0,
    undelivered: 0,
    dropped: 0,
    monitored: 0,
    refusedItems: 0,
    connects: 0,
    watchdogs: 0,
    gaps: 0,
  }
  const waits = backOff(options.reconnectFirstMs, options.reconnectLongestMs)
  const nodeIds = items.map(({ nodeId }) => nodeId)
  const stopping = new AbortController()
  const { signal } = stopping
  let told = ''
  let listener: Listener | undefined
  let queue: ChangeQueue | undefined
  let current: OpcuaConnection | undefined
  let running: Promise<void> | undefined
  /** When the server was last heard, while nothing is lost since. */
  let heardAt: Instant | undefined
  let droppedSince: Instant | undefined

  function tell(state: LinkState, detail?: string): void {
    if (told === `${state} ${detail}`) return
    told = `${state} ${detail}`
    listener?.link(detail === undefined ? { source: name, state } : { source: name, state, detail })
  }

  function gap(told: Gap): void {
    counts.gaps++
    listener?.gap(told)
  }

  async function deliverAtLast(changes: readonly DataChange[]): Promise<void> {
    for (;;) {
      if (signal.aborted) throw new Error('stopped')
      try {
        return await listener?.deliver(changes)
      } catch {
        await pause(clock, DELIVER_AGAIN_MS, signal)
      }
    }
  }

  const missed = catchUp({
    source: name,
    items,
    historyBackMs: options.historyBackMs,
    historyHoldMs: options.historyHoldMs,
    mostHeld: options.maxUndelivered,
    lastSeen: parts.lastSeen ?? (() => undefined),
    deliver: deliverAtLast,
    pass: (change) => queue?.push(change),
    gap,
    stopped: signal,
    clock,
    log,
  })

  /** Lives as long as one connection does; resolves with why it ended. */
  function live(): Promise<Error> {
    return new Promise((resolve) => {
      let lastMs = clock.monotonicMs()
      let isInterrupted = false
      let callOff = () => {}
      let upAtMs: number | undefined
      const finish = (cause: Error) => {
        callOff()
        signal.removeEventListener('abort', stop)
        if (upAtMs !== undefined) waits.ended(clock.monotonicMs() - upAtMs)
        resolve(cause)
      }
      const stop = () => finish(new Error('stopped'))
      const watch = (connection: OpcuaConnection) => {
        const silenceMs = MISSED_KEEP_ALIVES * connection.keepAliveMs
        // While the library reconnects, the subscription lives on at the server for its lifetime.
        const limitMs = isInterrupted ? connection.lifetimeMs : silenceMs
        const silentMs = clock.monotonicMs() - lastMs
        if (silentMs >= limitMs) {
          counts.watchdogs++
          return finish(new Error(`Nothing was heard for ${Math.round(silentMs / 1_000)} s`))
        }
        callOff = clock.after(Math.min(limitMs - silentMs, silenceMs), () => watch(connection))
      }
      const heard = () => {
        lastMs = clock.monotonicMs()
        if (current) heardAt = clock.now()
      }
      missed.begin(heardAt)
      openOpcuaConnection(
        options,
        items,
        parts.certificatesDir,
        {
          changed(nodeId, data) {
            heard()
            counts.received++
            const change = dataChangeOf(name, nodeId, data)
            if (hasOverflow(change.statusCode)) {
              counts.overflows++
              if (current) missed.suspect([nodeId], current.history)
            }
            missed.live(change)
          },
          lost() {
            counts.lostMessages++
            if (current) missed.suspect(nodeIds, current.history)
          },
          heard,
          interrupted() {
            isInterrupted = true
            tell('down', 'The connection was lost')
          },
          healed() {
            isInterrupted = false
            heard()
            tell('up')
          },
          ended: finish,
        },
        { log, clock, signal },
      ).then((connection) => {
        if (signal.aborted) return void connection.close().then(() => finish(new Error('stopped')))
        signal.addEventListener('abort', stop, { once: true })
        current = connection
        counts.connects++
        counts.refusedItems = connection.refusedNodes.length
        counts.monitored = items.length - counts.refusedItems
        if (counts.refusedItems > 0) {
          const nodes = connection.refusedNodes.slice(0, 20)
          log.warn(
            { source: name, refused: counts.refusedItems, nodes },
            'The OPC UA server does not have some nodes',
          )
        }
        upAtMs = clock.monotonicMs()
        void missed.run(connection.history)
        heard()
        tell('up')
        watch(connection)
      }, finish)
    })
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const cause = await live()
      const connection = current
      current = undefined
      counts.monitored = 0
      if (!signal.aborted) missed.interrupt() // otherwise what waits for older values is fetched with them after the next start
      if (connection) await connection.close()
      if (signal.aborted) return
      const detail = cause.message.split('\n')[0]?.trim() ?? ''
      tell(cause instanceof OpcuaRefusal ? 'refused' : 'down', detail)
      await pause(clock, waits.nextMs(), signal)
    }
  }

  return {
    name,
    get counts() {
      return { ...counts, ...missed.counts, undelivered: queue?.size ?? 0 }
    },
    async start(to) {
      listener = to
      const deliver: Listener['deliver'] = async (messages) => {
        await to.deliver(messages)
        if (droppedSince !== undefined) {
          const reason = 'Too many values came while none could be made durable'
          gap({ source: name, from: droppedSince, to: clock.now(), reason })
          droppedSince = undefined
        }
      }
      queue = changeQueue({ deliver }, clock, options.maxUndelivered, (from) => {
        counts.dropped++
        droppedSince ??= from
      })
      tell('connecting')
      running = run()
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
      await queue?.drain(STOP_WITHIN_MS)
    },
  }
}
