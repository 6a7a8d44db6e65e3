/**
 * The door of the API: a token or a session, then the right that the route names. A route that
 * names none does not start, so nothing can be left open by forgetting.
 *
 * Cookies travel by themselves, so a change by cookie must also come from our own page: the browser says
 * so in Sec-Fetch-Site, or in Origin where it sends that alone (plain HTTP). With SameSite=Strict
 * and JSON as the only body that is taken, no other site can make a browser act.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GatehouseError } from '../model/errors.ts'
import { said } from '../model/refusal.ts'
import type { Registry } from '../operations/registry.ts'
import type { Identity } from '../operations/roles.ts'
import { type Caller, setCaller } from './caller.ts'
import { may, type Right } from './rights.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must have; a route of the API without it does not start. */
    right?: Right | 'signed-in' | 'anyone'
  }
}

export const SESSION_COOKIE = 'gatehouse_session'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

export type AccessParts = { readonly registry: Pick<Registry, 'session' | 'token'> }

/** Whether whom we let in is still to be let in. */
export const stillIn = ({ registry }: AccessParts, { via, secret }: Caller): Promise<Identity | undefined> =>
  via === 'token' ? registry.token(secret) : registry.session(secret)

export function guard(app: FastifyInstance, parts: AccessParts): void {
  app.addHook('onRoute', ({ config, method, url }) => {
    if (!config?.right) throw new Error(`${method} ${url} names no right`)
  })
  app.addHook('onRequest', async (request) => {
    // What there is no route for answers only to those who may know that.
    const right = request.routeOptions.config.right ?? 'signed-in'
    if (right === 'anyone') return sameSite(request)
    const caller = await identify(request, parts)
    if (!caller) throw new GatehouseError('unauthenticated', said('no-identity'))
    if (caller.via === 'session') sameSite(request)
    if (right !== 'signed-in' && !may(caller, right)) {
      throw new GatehouseError('forbidden', said('right-missing', { role: caller.role, right }))
    }
    setCaller(request, caller)
  })
}

async function identify(request: FastifyRequest, { registry }: AccessParts): Promise<Caller | undefined> {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const token = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1]
    const identity = token === undefined ? undefined : await registry.token(token)
    return identity && token ? { ...identity, secret: token } : undefined
  }
  const session = request.cookies[SESSION_COOKIE]
  const identity = session === undefined ? undefined : await registry.session(session)
  return identity && session ? { ...identity, secret: session } : undefined
}

function sameSite({ method, headers, host }: FastifyRequest): void {
  if (SAFE_METHODS.has(method)) return
  const site = headers['sec-fetch-site']
  const ours = site === undefined ? isOurs(headers.origin, host) : site === 'same-origin'
  if (!ours) throw new GatehouseError('forbidden', said('other-site'))
}

function isOurs(origin: string | undefined, host: string): boolean {
  if (origin === undefined) return true // not a browser
  try {
    return new URL(origin).host === host
  } catch {
    return false
  }
}
