/** /audit: who did what, when. Each entry is chained to the one before, so a missing or altered one shows. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { refuses } from '../answers.ts'
import { showInstantIn } from '../instants.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { InstantText } from '../schemas.ts'
import type { Services } from '../services.ts'

const AuditEntry = z
  .object({
    id: z.int(),
    at: InstantText,
    by: z.string(),
    action: z.string().meta({ description: '`<noun>.<deed>`' }),
    subject: z.string(),
    details: z.record(z.string(), z.unknown()),
    hash: z.string().meta({ description: 'SHA-256 over the entry before and this one' }),
  })
  .meta({ id: 'AuditEntry' })

export const auditRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const instant = showInstantIn(services.site.timeZone)
  app.get(
    '/audit',
    {
      config: { right: 'audit:read' },
      schema: {
        tags: ['audit'],
        summary: 'The audit trail, newest first',
        operationId: 'listAudit',
        querystring: PageQuery,
        response: { 200: pageOf(AuditEntry), ...refuses() },
      },
    },
    async ({ query }) => {
      const { items, next } = await services.operations.audit.list(query)
      return {
        items: items.map(({ at, details, ...entry }) => ({
          ...entry,
          details: { ...details },
          at: instant(at),
        })),
        next,
      }
    },
  )
}
