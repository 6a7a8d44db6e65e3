/**
 * How a loss shows: by a jump in the numbers of the server's messages, or by a connection that was lost and
 * comes back.
 */
import type {
  ClientSession,
  ClientSessionRawSubscriptionService,
  ClientSubscription,
  NotificationMessage,
  OPCUAClient,
} from 'node-opcua-client'
import { isSameRun, runOf, type ServerRun } from './opcua-run.ts'

export type LossEvents = {
  /** Messages of the server are missing, and it did not keep them: its sequence numbers jump. */
  lost(): void
  /** Anything at all came from the server. */
  heard(): void
  /** The library is reconnecting by itself. */
  interrupted(): void
  /** It has, to the same server run with the same session. */
  healed(): void
}

const LAST_SEQUENCE_NUMBER = 0xffff_ffff

/**
 * Each message with values is numbered one above the last (Part 4 §7.26); a repeated one is not a
 * loss, and keep-alives only say which number comes next.
 */
export function watchSequence(events: Pick<LossEvents, 'heard' | 'lost'>) {
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
export function watchReconnects(
  client: OPCUAClient,
  session: ClientSession,
  subscription: ClientSubscription,
  before: ServerRun,
  events: Pick<LossEvents, 'interrupted' | 'healed'>,
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
      .then(([run, wanted, items]) => {
        if (!isSameRun(run, before)) return end(new Error('The server was restarted'))
        if (session.sessionId.toString() !== sessionId)
          return end(new Error('The server had forgotten our session'))
        if (subscription.subscriptionId !== subscriptionId || items !== wanted)
          return end(new Error('The server had forgotten our subscription'))
        events.healed()
      })
      .catch((cause) => end(cause as Error))
  })
}

/**
 * How many items the subscription has at the server; undefined where the server does not tell (Part 5 §9.1,
 * optional).
 */
const itemsOf = (
  session: ClientSession & Partial<ClientSessionRawSubscriptionService>,
  subscriptionId: number,
): Promise<number | undefined> =>
  Promise.resolve(session.getMonitoredItems?.(subscriptionId)).then(
    (items) => items?.serverHandles.length,
    () => undefined,
  )
