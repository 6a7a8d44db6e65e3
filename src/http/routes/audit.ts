/** /audit: who did what, when. Each entry is chained to the one before, so a missing or altered one shows. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { refuses } from '../answers.ts'
import { languageOf } from '../caller.ts'
import { assertForward, InstantQuery, showInstantIn } from '../instants.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { InstantText } from '../schemas.ts'
import type { Services } from '../services.ts'
import { showReason } from '../show.ts'

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
        querystring: PageQuery.extend({
          by: z.string().min(1).max(200).optional().meta({ description: 'Who did it' }),
          action: z
            .string()
            .regex(/^[a-z-]{1,40}(\.[a-z-]{1,40})?$/)
            .optional()
            .meta({ description: 'A deed, `order.moved`, or a noun for all of its deeds, `order`' }),
          subject: z.string().min(1).max(200).optional().meta({ description: 'What it was done to' }),
          from: InstantQuery.optional().meta({ description: 'Done at or after' }),
          to: InstantQuery.optional().meta({ description: 'Done before' }),
        }),
        response: { 200: pageOf(AuditEntry), ...refuses() },
      },
    },
    async (request) => {
      const { query } = request
      const language = languageOf(request)
      assertForward(query)
      const { items, next } = await services.operations.audit.list(query)
      return {
        items: items.map(({ at, details, ...entry }) => {
          const { reason } = details
          const shown = typeof reason === 'string' && { reason: showReason(entry.by, reason, language) }
          return { ...entry, details: { ...details, ...shown }, at: instant(at) }
        }),
        next,
      }
    },
  )
}
