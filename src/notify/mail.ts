/**
 * E-mail over SMTP. The key is the Message-ID, so mail servers and programs that look for repeats find one.
 * Text only: nothing in it is loaded, followed or run.
 */
import { readFileSync } from 'node:fs'
import { createTransport } from 'nodemailer'
import type { Channel, Outcome, Writing } from './channel.ts'
import { letterOf } from './letter.ts'
import type { OptionsOf } from './options.ts'
import { failed } from './post.ts'

/** Letters of which some addressees have theirs; of more it is not remembered who has. */
const MOST_PARTLY_SENT = 100

export type MailParts = { readonly options: OptionsOf<'mail'>; readonly writing: Writing }

/** Throws where the file of the authority cannot be read. */
export function mail({ options, writing }: MailParts): Channel {
  const { host, port, security, user, password, from, to, timeoutMs, caFile } = options
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
    tls: { rejectUnauthorized: true, ...(caFile !== undefined && { ca: readFileSync(caFile) }) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // The content comes from outside: it must never make the library read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  /** Who has a letter already of which others have not: by its key, and gone with the process. */
  const reached = new Map<string, readonly string[]>()
  return {
    async send(parcel, signal) {
      const { title, lines } = letterOf(parcel, writing)
      const domain =
        from
          .split('@')
          .at(-1)
          ?.replace(/[^\w.-]/g, '') || 'gatehouse'
      // The library's own limits are of one phase each, and there are a dozen: this one is of the whole try.
      const limit = AbortSignal.timeout(timeoutMs)
      const has = reached.get(parcel.key) ?? []
      try {
        const {
          accepted,
          rejected,
          rejectedErrors = [],
        } = await transport.sendMail({
          signal: AbortSignal.any([signal, limit]),
          envelope: { from, to: to.filter((one) => !has.includes(addressIn(one))) },
          from,
          to: [...to],
          subject: title,
          text: `${lines.join('\n')}\n`,
          messageId: `<${parcel.key}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated', 'Idempotency-Key': parcel.key },
        })
        reached.delete(parcel.key)
        const [refused] = rejectedErrors
        if (!refused) return { is: 'delivered' }
        const because = `Not to ${rejected.join(', ')}: ${refused.message}`
        // Greylisting takes most addressees sooner or later; those who have it are not sent it again.
        if (rejectedErrors.every(isFinal)) return { is: 'refused', because }
        if (reached.size < MOST_PARTLY_SENT) reached.set(parcel.key, [...has, ...accepted])
        return { is: 'later', because }
      } catch (cause) {
        if (limit.aborted && !signal.aborted)
          return { is: 'later', because: `The mail server took longer than ${timeoutMs} ms` }
        return judgedBySmtp(cause)
      }
    },
    close: () => transport.close(),
  }
}

/** Of `Name <address>`, or of an address alone. */
const addressIn = (one: string): string => /<([^<>]+)>\s*$/.exec(one)?.[1] ?? one.trim()

const isFinal = (cause: unknown): boolean =>
  Number((cause as { readonly responseCode?: unknown }).responseCode) >= 500

/** RFC 5321 §4.2.1: 4xx may work later, 5xx never. A refused sign-in or an untrusted server is for a person to mend. */
function judgedBySmtp(cause: unknown): Outcome {
  const outcome = failed(cause)
  if (!(cause instanceof Error) || outcome.is !== 'later') return outcome
  const { code } = cause as { code?: unknown }
  if (code === 'EAUTH' || code === 'ETLS' || code === 'ENOAUTH')
    return { is: 'shut', because: outcome.because }
  return isFinal(cause) ? { is: 'refused', because: outcome.because } : outcome
}
