/** /live: the same JSON as REST, pushed as it happens. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { refuses } from '../answers.ts'
import { Alarm, Device, InstantText, Link, WorkOrder } from '../schemas.ts'

/** An event by name and data; on the wire it is `event:`, `id:` (durable ones) and `data:`. */
export const LiveEvent = z
  .discriminatedUnion('event', [
    z.object({
      event: z.enum(['alarm.raised', 'alarm.acknowledged', 'alarm.cleared']),
      id: z.string(),
      data: Alarm,
    }),
    z.object({ event: z.enum(['order.created', 'order.moved']), id: z.string(), data: WorkOrder }),
    z.object({
      event: z.literal('device.latest'),
      data: Device.pick({ id: true, status: true, lastSeenAt: true, latest: true }).meta({
        description: 'Only the points that changed; merge them into what you hold',
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

export const liveRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/live',
    {
      config: { right: 'live:read' },
      schema: {
        tags: ['live'],
        summary: 'Server-sent events; durable ones carry an id and are replayed after Last-Event-ID',
        operationId: 'live',
        headers: z.looseObject({ 'last-event-id': z.string().max(32).optional() }),
        querystring: z.object({
          lastEventId: z
            .string()
            .max(32)
            .optional()
            .meta({ description: 'For a client that cannot set the header on its first connection' }),
        }),
        response: {
          200: { description: 'Events', content: { 'text/event-stream': { schema: LiveEvent } } },
          ...refuses(503),
        },
      },
    },
    async () => {
      throw new Error('not yet')
    },
  )
}
