/**
 * Every refusal as application/problem+json (RFC 9457). What the gateway itself got wrong is
 * logged with its cause and told without it.
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { ERRORS, type ErrorCode, GatehouseError, type Language, type Words } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import { meant } from '../model/meant.ts'
import { inWords, type Said, said } from '../model/refusal.ts'
import { retold } from '../model/retold.ts'
import { errorTitle } from '../model/words.ts'
import { languageOf } from './caller.ts'
import { MOST_BODY_BYTES } from './options.ts'
import type { ProblemBody } from './schemas.ts'

type WrongInput = { readonly path: string; readonly message: string }

const NEEDED: Words = { en: 'needed', 'zh-CN': '必填' }
const WHOLE: Words = { en: 'the request', 'zh-CN': '请求' }
const COLON: Words = { en: ': ', 'zh-CN': '：' }
const AND: Words = { en: '; ', 'zh-CN': '；' }

const WORDING = { en: z.locales.en().localeError, 'zh-CN': z.locales.zhCN().localeError }

function wrongInputs(
  { issues }: z.core.$ZodError,
  language: Language,
  known: readonly string[],
): WrongInput[] {
  return issues.flatMap((issue): WrongInput[] => {
    const path = issue.path.join('.')
    if (issue.code === 'unrecognized_keys') {
      const here = path === '' ? known : []
      return issue.keys.map((key) => ({
        path: [...issue.path, key].join('.'),
        message: strange(key, here, language),
      }))
    }
    if (issue.code === 'invalid_union') {
      // Say what is wrong with the shape that comes nearest, not with all of them.
      const nearest = [...issue.errors].sort((a, b) => a.length - b.length)[0]
      if (nearest?.length) {
        return wrongInputs(new z.core.$ZodError(nearest), language, known).map((wrong) => ({
          ...wrong,
          path: [path, wrong.path].filter(Boolean).join('.'),
        }))
      }
    }
    if ('input' in issue && issue.input === undefined) return [{ path, message: NEEDED[language] }]
    if (issue.code === 'custom') {
      const { params } = issue
      return [{ path, message: isSaid(params) ? inWords(params, language) : issue.message }]
    }
    const worded = WORDING[language](issue as z.core.$ZodRawIssue)
    return [{ path, message: (typeof worded === 'string' ? worded : worded?.message) ?? issue.message }]
  })
}

/** Whoever wrote `sate` meant `state`; where nothing comes near, all that there is. */
function strange(key: string, known: readonly string[], language: Language): string {
  const hint = meant(key, known).replace(/^; /, '')
  if (hint !== '') return inWords(said('strange-key-meant', { hint: retold(hint, language) }), language)
  if (known.length === 0) return inWords(said('strange-key'), language)
  return inWords(said('strange-key-known', { known: known.toSorted().join(', ') }), language)
}

/** The keys that a schema takes, whichever of its forms is meant. */
function keysOf(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.flatMap(keysOf))]
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return keysOf(schema.unwrap())
  return []
}

/** An issue of ours carries its sentence, to be worded here. */
const isSaid = (params: unknown): params is Said =>
  typeof params === 'object' && params !== null && 'is' in params && 'figures' in params

const statusOf = (code: ErrorCode): number => {
  const known: { readonly status?: number } = ERRORS[code]
  return known.status ?? 500
}

export function problem(
  code: ErrorCode,
  detail: string | Said,
  language: Language,
  more: object = {},
): ProblemBody {
  return {
    ...more,
    type: `urn:gatehouse:error:${code}`,
    title: errorTitle(code, language),
    status: statusOf(code),
    code,
    detail: typeof detail === 'string' ? retold(detail, language) : inWords(detail, language),
  }
}

/** What an error is to a client; undefined where it is our own fault. */
function told(error: Error, language: Language, request: FastifyRequest): ProblemBody | undefined {
  if (error instanceof GatehouseError) {
    if (statusOf(error.code) === 500) return undefined
    return problem(error.code, error.said ?? error.message, language, inTheirs(error.details, language))
  }
  if (error instanceof z.core.$ZodError) {
    const { validationContext: part } = error as Partial<FastifyError>
    const { schema = {} } = request.routeOptions
    const errors = wrongInputs(
      error,
      language,
      part === undefined ? [] : keysOf((schema as Readonly<Record<string, unknown>>)[part]),
    )
    const places = errors.map(({ path, message }) => [path || WHOLE[language], message].join(COLON[language]))
    return { ...problem('invalid-input', '', language, { errors }), detail: places.join(AND[language]) }
  }
  const { statusCode, code = '' } = error as Partial<FastifyError>
  const isBrokenJson = statusCode === 400 && error instanceof SyntaxError
  const known = OF_FASTIFY[code] ?? (isBrokenJson ? said('broken-json') : undefined)
  if (known) return problem('invalid-input', known, language)
  // Of the files of the page: what lies outside of their folder is not there for anybody, whatever the role.
  if (statusCode === 403 || statusCode === 404) return problem('not-found', said('nothing-there'), language)
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return problem('invalid-input', said('not-taken', { reason: error.message }), language)
  }
  return undefined
}

/** Wrong inputs that were found by whoever knows no reader, as of a draft of rules. */
function inTheirs(details: GatehouseError['details'], language: Language): GatehouseError['details'] {
  if (!Array.isArray(details.errors)) return details
  const errors: readonly WrongInput[] = details.errors
  return { ...details, errors: errors.map((one) => ({ ...one, message: retold(one.message, language) })) }
}

const OF_FASTIFY: Readonly<Record<string, Said>> = {
  FST_ERR_BAD_URL: said('bad-address'),
  FST_ERR_CTP_BODY_TOO_LARGE: said('body-too-large', { mostKiB: MOST_BODY_BYTES / 1_024 }),
  FST_ERR_CTP_INVALID_JSON_BODY: said('broken-json'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: said('not-json'),
}

/** For Fastify's `setErrorHandler`. */
export const problemHandler =
  (log: Log) =>
  (error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const language = languageOf(request)
    let body = told(error, language, request)
    if (!body) {
      const { method } = request
      const route = request.routeOptions.url ?? '(unknown)'
      log.error({ err: error, method, route, request: request.id }, 'A request failed inside')
      body = problem('internal', said('inside', { request: request.id }), language)
    }
    if (body.status === 401) reply.header('www-authenticate', 'Bearer realm="gatehouse"')
    const { retryAfterSeconds } = body as { retryAfterSeconds?: unknown }
    if (typeof retryAfterSeconds === 'number') reply.header('retry-after', Math.ceil(retryAfterSeconds))
    return reply
      .code(body.status)
      .header('content-language', language)
      .type('application/problem+json; charset=utf-8')
      .send(body)
  }
