/** /rules: what is watched for, with the version and options in force, and the subjects that had to be parked. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { SEVERITIES } from '../../model/alarm.ts'
import { refuses } from '../answers.ts'
import { PageQuery, pageOf } from '../paging.ts'

const Rule = z
  .object({
    id: z.string(),
    name: z.string().meta({ description: 'In the language of the request' }),
    kind: z.string(),
    version: z.string(),
    fault: z.string(),
    severity: z.enum(SEVERITIES),
    order: z.enum(['automatic', 'manual', 'none']),
    verifyMs: z.number(),
    options: z.record(z.string(), z.unknown()),
    subjects: z.int().meta({ description: 'How many it watches' }),
    parked: z.array(z.object({ subject: z.string(), reason: z.string() })),
  })
  .meta({ id: 'Rule' })

export const ruleRoutes: FastifyPluginAsyncZod = async (app) => {
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
    async () => {
      throw new Error('not yet')
    },
  )
}
