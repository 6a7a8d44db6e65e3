/**
 * /users and /tokens: who may come in, for whoever administers it. Secrets go in, or out once, and are never
 * shown again.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { ROLES } from '../../operations/roles.ts'
import { Nothing, refuses } from '../answers.ts'
import { callerOf } from '../caller.ts'
import { type ShowInstant, showInstantIn } from '../instants.ts'
import type { Live } from '../live.ts'
import { PageQuery, pageOf, pageOfWhole } from '../paging.ts'
import { InstantText } from '../schemas.ts'
import type { Services } from '../services.ts'

const Name = z.string().min(1).max(63)
const Password = z.string().min(1).max(1_024)
const Contractor = z.string().min(1).max(63).optional().meta({
  description: 'Whose orders it sees: needed by, and only by, the role `contractor`',
})

const User = z
  .object({
    name: z.string(),
    role: z.enum(ROLES),
    contractor: z.string().optional(),
    createdAt: InstantText,
    seenAt: InstantText.nullable().meta({ description: 'Null where it has no session' }),
  })
  .meta({ id: 'User' })

const Token = z
  .object({
    id: z.string(),
    label: z.string(),
    role: z.enum(ROLES),
    contractor: z.string().optional(),
    createdAt: InstantText,
  })
  .meta({ id: 'Token' })

export const accountRoutes: FastifyPluginAsyncZod<{ services: Services; live: Live }> = async (
  app,
  { services, live },
) => {
  const { registry } = services.operations
  const instant: ShowInstant = showInstantIn(services.site.timeZone)
  const tags = ['accounts']
  app.get(
    '/users',
    {
      config: { right: 'accounts:read' },
      schema: {
        tags,
        summary: 'All users, by name',
        operationId: 'listUsers',
        querystring: PageQuery,
        response: { 200: pageOf(User), ...refuses() },
      },
    },
    async ({ query }) => {
      const { items, next } = pageOfWhole(await registry.users(), query)
      return {
        items: items.map(({ createdAt, seenAt, ...user }) => ({
          ...user,
          createdAt: instant(createdAt),
          seenAt: seenAt === undefined ? null : instant(seenAt),
        })),
        next,
      }
    },
  )
  app.post(
    '/users',
    {
      config: { right: 'accounts:write' },
      schema: {
        tags,
        summary: 'Make a user',
        operationId: 'createUser',
        body: z.strictObject({ name: Name, role: z.enum(ROLES), password: Password, contractor: Contractor }),
        response: { 204: Nothing, ...refuses(429) },
      },
    },
    async (request, reply) => {
      await registry.createUser(request.body, callerOf(request).name)
      return reply.code(204).send()
    },
  )
  app.post(
    '/users/:name/password',
    {
      config: { right: 'accounts:write' },
      schema: {
        tags,
        summary: 'Give a user another password; ends all sessions of the user',
        operationId: 'setPassword',
        params: z.object({ name: Name }),
        body: z.strictObject({ password: Password }),
        response: { 204: Nothing, ...refuses(404, 429) },
      },
    },
    async (request, reply) => {
      await registry.setPassword(request.params.name, request.body.password, callerOf(request).name)
      live.lookAgain()
      return reply.code(204).send()
    },
  )
  app.delete(
    '/users/:name',
    {
      config: { right: 'accounts:write' },
      schema: {
        tags,
        summary: 'Remove a user and end all its sessions; never the last admin',
        operationId: 'removeUser',
        params: z.object({ name: Name }),
        response: { 204: Nothing, ...refuses(404) },
      },
    },
    async (request, reply) => {
      await registry.removeUser(request.params.name, callerOf(request).name)
      live.lookAgain()
      return reply.code(204).send()
    },
  )
  app.get(
    '/tokens',
    {
      config: { right: 'accounts:read' },
      schema: {
        tags,
        summary: 'API tokens in force, newest first',
        operationId: 'listTokens',
        querystring: PageQuery,
        response: { 200: pageOf(Token), ...refuses() },
      },
    },
    async ({ query }) => {
      const { items, next } = pageOfWhole(await registry.tokens(), query)
      return {
        items: items.map(({ createdAt, ...token }) => ({ ...token, createdAt: instant(createdAt) })),
        next,
      }
    },
  )
  app.post(
    '/tokens',
    {
      config: { right: 'accounts:write' },
      schema: {
        tags,
        summary: 'Make an API token of a role; it is shown this once',
        operationId: 'createToken',
        body: z.strictObject({ role: z.enum(ROLES), label: Name.optional(), contractor: Contractor }),
        response: { 201: z.object({ token: z.string() }), ...refuses() },
      },
    },
    async (request, reply) => {
      const token = await registry.createToken(request.body, callerOf(request).name)
      return reply.code(201).send({ token })
    },
  )
  app.delete(
    '/tokens/:id',
    {
      config: { right: 'accounts:write' },
      schema: {
        tags,
        summary: 'Revoke an API token',
        operationId: 'revokeToken',
        params: z.object({ id: z.string().min(1).max(64) }),
        response: { 204: Nothing, ...refuses(404) },
      },
    },
    async (request, reply) => {
      await registry.revokeToken(request.params.id, callerOf(request).name)
      live.lookAgain()
      return reply.code(204).send()
    },
  )
}
