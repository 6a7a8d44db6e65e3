/**
 * What clients of the embedded broker were refused, so that whoever set one up reads what it tried and what
 * it may: in the log, and in `/readyz` and on the page for a quarter of an hour after the last time. A client
 * that is refused is cut off and comes back, so one that is set up wrongly would fill any log; of each client
 * and kind one line in ten minutes is enough.
 */
import type { ErrorCode } from '../model/errors.ts'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import { type Said, said } from '../model/refusal.ts'
import type { RefusalCode } from '../model/words-refusals.ts'

export type Refused = {
  readonly is: RefusalCode & `client-${string}`
  /** The device or bridge. */
  readonly name: string
  readonly topic: string
  /** Topic filters that it may use instead. */
  readonly may: readonly string[]
}

export type ClientWarning = { readonly code: ErrorCode & 'mqtt-refused'; readonly detail: Said }

export type RefusedClients = {
  note(refused: Refused): void
  /** The newest first. */
  warnings(): readonly ClientWarning[]
}

type Known = {
  readonly refused: Refused
  readonly times: number
  readonly lastMs: number
  readonly toldMs: number
}

const SHOWN_FOR_MS = 900_000
const LOG_AGAIN_MS = 600_000
/** Clients and kinds remembered; the one that was refused longest ago goes first. */
const REMEMBERED = 1_000
const SHOWN = 5
const TOPIC_LENGTH = 200
const FILTERS = 5

export function refusedClients(source: string, clock: Clock, log: Log): RefusedClients {
  const known = new Map<string, Known>()
  const isRecent = ({ lastMs }: Known) => clock.monotonicMs() - lastMs < SHOWN_FOR_MS

  return {
    note(refused) {
      const { is, name, may } = refused
      const key = `${is}\n${name}`
      const before = known.get(key)
      const recent = before && isRecent(before) ? before : undefined
      const times = (recent?.times ?? 0) + 1
      const nowMs = clock.monotonicMs()
      const isTold = recent !== undefined && nowMs - recent.toldMs < LOG_AGAIN_MS
      const topic = refused.topic.slice(0, TOPIC_LENGTH)
      if (!isTold)
        log.warn({ source, client: name, topic, may, times, because: is }, 'An MQTT client was refused')
      known.delete(key) // so that it comes last in the order of forgetting
      known.set(key, {
        refused: { ...refused, topic },
        times,
        lastMs: nowMs,
        toldMs: isTold ? recent.toldMs : nowMs,
      })
      if (known.size > REMEMBERED) known.delete(known.keys().next().value as string)
    },
    warnings() {
      const recent = [...known.values()].filter(isRecent).reverse()
      const warnings = recent.slice(0, SHOWN).map(({ refused, times }) => {
        const { is, name, topic, may } = refused
        const listed = may.length > FILTERS ? [...may.slice(0, FILTERS), '…'] : may
        return said(is, { name, topic, times, may: listed.join(', ') || '–' })
      })
      if (recent.length > SHOWN) warnings.push(said('more-clients', { count: recent.length - SHOWN }))
      return warnings.map((detail) => ({ code: 'mqtt-refused', detail }))
    },
  }
}
