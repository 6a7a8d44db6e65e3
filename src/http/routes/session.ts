/** /session: sign in, who am I, sign out, change one's password. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { GatehouseError } from '../../model/errors.ts'
import { said } from '../../model/refusal.ts'
import { type Identity, ROLES } from '../../operations/roles.ts'
import { SESSION_COOKIE } from '../access.ts'
import { Nothing, refuses } from '../answers.ts'
import { callerOf } from '../caller.ts'
import type { Live } from '../live.ts'
import type { HttpOptions } from '../options.ts'
import { RIGHTS, rightsOf } from '../rights.ts'
import type { Services } from '../services.ts'

const Password = z.string().min(1).max(1_024)

export const Session = z
  .object({
    user: z.string(),
    role: z.enum(ROLES),
    scopes: z.array(z.enum(RIGHTS)).meta({ description: 'The rights of the role' }),
    contractor: z
      .string()
      .optional()
      .meta({ description: 'Whose orders it sees, for the role `contractor`' }),
  })
  .meta({ id: 'Session' })

/** How long a browser keeps the cookie; whether it still opens anything is the registry's to say. */
const COOKIE_SECONDS = 30 * 86_400

const shown = ({ name, role, contractor }: Identity): z.infer<typeof Session> => ({
  user: name,
  role,
  scopes: [...rightsOf(role)],
  ...(contractor !== undefined && { contractor }),
})

export const sessionRoutes: FastifyPluginAsyncZod<{
  options: HttpOptions
  services: Services
  live: Live
}> = async (app, { options, services, live }) => {
  const tags = ['session']
  const { registry } = services.operations
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: options.behindHttps } as const
  app.post(
    '/session',
    {
      config: { right: 'anyone' },
      schema: {
        tags,
        summary: 'Sign in; sets the session cookie',
        operationId: 'signIn',
        security: [],
        body: z.strictObject({ user: z.string().min(1).max(128), password: Password }),
        response: { 200: Session, ...refuses(429) },
      },
    },
    async (request, reply) => {
      const { user, password } = request.body
      const { session, identity } = await registry.signIn(user, password, request.ip)
      const before = request.cookies[SESSION_COOKIE]
      if (before !== undefined) await registry.signOut(before) // nobody could end it any more
      live.lookAgain()
      reply.setCookie(SESSION_COOKIE, session, { ...cookie, maxAge: COOKIE_SECONDS })
      return shown(identity)
    },
  )
  app.get(
    '/session',
    {
      config: { right: 'signed-in' },
      schema: { tags, summary: 'Who am I', operationId: 'whoAmI', response: { 200: Session, ...refuses() } },
    },
    async (request) => shown(callerOf(request)),
  )
  app.delete(
    '/session',
    {
      config: { right: 'signed-in' },
      schema: { tags, summary: 'Sign out', operationId: 'signOut', response: { 204: Nothing, ...refuses() } },
    },
    async (request, reply) => {
      const { via, secret } = callerOf(request)
      if (via === 'session') await registry.signOut(secret)
      live.lookAgain()
      return reply.clearCookie(SESSION_COOKIE, cookie).code(204).send()
    },
  )
  app.post(
    '/session/password',
    {
      config: { right: 'signed-in' },
      schema: {
        tags,
        summary: "Change one's password; ends every other session of the user",
        operationId: 'changePassword',
        body: z.strictObject({ current: Password, new: Password }),
        response: { 204: Nothing, ...refuses(429) },
      },
    },
    async (request, reply) => {
      const { name, via, secret } = callerOf(request)
      if (via !== 'session') throw new GatehouseError('forbidden', said('token-without-password'))
      await registry.changePassword(name, request.body.current, request.body.new, secret)
      live.lookAgain()
      return reply.code(204).send()
    },
  )
}
