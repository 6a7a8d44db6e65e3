/**
 * Why a connection to a broker ended, and what of it is less than was asked for: in words for people, and
 * whether waiting heals it.
 */
import type { LinkState } from '../model/commit.ts'

export type Ending = { readonly state: Extract<LinkState, 'down' | 'refused'>; readonly detail: string }

/** Without a word. */
export const CLOSED: Ending = { state: 'down', detail: 'The broker closed the connection' }
export const NOT_DURABLE: Ending = { state: 'down', detail: 'Messages could not be made durable' }

/** CONNACK codes that say "not you" and not "not now": 3.1.1 §3.2.2.3, 5.0 §3.2.2.2. */
const REFUSALS = new Set<unknown>([1, 2, 4, 5, 0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c])
/**
 * Of a DISCONNECT: our session is now somebody else's (5.0 §3.14.2.1). Mosquitto and whoever speaks 3.1.1
 * only close.
 */
const TAKEN_OVER = 0x8e
/** Errors of TLS about certificates, as Node names them. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)/

const sharedBy = (clientId: string) =>
  `as ${clientId}: each of the two is sent what the other should hear; give one of them another clientId`

export function failedBy(cause: Error & { readonly code?: unknown }): Ending {
  const { message, code, name } = cause
  const isRefusal = REFUSALS.has(code) || (typeof code === 'string' && UNTRUSTED.test(code))
  // Without a broker's host in it, Node's words for a refused connection are only a code.
  return { state: isRefusal ? 'refused' : 'down', detail: message || String(code ?? name) }
}

/** @param reasonCode of the broker's DISCONNECT */
export const disconnectedBy = (reasonCode: number | undefined, clientId: string): Ending =>
  reasonCode === TAKEN_OVER
    ? { state: 'refused', detail: `Another client has connected ${sharedBy(clientId)}` }
    : { state: 'down', detail: `The broker ended the connection with reason ${reasonCode ?? 0}` }

/** So often in a row, each time so soon after it had taken us in, no broker closes without a reason. */
export const closedOften = (clientId: string): Ending => ({
  ...CLOSED,
  detail: `${CLOSED.detail} again; perhaps another client connects ${sharedBy(clientId)}`,
})

type Granted = {
  /** Topic filters granted at QoS 0. */
  readonly atMostOnce: readonly string[]
  /** How long the broker keeps our session without us, seconds. */
  readonly keptForS: number
}

/** What a person should know of a link that is up, for something may be lost; undefined where all was granted. */
export function shortfall({ atMostOnce, keptForS }: Granted, askedForS: number): string | undefined {
  const remarks = [
    ...(atMostOnce.length > 0
      ? [`grants only QoS 0 for ${atMostOnce.join(', ')}: what it has sent once is not sent again`]
      : []),
    ...(keptForS < askedForS
      ? [`keeps our session for ${keptForS} s without us, where ${askedForS} s were asked for`]
      : []),
  ]
  return remarks.length > 0 ? `The broker ${remarks.join('; it ')}` : undefined
}
