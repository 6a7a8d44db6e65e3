/**
 * One connection to an OPC UA server, from the secure channel to the monitored items, all explicit and
 * all checked. A short loss the library heals itself, and the server's queue bridges it; whatever
 * else happens ends the connection, and the source makes a new one.
 */
import { createHash } from 'node:crypto'
import type {
  ClientMonitoredItemGroup,
  ClientSession,
  ClientSessionRawSubscriptionService,
  ClientSubscription,
  DataValue,
  NotificationMessage,
  OPCUAClient,
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
import type { OpcuaSourceOptions } from './opcua-options.ts'

export type MonitoredNode = {
  readonly nodeId: string
  /** Whose it is, where somebody wants to know what of a source is missing. */
  readonly device?: string
  readonly samplingMs: number
  readonly queueSize: number
  /** What the server reports: also a value that was measured again unchanged, or changes only. */
  readonly trigger: 'status-value' | 'status-value-timestamp'
}

export type ConnectionEvents = {
  changed(nodeId: string, data: DataValue): void
  /** Messages of the server are missing, and it did not keep them: its sequence numbers jump. */
  lost(): void
  /** Anything at all came from the server. */
  heard(): void
  /** The library is reconnecting by itself. */
  interrupted(): void
  /** It has, to the same server run with the same session. */
  healed(): void
  /** For good; called once. */
  ended(cause: Error): void
}

export type OpcuaConnection = {
  /** Node ids that the server does not know or does not let us monitor. */
  readonly refusedNodes: readonly string[]
  readonly history: ReadHistory
  /** As the server has it, which may be longer than asked for: after this long without a value it says that it is alive. */
  readonly keepAliveMs: number
  /** So long it keeps the subscription without us. */
  readonly lifetimeMs: number
  close(): Promise<void>
}

/** A certificate, a user or a policy that one of the two sides does not accept: not healed by waiting alone. */
export class OpcuaRefusal extends Error {}

const APPLICATION = 'Gatehouse'
const CLOSE_WITHIN_MS = 3_000
/** The library waits for each step on its own and tries some again; all steps up to a subscription have these together. */
const ANSWERS_TO_SUBSCRIBE = 2
/** NamespaceArray and ServerStatus.StartTime (Part 5 §6.3.1, Part 6 annex A). */
const NAMESPACE_ARRAY = 'ns=0;i=2255'
const START_TIME = 'ns=0;i=2257'
const VALUE_ATTRIBUTE = 13
const LAST_SEQUENCE_NUMBER = 0xffff_ffff
const REFUSALS = /BadCertificate|BadSecurity|BadUserAccessDenied|BadIdentityToken|BadUserSignature/

type Library = typeof import('node-opcua-client')

let library: Promise<Library> | undefined

/** Loaded once and only where an OPC UA source is configured: it is large. */
function loadLibrary(): Promise<Library> {
  library ??= import('node-opcua-client').then((opcua) => {
    // It prints boxes of text to the console; all it has to say reaches us as errors and events too.
    opcua.setWarningLogger(() => {})
    opcua.setErrorLogger(() => {})
    return opcua
  })
  return library
}

/**
 * `nsu=<uri>;s=x` as `ns=<index>;s=x` in this server's run; undefined where it lacks the namespace. A semicolon of the
 * URI is written `%3B` and a percent sign `%25` (Part 6 §5.3.1.11), one of the identifier stands for itself.
 */
export function resolveNodeId(nodeId: string, namespaces: readonly string[]): string | undefined {
  const [, uri, rest] = /^nsu=([^;]*);([isgb]=.*)$/.exec(nodeId) ?? []
  if (uri === undefined || rest === undefined) return nodeId
  const index = namespaces.indexOf(uri.replaceAll('%3B', ';').replaceAll('%25', '%'))
  return index < 0 ? undefined : `ns=${index};${rest}`
}

async function runOf(session: ClientSession): Promise<{ namespaces: readonly string[]; startedAt: number }> {
  const [names, start] = await session.read([
    { nodeId: NAMESPACE_ARRAY, attributeId: VALUE_ATTRIBUTE },
    { nodeId: START_TIME, attributeId: VALUE_ATTRIBUTE },
  ])
  const namespaces: unknown = names?.value?.value
  const startTime: unknown = start?.value?.value
  if (!Array.isArray(namespaces)) throw new Error('the server does not tell its namespaces')
  return { namespaces, startedAt: startTime instanceof Date ? startTime.getTime() : 0 }
}

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
    const monitoring = monitor(subscription, items, run.namespaces, options, opcua, events)
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
      ...{ refusedNodes, history, close },
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

/** What the server does for a node, where it is less than it was asked for. */
type Revised = { readonly nodeId: string; readonly samplingMs: number; readonly queueSize: number }

/** Returns the nodes that the server did not take, and those that it takes otherwise than asked. */
async function monitor(
  subscription: ClientSubscription,
  items: readonly MonitoredNode[],
  namespaces: readonly string[],
  { itemsPerCall }: OpcuaSourceOptions,
  opcua: Library,
  events: ConnectionEvents,
): Promise<{ readonly refused: readonly string[]; readonly revised: readonly Revised[] }> {
  const refused: string[] = []
  const revised: Revised[] = []
  const alike = Map.groupBy(items, (item) => [item.samplingMs, item.queueSize, item.trigger].join())
  for (const group of alike.values()) {
    const { samplingMs, queueSize, trigger } = group[0] as MonitoredNode
    const { StatusValue, StatusValueTimestamp } = opcua.DataChangeTrigger
    const filter = new opcua.DataChangeFilter({
      trigger: trigger === 'status-value' ? StatusValue : StatusValueTimestamp,
      deadbandType: opcua.DeadbandType.None, // a deadband is a loss, and the server's, so never unasked
    })
    const known: { item: MonitoredNode; resolved: string }[] = []
    for (const item of group) {
      const resolved = resolveNodeId(item.nodeId, namespaces)
      if (resolved === undefined) refused.push(item.nodeId)
      else known.push({ item, resolved })
    }
    for (let from = 0; from < known.length; from += itemsPerCall) {
      const batch = known.slice(from, from + itemsPerCall)
      const monitored: ClientMonitoredItemGroup = await subscription.monitorItems(
        batch.map(({ resolved }) => ({ nodeId: resolved, attributeId: VALUE_ATTRIBUTE })),
        { samplingInterval: samplingMs, queueSize, discardOldest: true, filter },
        opcua.TimestampsToReturn.Both,
      )
      monitored.on('changed', (_item, data, index) => {
        const nodeId = batch[index]?.item.nodeId
        if (nodeId !== undefined) events.changed(nodeId, data)
      })
      for (const [index, { statusCode, monitoringParameters: given }] of monitored.monitoredItems.entries()) {
        const nodeId = batch[index]?.item.nodeId
        if (nodeId === undefined) continue
        if (!statusCode.isGood()) refused.push(nodeId)
        else if (given.samplingInterval > samplingMs || given.queueSize < queueSize)
          revised.push({ nodeId, samplingMs: given.samplingInterval, queueSize: given.queueSize })
      }
    }
  }
  return { refused, revised }
}

/**
 * Each message with values is numbered one above the last (Part 4 §7.26); a repeated one is not a
 * loss, and keep-alives only say which number comes next.
 */
export function watchSequence(events: Pick<ConnectionEvents, 'heard' | 'lost'>) {
  let last: number | undefined
  return ({
    sequenceNumber,
    notificationData,
  }: Pick<NotificationMessage, 'sequenceNumber' | 'notificationData'>) => {
    const hasValues = notificationData !== null && notificationData.length > 0
    if (hasValues) {
      const next = last === LAST_SEQUENCE_NUMBER ? 1 : (last ?? 0) + 1
      if (last !== undefined && sequenceNumber > next) events.lost()
      if (last === undefined || sequenceNumber > last || last === LAST_SEQUENCE_NUMBER) last = sequenceNumber
    }
    events.heard()
  }
}

/**
 * After a loss that the library has healed: the same run of the same server goes on with the same
 * subscription, all of its items and what its queues held. Another run has other namespaces; what the
 * library has made anew has no queues, and the library keeps to itself what it could not make anew.
 * Such a connection ends, and the next one fetches what was missed.
 */
function watchReconnects(
  client: OPCUAClient,
  session: ClientSession,
  subscription: ClientSubscription,
  before: { readonly namespaces: readonly string[]; readonly startedAt: number },
  events: ConnectionEvents,
  end: (cause: Error) => void,
): void {
  const sessionId = session.sessionId.toString()
  const { subscriptionId } = subscription
  const itemsAtServer = () => itemsOf(session, subscriptionId)
  const itemsBefore = itemsAtServer()
  client.on('connection_lost', events.interrupted)
  client.on('close', () => end(new Error('The connection was closed')))
  client.on('abort', () => end(new Error('The connection was aborted')))
  client.on('connection_reestablished', () => {
    Promise.all([runOf(session), itemsBefore, itemsAtServer()])
      .then(([{ namespaces, startedAt }, wanted, items]) => {
        if (startedAt !== before.startedAt || namespaces.join('\n') !== before.namespaces.join('\n')) {
          return end(new Error('The server was restarted'))
        }
        if (session.sessionId.toString() !== sessionId)
          return end(new Error('The server had forgotten our session'))
        if (subscription.subscriptionId !== subscriptionId || items !== wanted)
          return end(new Error('The server had forgotten our subscription'))
        events.healed()
      })
      .catch((cause) => end(cause as Error))
  })
}

/** How many items the subscription has at the server; undefined where the server does not tell (Part 5 §9.1, optional). */
const itemsOf = (
  session: ClientSession & Partial<ClientSessionRawSubscriptionService>,
  subscriptionId: number,
): Promise<number | undefined> =>
  Promise.resolve(session.getMonitoredItems?.(subscriptionId)).then(
    (items) => items?.serverHandles.length,
    () => undefined,
  )
