/** The answers a route declares: its own, and the problems that it may answer with. */
import * as z from 'zod'
import { inWords, type Said } from '../model/refusal.ts'
import { Problem } from './schemas.ts'

const WHEN = {
  401: 'No token and no session',
  403: 'Without the right',
  404: 'Unknown',
  409: 'Not in this state or version',
  412: 'Not as If-Match names it',
  422: 'Wrong input',
  429: 'Too many failed attempts',
  503: 'Not now',
} as const

type Refusal = keyof typeof WHEN

const problem = (status: Refusal) => ({
  description: WHEN[status],
  content: { 'application/problem+json': { schema: Problem } },
})

/** 401, 403 and 422 go without saying. */
export const refuses = <Also extends Refusal = never>(...also: Also[]) =>
  Object.fromEntries(
    ([401, 403, 422, ...also] as const).map((status) => [status, problem(status)]),
  ) as Record<401 | 403 | 422 | Also, ReturnType<typeof problem>>

export const Nothing = z.undefined().meta({ description: 'Done; no body' })

/** For what no schema can see: an issue like those of a schema, so 422 with the place of the wrong input. */
export const wrongInput = (path: string, params: Said): Error =>
  new z.ZodError([{ code: 'custom', path: [path], message: inWords(params, 'en'), params }])
