/**
 * What an answer to a write means. The client library retries for three minutes, reads Retry-After
 * as milliseconds, takes 201 for stored and drops the rest; a history that must not lose cannot.
 */
import { HttpError } from '@influxdata/influxdb-client'
import type { Instant } from '../model/instant.ts'

export type Verdict =
  | { readonly is: 'stored' }
  /** Away or busy: the same batch again, later. */
  | { readonly is: 'wait'; readonly because: string; readonly afterMs?: number }
  /** It refuses us, whatever we send: held, shown, and probed. */
  | { readonly is: 'hold'; readonly because: string }
  /** Too much, or something bad in it: its halves. */
  | { readonly is: 'split'; readonly because: string }
  /**
   * It says itself that it took none of the lines and never will: a backlog older than its retention is
   * thousands of them.
   */
  | { readonly is: 'rejected'; readonly because: string }

export type Answer = { readonly status: number } | { readonly failed: Error }

/**
 * "At once", or a date that is over by our clock: taken at its word, a server that fails at once would be
 * asked without a pause.
 */
const MIN_RETRY_AFTER_MS = 1_000
const MAX_RETRY_AFTER_MS = 3_600_000

export function judge(answer: Answer, now: Instant, lines: number): Verdict {
  if ('status' in answer && answer.status === 204) return { is: 'stored' }
  const failed = 'failed' in answer ? answer.failed : undefined
  const status =
    'status' in answer ? answer.status : failed instanceof HttpError ? failed.statusCode : undefined
  if (status === undefined) return { is: 'wait', because: failed?.message || 'no answer' }
  const because = `${status} ${wordsOf(failed)}`.trim()
  // A page is what a proxy answers with, whatever it was sent: no line is to blame for it.
  if ((status === 400 || status === 422) && isPage(failed)) return { is: 'hold', because }
  if ((status === 400 || status === 422) && droppedIn(failed) === lines) return { is: 'rejected', because }
  if (status === 413 || status === 400 || status === 422) return { is: 'split', because }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const afterMs =
      failed instanceof HttpError ? retryAfterMs(failed.headers?.['retry-after'], now) : undefined
    return afterMs === undefined ? { is: 'wait', because } : { is: 'wait', because, afterMs }
  }
  return { is: 'hold', because } // 401, 403, 404; a redirect; a success that is none: 201 may have left lines out
}

const isPage = (failed: Error | undefined): boolean =>
  failed instanceof HttpError && /^text\/html\b/i.test(String(failed.headers?.['content-type'] ?? ''))

function wordsOf(failed: Error | undefined): string {
  if (!(failed instanceof HttpError)) return failed?.message ?? 'is not what a stored batch is answered with'
  return told(failed).slice(0, 500)
}

const told = ({ json, body, statusMessage }: HttpError): string =>
  String(json?.message ?? json?.error ?? body ?? statusMessage ?? '')

/** How many of the lines it did not take, where it says so; the others are stored. */
function droppedIn(failed: Error | undefined): number | undefined {
  const dropped =
    failed instanceof HttpError ? /\bpartial write\b.*\bdropped=(\d+)/s.exec(told(failed)) : null
  return dropped ? Number(dropped[1]) : undefined
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterMs(header: string | string[] | undefined, now: Instant): number | undefined {
  const after = Array.isArray(header) ? header[0] : header
  if (!after) return undefined
  const ms = /^\d+$/.test(after) ? Number(after) * 1_000 : Date.parse(after) - now
  return Number.isFinite(ms) ? Math.min(Math.max(ms, MIN_RETRY_AFTER_MS), MAX_RETRY_AFTER_MS) : undefined
}
