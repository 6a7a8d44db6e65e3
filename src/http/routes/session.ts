/** /session: sign in, who am I, sign out, change one's password. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { Nothing, refuses } from '../answers.ts'
import { RIGHTS, ROLES } from '../rights.ts'

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

export const sessionRoutes: FastifyPluginAsyncZod = async (app) => {
  const tags = ['session']
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
    async () => {
      throw new Error('not yet')
    },
  )
  app.get(
    '/session',
    {
      config: { right: 'signed-in' },
      schema: { tags, summary: 'Who am I', operationId: 'whoAmI', response: { 200: Session, ...refuses() } },
    },
    async () => {
      throw new Error('not yet')
    },
  )
  app.delete(
    '/session',
    {
      config: { right: 'signed-in' },
      schema: { tags, summary: 'Sign out', operationId: 'signOut', response: { 204: Nothing, ...refuses() } },
    },
    async () => {
      throw new Error('not yet')
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
        body: z.strictObject({ current: Password, new: z.string().min(10).max(1_024) }),
        response: { 204: Nothing, ...refuses(429) },
      },
    },
    async () => {
      throw new Error('not yet')
    },
  )
}
