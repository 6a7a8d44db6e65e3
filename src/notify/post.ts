/**
 * One POST of JSON to an address of the configuration and to no other: redirections are refused, answers are
 * read so far and no further.
 */
import type { Outcome } from './channel.ts'

const MOST_ANSWER_BYTES = 65_536
const MOST_SHOWN = 300

export type Answer = { readonly status: number; readonly text: string; readonly retryAfterMs?: number }

export type Post = {
  readonly url: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Rejects for a network that fails and for an answer that does not come in time. */
export async function post({ url, body, headers, timeoutMs, signal }: Post): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    redirect: 'manual',
    // The other side's clock: a network does not run faster in a scenario in virtual time.
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  })
  const after = Number(response.headers.get('retry-after') ?? Number.NaN)
  const text = await beginningOf(response)
  return { status: response.status, text, ...(after >= 0 && { retryAfterMs: after * 1_000 }) }
}

async function beginningOf({ body }: Response): Promise<string> {
  if (!body) return ''
  const decoder = new TextDecoder()
  let [text, bytes] = ['', 0]
  for await (const chunk of body) {
    bytes += chunk.byteLength
    text += decoder.decode(chunk, { stream: true })
    if (bytes > MOST_ANSWER_BYTES) break
  }
  return text
}

/** Our address or our secret is wrong, by RFC 9110; a redirection is an address that is not ours to follow. */
const SHUT = new Set([401, 402, 403, 404, 405, 407, 410, 421])
const LATER = new Set([408, 423, 425, 429])

export function judged({ status, text, retryAfterMs }: Answer): Outcome {
  if (status >= 200 && status < 300) return { is: 'delivered' }
  const because = `${status} ${text.replace(ADDRESS, '$1$2/…').slice(0, MOST_SHOWN)}`.trim()
  if (status >= 500 || LATER.has(status))
    return { is: 'later', because, ...(retryAfterMs !== undefined && { waitMs: retryAfterMs }) }
  return { is: SHUT.has(status) || status < 400 ? 'shut' : 'refused', because }
}

/** An address may be a secret itself, as those of robots are: what is told of it is its host. */
const ADDRESS = /\b(https?:\/\/)(?:[^\s/?#@]*@)?([^\s/?#]*)\S*/g

/** A network that fails, in words that name its cause. */
export function failed(cause: unknown): Outcome {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  const deeper = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  const because = `${error.message}${deeper}`.replace(ADDRESS, '$1$2/…')
  return { is: 'later', because: because.slice(0, MOST_SHOWN) }
}
