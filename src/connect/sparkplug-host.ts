/**
 * The gateway as the host of Sparkplug edge nodes (Sparkplug 3.0, Host Applications): a retained state says
 * whether it is there. What edge nodes send is QoS 0 and gone where nobody hears it; those that have us as
 * their primary host keep it while the state says offline. Our session at a broker is kept all the same,
 * where Sparkplug asks for a clean one: what comes at QoS 1 leans on it.
 */
import * as z from 'zod'
import type { Instant } from '../model/instant.ts'

/** Of the same rules as every Sparkplug id: text without the signs of topics. */
export const SparkplugHostId = z
  .string()
  .max(200)
  .regex(/^[^+#/]+$/)
  .meta({
    description:
      'Id under which Sparkplug edge nodes have the gateway as their primary host, and keep what they measure while it is away; text without `+`, `#` and `/`. Default: it is the host of none',
  })

export type StateMessage = {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: 1
  readonly retain: true
}

/** What to do about a state that was heard on our own topic. */
export type StateHeard = 'nothing' | 'say-again' | 'begin-anew'

/**
 * One connection's: an edge node passes over what is older than the newest state that it has heard, so each
 * begins later than all before.
 */
export type HostLife = {
  readonly topic: string
  readonly online: StateMessage
  /** As a will it is of the same instant as `online`. */
  readonly will: StateMessage
  offline(now: Instant): StateMessage
  heard(payload: Uint8Array): StateHeard
}

export type SparkplugHost = {
  readonly topic: string
  begin(now: Instant): HostLife
}

export function sparkplugHost(id: string): SparkplugHost {
  const topic = `spBv1.0/STATE/${id}`
  let newest = 0

  const message = (online: boolean, timestamp: Instant): StateMessage => ({
    topic,
    payload: Buffer.from(JSON.stringify({ online, timestamp })),
    qos: 1,
    retain: true,
  })

  return {
    topic,
    begin(now) {
      const bornAt = Math.max(now, newest + 1)
      newest = bornAt
      return {
        topic,
        online: message(true, bornAt),
        will: message(false, bornAt),
        offline(at) {
          newest = Math.max(at, bornAt)
          return message(false, newest)
        },
        heard(payload) {
          const offlineAt = offlineSince(payload)
          if (offlineAt === undefined) return 'nothing'
          if (offlineAt <= bornAt) return 'say-again' // the will of a connection before this one came late
          newest = Math.max(newest, offlineAt) // said while our clock was ahead of what it is now
          return 'begin-anew'
        },
      }
    },
  }
}

function offlineSince(payload: Uint8Array): Instant | undefined {
  try {
    const { online, timestamp } = JSON.parse(Buffer.from(payload).toString())
    return online === false && Number.isSafeInteger(timestamp + 1) ? timestamp : undefined
  } catch {
    return undefined // whoever may write there wrote something else
  }
}
