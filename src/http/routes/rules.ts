/** /rules: what is watched for, with the version and options in force, and the subjects that had to be parked. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { SEVERITIES } from '../../model/alarm.ts'
import { ruleName } from '../../model/words-rules.ts'
import { keyOf, pageOf as page } from '../../operations/pages.ts'
import { refuses } from '../answers.ts'
import { languageOf } from '../caller.ts'
import { showInstantIn } from '../instants.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { InstantText } from '../schemas.ts'
import type { Services } from '../services.ts'

const Rule = z
  .object({
    id: z.string(),
    name: z.string().meta({ description: 'In the language of the request; the id where it has no words' }),
    kind: z.string(),
    version: z.string(),
    fault: z.string(),
    severity: z.enum(SEVERITIES),
    order: z.enum(['automatic', 'manual', 'none']),
    verifyMs: z.number(),
    options: z.record(z.string(), z.unknown()),
    subjects: z.int().meta({ description: 'How many it watches' }),
    parked: z.array(z.object({ subject: z.string(), at: InstantText, reason: z.string() })),
  })
  .meta({ id: 'Rule' })

export const ruleRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const instant = showInstantIn(services.site.timeZone)
  app.get(
    '/rules',
    {
      config: { right: 'rules:read' },
      schema: {
        tags: ['rules'],
        summary: 'Rules in force',
        operationId: 'listRules',
        querystring: PageQuery,
        response: { 200: pageOf(Rule), ...refuses() },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const language = languageOf(request)
      const { rules, parked } = services.rules
      const after = cursor === undefined ? 0 : Number(keyOf(cursor, ['number'])[0])
      const all = rules.map(({ config, version, subjects }, position) => {
        const { id, kind, fault, severity, order, verifyMs, options } = config
        return {
          position: position + 1,
          name: ruleName({ id, fault, kind }, language),
          ...{ id, kind, version, fault, severity, order, verifyMs },
          options: options as Record<string, unknown>,
          subjects: subjects.size,
          parked: parked()
            .filter(({ rule }) => rule === id)
            .map(({ subject, at, cause }) => ({ subject, at: instant(at), reason: cause })),
        }
      })
      return page(
        all.slice(after, after + limit + 1),
        limit,
        (rule) => rule,
        ({ position }) => [position],
      )
    },
  )
}
