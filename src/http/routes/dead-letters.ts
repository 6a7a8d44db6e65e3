/** /dead-letters: what devices sent that no profile could read, with the reason. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { retold } from '../../model/retold.ts'
import { refuses } from '../answers.ts'
import { languageOf } from '../caller.ts'
import { assertForward, InstantQuery, showInstantIn } from '../instants.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { InstantText } from '../schemas.ts'
import type { Services } from '../services.ts'

const DeadLetter = z
  .object({
    at: InstantText,
    source: z.string(),
    topic: z.string(),
    device: z.string().optional(),
    code: z.string(),
    reason: z.string(),
    payload: z.string().meta({ description: 'Its first 1,024 bytes, base64' }),
  })
  .meta({ id: 'DeadLetter' })

export const deadLetterRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const instant = showInstantIn(services.site.timeZone)
  app.get(
    '/dead-letters',
    {
      config: { right: 'dead-letters:read' },
      schema: {
        tags: ['dead-letters'],
        summary: 'Dead letters, newest first',
        operationId: 'listDeadLetters',
        querystring: PageQuery.extend({
          from: InstantQuery.optional(),
          to: InstantQuery.optional(),
          device: z.string().optional().meta({ description: 'Id; where it was known of whom it is' }),
          code: z.string().optional().meta({ description: 'Of docs/errors.md, such as `bad-point`' }),
        }),
        response: { 200: pageOf(DeadLetter), ...refuses() },
      },
    },
    async (request) => {
      const { query } = request
      const language = languageOf(request)
      assertForward(query)
      const { items, next } = await services.operations.deadLetters.list(query)
      const shown = items.map(({ at, reason, ...letter }) => ({
        ...letter,
        at: instant(at),
        reason: retold(reason, language),
      }))
      return { items: shown, next }
    },
  )
}
