/** Who asks, and in which language: known once a request, read by routes. */
import type { FastifyRequest } from 'fastify'
import { GatehouseError, LANGUAGES, type Language } from '../model/errors.ts'
import { said } from '../model/refusal.ts'
import type { Identity } from '../operations/roles.ts'
import type { Reader } from '../operations/views.ts'
import { showInstantIn } from './instants.ts'

/** `secret` is what it came with, so that a live stream can ask again whether that still holds. */
export type Caller = Identity & { readonly secret: string }

const callers = new WeakMap<FastifyRequest, Caller>()

export const setCaller = (request: FastifyRequest, caller: Caller): void => void callers.set(request, caller)

/** Throws `unauthenticated` where nobody signed in; a route with a right never sees that. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request)
  if (!caller) throw new GatehouseError('unauthenticated', said('no-identity'))
  return caller
}

/**
 * The best of Accept-Language (RFC 9110 §12.5.4): any Chinese is zh-CN, any English is en, the
 * rest falls to English, because machines send nothing.
 */
export function languageOf({ headers }: Pick<FastifyRequest, 'headers'>): Language {
  let best: { language: Language; weight: number } | undefined
  for (const part of (headers['accept-language'] ?? '').slice(0, 256).split(',')) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
    const language = LANGUAGES.find((known) => tag.split('-')[0] === known.split('-')[0])
    const quality = parameters.map((text) => /^\s*q=([\d.]+)/.exec(text)?.[1]).find((found) => found)
    const weight = quality === undefined ? 1 : Number(quality)
    if (language && weight > 0 && weight > (best?.weight ?? 0)) best = { language, weight }
  }
  return best?.language ?? 'en'
}

export type ReaderOf = (request: FastifyRequest) => Reader

/** How the one who asks sees the words and the clock. */
export const readersIn = (timeZone: string): ReaderOf => {
  const instant = showInstantIn(timeZone)
  return (request) => ({ language: languageOf(request), instant })
}
