/** /live: the same JSON as REST, pushed as it happens. */
import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { GatehouseError, LANGUAGES } from '../../model/errors.ts'
import { said } from '../../model/refusal.ts'
import { refuses } from '../answers.ts'
import { callerOf, languageOf } from '../caller.ts'
import type { Live } from '../live.ts'
import { Alarm, Device, Flood, InstantText, Link, OutOfService, WorkOrder } from '../schemas.ts'

const EventId = z.string().regex(/^\d{1,15}$/)

/** An event by name and data; on the wire it is `event:`, `id:` (durable ones) and `data:`. */
export const LiveEvent = z
  .discriminatedUnion('event', [
    z.object({
      event: z.enum([
        'alarm.raised',
        'alarm.acknowledged',
        'alarm.cleared',
        'alarm.shelved',
        'alarm.unshelved',
        'alarm.suppressed',
        'alarm.unsuppressed',
        'alarm.latched',
        'alarm.repeated',
        'alarm.escalated',
      ]),
      id: z.string(),
      data: Alarm,
    }),
    z.object({
      event: z.enum(['order.created', 'order.moved', 'order.overdue']),
      id: z.string(),
      data: WorkOrder,
    }),
    z.object({ event: z.enum(['flood.began', 'flood.ended']), id: z.string(), data: Flood }),
    z.object({
      event: z.enum(['out-of-service.began', 'out-of-service.ended']),
      id: z.string(),
      data: OutOfService,
    }),
    z.object({
      event: z.literal('device.latest'),
      data: Device.pick({ id: true, status: true, lastSeenAt: true, latest: true }).meta({
        description: 'The newest of each of its points',
      }),
    }),
    z.object({ event: z.literal('link.changed'), data: Link }),
    z.object({ event: z.literal('heartbeat'), data: z.object({ at: InstantText }) }),
    z.object({
      event: z.literal('reset'),
      data: z.object({
        because: z
          .enum(['too-old', 'too-slow'])
          .meta({ description: 'Load everything again, then follow on' }),
      }),
    }),
  ])
  .meta({ id: 'LiveEvent', description: 'What arrives as server-sent events, by name' })

export const liveRoutes: FastifyPluginAsyncZod<{ live: Live }> = async (app, { live }) => {
  app.get(
    '/live',
    {
      config: { right: 'live:read' },
      exposeHeadRoute: false, // it would never end
      schema: {
        tags: ['live'],
        summary: 'Server-sent events; durable ones carry an id and are replayed after Last-Event-ID',
        operationId: 'live',
        headers: z.looseObject({
          'last-event-id': EventId.optional().meta({
            description: 'The `id` of the last event that was taken in; what came after it is sent first',
          }),
        }),
        querystring: z.strictObject({
          language: z
            .enum(LANGUAGES)
            .optional()
            .meta({ description: 'For a browser, whose EventSource cannot send Accept-Language of its own' }),
          lastEventId: EventId.optional().meta({
            description: 'For a client that cannot set the header on its first connection',
          }),
        }),
        response: {
          200: { description: 'Events', content: { 'text/event-stream': { schema: LiveEvent } } },
          ...refuses(503),
        },
      },
    },
    async (request, reply) => {
      if (live.isFullFor(callerOf(request))) {
        throw new GatehouseError('too-many-streams', said('too-many-streams'), {
          details: { retryAfterSeconds: 10 },
        })
      }
      const lastId = request.headers['last-event-id'] ?? request.query.lastEventId
      await live.join({
        caller: callerOf(request),
        language: request.query.language ?? languageOf(request),
        lastId: lastId === undefined ? undefined : Number(lastId),
        open() {
          reply.hijack()
          reply.headers({
            'content-type': 'text/event-stream; charset=utf-8',
            'cache-control': 'no-cache, no-transform',
            'x-accel-buffering': 'no', // nginx would hold events back
            connection: 'close', // nothing follows a stream on its connection, so its end need not be waited for
          })
          reply.raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders)
          reply.raw.write('retry: 2000\n\n')
          return reply.raw
        },
      })
      return reply
    },
  )
}
