/** /alarms: what is wrong, since when, why, and who has seen it. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { SEVERITIES } from '../../model/alarm.ts'
import { GatehouseError } from '../../model/errors.ts'
import { said } from '../../model/refusal.ts'
import { alarmView } from '../../operations/views.ts'
import { refuses } from '../answers.ts'
import { callerOf, type ReaderOf } from '../caller.ts'
import { assertForward, InstantQuery } from '../instants.ts'
import { PageQuery, pageOf, pageOfWhole } from '../paging.ts'
import { Alarm, InstantText, listOf } from '../schemas.ts'
import type { Services } from '../services.ts'

const PendingStep = z
  .object({
    policy: z.string(),
    step: z.int().meta({ description: 'Counted from 1' }),
    of: z.int(),
    dueAt: InstantText.meta({ description: 'Taken then, unless somebody acknowledges before' }),
    channels: listOf(z.string()).meta({ description: 'Who is told' }),
  })
  .meta({ id: 'PendingStep' })

export const alarmRoutes: FastifyPluginAsyncZod<{
  services: Services
  readerOf: ReaderOf
}> = async (app, { services: { operations }, readerOf }) => {
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
          state: z.enum(['open', 'active', 'all', 'shelved', 'suppressed']).default('open').meta({
            description:
              '`active` is the two active states, `open` all but `cleared`; `suppressed` whatever does not ring, `shelved` what a person shelved',
          }),
          severity: z.enum(SEVERITIES).optional().meta({ description: 'Exactly this one' }),
          device: z.string().optional().meta({ description: 'Id of the device' }),
          from: InstantQuery.optional().meta({ description: 'Raised at or after' }),
          to: InstantQuery.optional().meta({ description: 'Raised before' }),
        }),
        response: { 200: pageOf(Alarm), ...refuses() },
      },
    },
    async (request) => {
      assertForward(request.query)
      const { items, next } = await operations.alarms.list(request.query)
      return { items: items.map((alarm) => alarmView(alarm, readerOf(request))), next }
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
    async (request) => {
      const alarm = await operations.alarms.get(request.params.id)
      if (!alarm) throw new GatehouseError('not-found', said('no-alarm', { alarm: request.params.id }))
      return alarmView(alarm, readerOf(request))
    },
  )
  app.get(
    '/alarms/:id/escalation',
    {
      config: { right: 'alarms:read' },
      schema: {
        tags,
        summary: 'The steps that come next as long as nobody acknowledges it, one a policy',
        operationId: 'getEscalation',
        params: z.object({ id: z.string() }),
        querystring: PageQuery,
        response: { 200: pageOf(PendingStep), ...refuses(404) },
      },
    },
    async (request) => {
      const { id } = request.params
      const { instant } = readerOf(request)
      if (!(await operations.alarms.get(id))) {
        throw new GatehouseError('not-found', said('no-alarm', { alarm: id }))
      }
      const { items, next } = pageOfWhole(await operations.escalations.pending(id), request.query)
      return { items: items.map(({ dueAt, ...step }) => ({ ...step, dueAt: instant(dueAt) })), next }
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
        body: z.strictObject({ note: z.string().trim().max(2_000).optional() }).nullish(),
        response: { 200: Alarm, ...refuses(404) },
      },
    },
    async (request) => {
      const note = request.body?.note || undefined
      const alarm = await operations.desk.acknowledge(request.params.id, callerOf(request), note)
      return alarmView(alarm, readerOf(request))
    },
  )
}
