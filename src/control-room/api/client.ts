/** One way to the gateway, typed by its own description, and one to fail: every refusal is thrown as a Problem. */
import createClient from 'openapi-fetch'
import type { paths } from '../api.d.ts'
import { language } from '../i18n/language.ts'
import { noteDate } from '../live/status.ts'
import { Problem } from './problem.ts'

export const api = createClient<paths>({ baseUrl: window.location.origin })

api.use({
  onRequest({ request }) {
    request.headers.set('accept-language', language())
    return request
  },
  onResponse({ response }) {
    noteDate(response.headers.get('date'))
  },
  onError({ error }) {
    // Given up by the page itself, or never answered
    return error instanceof Error && error.name === 'AbortError' ? error : new Problem(0, {})
  },
})

type Answered<Answer> = { data?: Answer | undefined; error?: unknown; response: Response }

export async function answer<Answer>(call: Promise<Answered<Answer>>): Promise<Answer> {
  const { data, error, response } = await call
  if (!response.ok) throw new Problem(response.status, typeof error === 'object' && error ? error : {})
  return data as Answer
}
