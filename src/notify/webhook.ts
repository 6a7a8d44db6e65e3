/**
 * A webhook for machines: the events as the API shows them, signed over timestamp and body with HMAC-SHA256,
 * so that the receiver knows who sent it and that it is no replay; the key tells it what it has had already.
 * See docs/notifications.md.
 */
import { createHmac } from 'node:crypto'
import { eventView } from '../operations/events.ts'
import type { Channel, Parcel, Writing } from './channel.ts'
import type { OptionsOf } from './options.ts'
import { failed, judged, post } from './post.ts'

export type WebhookParts = {
  readonly options: OptionsOf<'webhook'>
  readonly writing: Writing
  readonly now: () => number
}

export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`

/** The same text at every try, whenever that is. */
export function bodyOf({ key, notifications }: Parcel, writing: Writing): string {
  return JSON.stringify({
    key,
    site: writing.site,
    events: notifications.map(({ key, event }) => ({
      key,
      id: String(event.id),
      event: event.kind,
      at: writing.instant(event.at),
      data: eventView(event, writing),
    })),
  })
}

export function webhook({ options, writing, now }: WebhookParts): Channel {
  const { url = '', secret = '', timeoutMs } = options
  return {
    async send(parcel, signal) {
      const body = bodyOf(parcel, writing)
      const timestamp = String(Math.floor(now() / 1_000))
      const headers = {
        'user-agent': 'gatehouse',
        'idempotency-key': parcel.key,
        'gatehouse-timestamp': timestamp,
        'gatehouse-signature': signatureOf(secret, timestamp, body),
      }
      try {
        return judged(await post({ url, body, headers, timeoutMs, signal }))
      } catch (cause) {
        return failed(cause)
      }
    },
    close() {},
  }
}
