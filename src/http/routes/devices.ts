/** /devices: what stands on the site, what it last said, and all it said in an interval. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { FAMILIES } from '../../model/device.ts'
import { refuses } from '../answers.ts'
import { InstantQuery } from '../instants.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { DEVICE_STATUSES, Device, InstantText, Value } from '../schemas.ts'

const Reading = z
  .object({
    at: InstantText,
    receivedAt: InstantText,
    values: z.record(z.string(), Value),
    quality: z
      .record(z.string(), z.enum(['uncertain', 'bad']))
      .optional()
      .meta({ description: 'Points in doubt; a point not named is good' }),
  })
  .meta({ id: 'Reading' })

export const deviceRoutes: FastifyPluginAsyncZod = async (app) => {
  const tags = ['devices']
  app.get(
    '/devices',
    {
      config: { right: 'devices:read' },
      schema: {
        tags,
        summary: 'Devices, by id',
        operationId: 'listDevices',
        querystring: PageQuery.extend({
          family: z.enum(FAMILIES).optional(),
          status: z.enum(DEVICE_STATUSES).optional(),
          institution: z.string().optional(),
        }),
        response: { 200: pageOf(Device), ...refuses() },
      },
    },
    async () => {
      throw new Error('not yet')
    },
  )
  app.get(
    '/devices/:id',
    {
      config: { right: 'devices:read' },
      schema: {
        tags,
        summary: 'One device',
        operationId: 'getDevice',
        params: z.object({ id: z.string() }),
        response: { 200: Device, ...refuses(404) },
      },
    },
    async () => {
      throw new Error('not yet')
    },
  )
  app.get(
    '/devices/:id/readings',
    {
      config: { right: 'readings:read' },
      schema: {
        tags,
        summary: 'Readings measured in [from, to), oldest first; the last 24 hours unless told',
        operationId: 'listReadings',
        params: z.object({ id: z.string() }),
        querystring: PageQuery.extend({
          from: InstantQuery.optional(),
          to: InstantQuery.optional(),
          point: z.string().min(1).max(64).optional().meta({ description: 'Only readings that speak of it' }),
        }),
        response: { 200: pageOf(Reading), ...refuses(404, 503) },
      },
    },
    async () => {
      throw new Error('not yet')
    },
  )
}
