/** /alarms: what is wrong, since when, why, and who has seen it. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { SEVERITIES } from '../../model/alarm.ts'
import { refuses } from '../answers.ts'
import { InstantQuery } from '../instants.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { Alarm } from '../schemas.ts'

export const alarmRoutes: FastifyPluginAsyncZod = async (app) => {
  const tags = ['alarms']
  app.get(
    '/alarms',
    {
      config: { right: 'alarms:read' },
      schema: {
        tags,
        summary: 'Alarms, newest first',
        operationId: 'listAlarms',
        querystring: PageQuery.extend({
          state: z.enum(['open', 'active', 'all']).default('open').meta({
            description: '`active` is the two active states, `open` all but `cleared`',
          }),
          severity: z.enum(SEVERITIES).optional(),
          device: z.string().optional(),
          from: InstantQuery.optional().meta({ description: 'Raised at or after' }),
          to: InstantQuery.optional().meta({ description: 'Raised before' }),
        }),
        response: { 200: pageOf(Alarm), ...refuses() },
      },
    },
    async () => {
      throw new Error('not yet')
    },
  )
  app.get(
    '/alarms/:id',
    {
      config: { right: 'alarms:read' },
      schema: {
        tags,
        summary: 'One alarm',
        operationId: 'getAlarm',
        params: z.object({ id: z.string() }),
        response: { 200: Alarm, ...refuses(404) },
      },
    },
    async () => {
      throw new Error('not yet')
    },
  )
  app.post(
    '/alarms/:id/acknowledge',
    {
      config: { right: 'alarms:acknowledge' },
      schema: {
        tags,
        summary: 'Say that it is seen; the first one counts, again gives the same answer',
        operationId: 'acknowledgeAlarm',
        params: z.object({ id: z.string() }),
        body: z.strictObject({ note: z.string().trim().max(2_000).optional() }).optional(),
        response: { 200: Alarm, ...refuses(404) },
      },
    },
    async () => {
      throw new Error('not yet')
    },
  )
}
