/** One way to the gateway, and one to fail: every answer that is not a success is thrown as a Problem. */
import { language } from '../i18n/language.ts'
import { Problem } from './problem.ts'

type Ask = {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
  readonly signal?: AbortSignal
}

export const address = (path: string, query: Ask['query'] = {}): string => {
  const asked = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) asked.set(name, String(value))
  }
  return `/api/v1${path}${asked.size > 0 ? `?${asked}` : ''}`
}

export async function send<Answer>(path: string, ask: Ask = {}): Promise<Answer> {
  const { method = 'GET', query, body, signal } = ask
  const response = await fetch(address(path, query), {
    method,
    headers: {
      'accept-language': language(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw new Problem(0, {})
  })
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})))
  return (response.status === 204 ? undefined : await response.json()) as Answer
}
