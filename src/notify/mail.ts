/**
 * E-mail over SMTP. The key is the Message-ID, so mail servers and programs that look for repeats find one. Text only: nothing
 * in it is loaded, followed or run.
 */
import { readFileSync } from 'node:fs'
import { createTransport } from 'nodemailer'
import type { Channel, Outcome, Writing } from './channel.ts'
import { letterOf } from './letter.ts'
import type { OptionsOf } from './options.ts'
import { failed } from './post.ts'

export type MailParts = { readonly options: OptionsOf<'mail'>; readonly writing: Writing }

/** Throws where the file of the authority cannot be read. */
export function mail({ options, writing }: MailParts): Channel {
  const { host, port, security, user, password, from, to, timeoutMs, caFile } = options
  const transport = createTransport({
    ...{ host, port },
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
      try {
        await transport.sendMail({
          signal: AbortSignal.any([signal, limit]),
          ...{ from, to: [...to], subject: title, text: `${lines.join('\n')}\n` },
          messageId: `<${parcel.key}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated', 'Idempotency-Key': parcel.key },
        })
        return { is: 'delivered' }
      } catch (cause) {
        if (limit.aborted && !signal.aborted)
          return { is: 'later', because: `The mail server took longer than ${timeoutMs} ms` }
        return judgedBySmtp(cause)
      }
    },
    close: () => transport.close(),
  }
}

/** RFC 5321 §4.2.1: 4xx may work later, 5xx never. A refused sign-in or an untrusted server is for a person to mend. */
function judgedBySmtp(cause: unknown): Outcome {
  const outcome = failed(cause)
  if (!(cause instanceof Error) || outcome.is !== 'later') return outcome
  const { code, responseCode } = cause as { code?: unknown; responseCode?: unknown }
  if (code === 'EAUTH' || code === 'ETLS' || code === 'ENOAUTH')
    return { is: 'shut', because: outcome.because }
  const isFinal = typeof responseCode === 'number' && responseCode >= 500
  return isFinal ? { is: 'refused', because: outcome.because } : outcome
}
