/**
 * What a person does against ringing: shelving, out of service, and the reset of what is latched. Who asked,
 * why and until when is always told.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { OUT_OF_SERVICE_KINDS, type Serviced } from '../../alarms/suppression.ts'
import { GatehouseError } from '../../model/errors.ts'
import { said } from '../../model/refusal.ts'
import { alarmView, outOfServiceView } from '../../operations/views.ts'
import { Nothing, refuses } from '../answers.ts'
import { callerOf, type ReaderOf } from '../caller.ts'
import { InstantQuery, showInstantIn } from '../instants.ts'
import { PageQuery, pageOf, pageOfWhole } from '../paging.ts'
import { Alarm, OutOfService } from '../schemas.ts'
import type { Services } from '../services.ts'

const MINUTE_MS = 60_000

const Reason = z.string().trim().min(1).max(500).meta({ description: 'Why, for those who come after' })

const Id = z.object({ id: z.string() })

export const quietRoutes: FastifyPluginAsyncZod<{ services: Services; readerOf: ReaderOf }> = async (
  app,
  { services: { operations, site }, readerOf },
) => {
  const { desk } = operations
  const instant = showInstantIn(site.timeZone)
  app.post(
    '/alarms/:id/shelve',
    {
      config: { right: 'alarms:shelve' },
      schema: {
        tags: ['alarms'],
        summary: 'Keep it, and whatever its rule finds there, from ringing for a while',
        operationId: 'shelveAlarm',
        params: Id,
        body: z
          .strictObject({
            until: InstantQuery.optional(),
            forMinutes: z.number().positive().max(525_600).optional(),
            oneShot: z.boolean().default(false).meta({
              description:
                'It ends with the alarm; without `until` and `forMinutes` at the latest after the maximum',
            }),
            reason: Reason,
          })
          .refine(({ until, forMinutes }) => until === undefined || forMinutes === undefined, {
            path: ['until'],
            params: said('until-or-for'),
          })
          .refine(({ until, forMinutes, oneShot }) => oneShot || (until ?? forMinutes) !== undefined, {
            path: ['until'],
            params: said('until-needed'),
          }),
        response: { 200: Alarm, ...refuses(404, 409) },
      },
    },
    async (request) => {
      const { until, forMinutes, oneShot, reason } = request.body
      const asked =
        until !== undefined
          ? { until }
          : forMinutes !== undefined
            ? { forMs: forMinutes * MINUTE_MS }
            : ({ until: 'latest' } as const)
      const alarm = await desk.shelve(request.params.id, { ...asked, oneShot, reason }, callerOf(request))
      return alarmView(alarm, readerOf(request))
    },
  )
  app.post(
    '/alarms/:id/unshelve',
    {
      config: { right: 'alarms:shelve' },
      schema: {
        tags: ['alarms'],
        summary: 'Take it off the shelf; what still holds rings. Again gives the same answer',
        operationId: 'unshelveAlarm',
        params: Id,
        response: { 200: Alarm, ...refuses(404) },
      },
    },
    async (request) =>
      alarmView(await desk.unshelve(request.params.id, callerOf(request)), readerOf(request)),
  )
  app.post(
    '/alarms/:id/reset',
    {
      config: { right: 'alarms:acknowledge' },
      schema: {
        tags: ['alarms'],
        summary: 'Let go a latched alarm whose condition is over; again gives the same answer',
        operationId: 'resetAlarm',
        params: Id,
        body: z.strictObject({ note: z.string().trim().max(2_000).optional() }).nullish(),
        response: { 200: Alarm, ...refuses(404, 409) },
      },
    },
    async (request) => {
      const note = request.body?.note || undefined
      const alarm = await desk.reset(request.params.id, callerOf(request), note)
      return alarmView(alarm, readerOf(request))
    },
  )

  app.get(
    '/out-of-service',
    {
      config: { right: 'alarms:read' },
      schema: {
        tags: ['alarms'],
        summary: 'Devices and zones under maintenance, the one that is back first before others',
        operationId: 'listOutOfService',
        querystring: PageQuery,
        response: { 200: pageOf(OutOfService), ...refuses() },
      },
    },
    async ({ query }) => {
      const { items, next } = pageOfWhole(await operations.outOfService.list(), query)
      return { items: items.map((service) => outOfServiceView(service, { instant })), next }
    },
  )
  for (const kind of OUT_OF_SERVICE_KINDS) {
    const known = (id: string): Serviced => {
      const there = kind === 'device' ? site.devices : site.zones
      if (there.some((one) => one.id === id)) return { kind, id }
      throw new GatehouseError(
        'not-found',
        kind === 'device' ? said('no-device', { device: id }) : said('no-zone', { zone: id }),
      )
    }
    const name = kind === 'device' ? 'Device' : 'Zone'
    app.post(
      `/${kind}s/:id/out-of-service`,
      {
        config: { right: 'devices:service' },
        schema: {
          tags: [`${kind}s`],
          summary: 'Take it out of service until then; an earlier one is replaced',
          operationId: `take${name}OutOfService`,
          params: Id,
          body: z.strictObject({ until: InstantQuery, reason: Reason }),
          response: { 200: OutOfService, ...refuses(404) },
        },
      },
      async (request) => {
        const what = known(request.params.id)
        const service = await desk.takeOutOfService(what, request.body, callerOf(request))
        return outOfServiceView(service, { instant })
      },
    )
    app.delete(
      `/${kind}s/:id/out-of-service`,
      {
        config: { right: 'devices:service' },
        schema: {
          tags: [`${kind}s`],
          summary: 'Back in service; what still holds rings',
          operationId: `put${name}BackInService`,
          params: Id,
          response: { 204: Nothing, ...refuses(404) },
        },
      },
      async (request, reply) => {
        await desk.putBackInService(known(request.params.id), callerOf(request))
        return reply.code(204).send()
      },
    )
  }
}
