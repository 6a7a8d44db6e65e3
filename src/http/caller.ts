/** Who asks, and in which language: known once a request, read by routes. */
import type { FastifyRequest } from 'fastify'
import { GatehouseError, LANGUAGES, type Language } from '../model/errors.ts'
import type { Caller } from './services.ts'

const callers = new WeakMap<FastifyRequest, Caller>()

export const setCaller = (request: FastifyRequest, caller: Caller): void => void callers.set(request, caller)

/** Throws `unauthenticated` where nobody signed in; routes with a right never see that. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request)
  if (!caller) throw new GatehouseError('unauthenticated', 'The request carries no token and no session.')
  return caller
}

/**
 * The best of Accept-Language (RFC 9110 §12.5.4): any Chinese is zh-CN, any English is en, the
 * rest falls to English, because machines send nothing.
 */
export function languageOf(request: Pick<FastifyRequest, 'headers'>): Language {
  let best: { language: Language; weight: number } | undefined
  for (const part of (request.headers['accept-language'] ?? '').slice(0, 256).split(',')) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
    const language = LANGUAGES.find((known) => tag.split('-')[0] === known.split('-')[0])
    const q = parameters.map((parameter) => /^\s*q=([\d.]+)/.exec(parameter)?.[1]).find((found) => found)
    const weight = q === undefined ? 1 : Number(q)
    if (language && weight > 0 && weight > (best?.weight ?? 0)) best = { language, weight }
  }
  return best?.language ?? 'en'
}
