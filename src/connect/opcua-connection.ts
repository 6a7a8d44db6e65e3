/**
 * One connection to an OPC UA server, from the secure channel to the monitored items, all explicit and
 * all checked. A short loss the library heals itself, and the server's queue bridges it; whatever
 * else happens ends the connection, and the source makes a new one.
 */
import { createHash } from 'node:crypto'
import type {
  ClientSession,
  ClientSubscription,
  DataValue,
  StatusCode,
  UserIdentityInfo,
} from 'node-opcua-client'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import {
  applicationUri,
  ensureOwnCertificate,
  openCertificateStore,
  ownCertificateFile,
} from './opcua-certificates.ts'
import type { ReadHistory } from './opcua-history.ts'
import { historyService } from './opcua-history-service.ts'
import { type Library, loadLibrary } from './opcua-library.ts'
import { type LossEvents, watchReconnects, watchSequence } from './opcua-losses.ts'
import { type MonitoredNode, monitor } from './opcua-monitoring.ts'
import type { OpcuaSourceOptions } from './opcua-options.ts'
import { resolveNodeId, runOf } from './opcua-run.ts'

export type ConnectionEvents = LossEvents & {
  changed(nodeId: string, data: DataValue): void
  /** For good; called once. */
  ended(cause: Error): void
}

export type OpcuaConnection = {
  /** Node ids that the server does not know or does not let us monitor. */
  readonly refusedNodes: readonly string[]
  readonly history: ReadHistory
  /**
   * As the server has it, which may be longer than asked for: after this long without a value it says that it
   * is alive.
   */
  readonly keepAliveMs: number
  /** So long it keeps the subscription without us. */
  readonly lifetimeMs: number
  close(): Promise<void>
}

/** A certificate, a user or a policy that one of the two sides does not accept: not healed by waiting alone. */
export class OpcuaRefusal extends Error {}

const APPLICATION = 'Gatehouse'
const CLOSE_WITHIN_MS = 3_000
/**
 * The library waits for each step on its own and tries some again; all steps up to a subscription have these
 * together.
 */
const ANSWERS_TO_SUBSCRIBE = 2
const REFUSALS = /BadCertificate|BadSecurity|BadUserAccessDenied|BadIdentityToken|BadUserSignature/

export async function openOpcuaConnection(
  options: OpcuaSourceOptions,
  items: readonly MonitoredNode[],
  certificatesDir: string,
  events: ConnectionEvents,
  { log, clock, signal }: { readonly log: Log; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<OpcuaConnection> {
  const opcua = await loadLibrary()
  const own = await ensureOwnCertificate(certificatesDir, clock.now())
  const store = await openCertificateStore(certificatesDir)
  let distrusted: string | undefined
  const check = store.checkCertificate.bind(store) as (
    certificate: Uint8Array | Uint8Array[],
  ) => Promise<StatusCode>
  const remembering = async (certificate: Uint8Array | Uint8Array[]): Promise<StatusCode> => {
    const status = await check(certificate)
    const leaf = Array.isArray(certificate) ? certificate[0] : certificate
    if (!status.isGood() && leaf) distrusted = createHash('sha1').update(leaf).digest('hex')
    return status
  }
  store.checkCertificate = remembering as typeof store.checkCertificate

  const client = opcua.OPCUAClient.create({
    applicationName: APPLICATION,
    applicationUri: applicationUri(),
    clientName: `${APPLICATION}-${options.name}`,
    certificateFile: ownCertificateFile(certificatesDir),
    clientCertificateManager: store,
    securityMode: opcua.MessageSecurityMode[options.securityMode],
    securityPolicy: opcua.SecurityPolicy[options.securityPolicy],
    requestedSessionTimeout: options.sessionTimeoutMs,
    // the library's back-off throws, and calls that a disconnection, where the longest is not above the first
    connectionStrategy: {
      initialDelay: 500,
      maxDelay: Math.max(1_000, options.reconnectLongestMs),
      maxRetry: 1,
    },
    defaultTransactionTimeout: options.requestTimeoutMs,
    transportTimeout: options.requestTimeoutMs,
    keepSessionAlive: false, // the subscription does that
    endpointMustExist: false, // behind a port forward the server calls itself by another name
  })
  const ending = Promise.withResolvers<never>()
  let isOpen = false
  let isEnded = false
  /** Before it is open nobody has it: it is closed here first, or another would be made beside it. */
  const end = (cause: Error) => {
    if (isEnded) return
    isEnded = true
    if (isOpen) events.ended(cause)
    else ending.reject(cause)
  }
  const close = async () => {
    isEnded = true
    let limit: NodeJS.Timeout | undefined
    const enough = new Promise<void>((resolve) => {
      limit = setTimeout(resolve, CLOSE_WITHIN_MS)
    })
    // With a session the subscription would live on at the server, holding its queues for an hour.
    const closing = (async () => {
      if (subscription?.isActive && !client.isReconnecting) await subscription.terminate()
      if (session && !client.isReconnecting) await session.close(true)
      await client.disconnect()
    })().catch(() => client.disconnect().catch(() => {}))
    await Promise.race([closing, enough])
    clearTimeout(limit)
    await store.dispose().catch(() => {})
  }
  let session: ClientSession | undefined
  let subscription: ClientSubscription | undefined
  const unlessEnding = <T>(step: Promise<T>): Promise<T> => Promise.race([step, ending.promise])
  const callOff = () => ending.reject(new Error('stopped'))
  const withinMs = ANSWERS_TO_SUBSCRIBE * options.requestTimeoutMs
  const silent = () => ending.reject(new Error(`The server does not answer within ${withinMs} ms`))
  const limit = setTimeout(silent, withinMs)
  signal.addEventListener('abort', callOff, { once: true })
  if (signal.aborted) callOff()
  try {
    await unlessEnding(client.connect(options.endpoint))
    session = await unlessEnding(client.createSession(identityOf(options, opcua)))
    const run = await unlessEnding(runOf(session))
    const subscribing = session.createSubscription2({
      requestedPublishingInterval: options.publishingIntervalMs,
      requestedMaxKeepAliveCount: options.keepAliveCount,
      requestedLifetimeCount: options.lifetimeCount,
      maxNotificationsPerPublish: options.maxNotificationsPerPublish,
      publishingEnabled: true,
      priority: 0,
    })
    subscription = await unlessEnding(subscribing)
    clearTimeout(limit)
    const { publishingInterval, maxKeepAliveCount, lifetimeCount } = subscription
    const asked = [options.publishingIntervalMs, options.keepAliveCount, options.lifetimeCount]
    if (String(asked) !== String([publishingInterval, maxKeepAliveCount, lifetimeCount])) {
      log.info(
        { source: options.name, publishingInterval, maxKeepAliveCount, lifetimeCount },
        'The server revised the subscription',
      )
    }
    subscription.on('raw_notification', watchSequence(events))
    subscription.on('keepalive', events.heard)
    subscription.on('terminated', () => end(new Error('The server ended the subscription')))
    subscription.on('internal_error', (cause: Error) => end(cause))
    subscription.on('error', (cause: Error) => end(cause))
    session.on('session_closed', () => end(new Error('The server closed the session')))
    const monitoring = monitor(subscription, items, run.namespaces, options, opcua, events.changed)
    const { refused: refusedNodes, revised } = await unlessEnding(monitoring)
    if (revised.length > 0) {
      log.warn(
        { source: options.name, nodes: revised.length, first: revised[0] },
        'The OPC UA server samples or queues less than asked',
      )
    }
    watchReconnects(client, session, subscription, run, events, end)
    const history = historyService({
      session,
      source: options.name,
      resolve: (nodeId) => resolveNodeId(nodeId, run.namespaces),
      timestampsToReturn: opcua.TimestampsToReturn.Both,
    })
    isOpen = true
    return {
      refusedNodes,
      history,
      close,
      keepAliveMs: publishingInterval * maxKeepAliveCount,
      lifetimeMs: publishingInterval * lifetimeCount,
    }
  } catch (cause) {
    await close()
    throw explained(cause as Error, distrusted, own)
  } finally {
    clearTimeout(limit)
    signal.removeEventListener('abort', callOff)
  }
}

function explained(cause: Error, distrusted: string | undefined, own: string): Error {
  if (distrusted !== undefined) {
    const sentence = `The server's certificate is not trusted; if it is the right one: gatehouse opcua trust ${distrusted}`
    return new OpcuaRefusal(sentence, { cause })
  }
  if (!REFUSALS.test(cause.message)) return cause
  const first = cause.message.split('\n')[0]?.trim()
  return new OpcuaRefusal(`The server refuses us (our certificate is ${own}): ${first}`, { cause })
}

function identityOf({ username, password }: OpcuaSourceOptions, opcua: Library): UserIdentityInfo {
  if (username === undefined) return { type: opcua.UserTokenType.Anonymous }
  return { type: opcua.UserTokenType.UserName, userName: username, password: password ?? '' }
}
