/** /water-use: what each meter or institution used, on the calendar of the site; JSON in pages, CSV whole. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { USE_QUALITIES, USE_STEPS } from '../../model/water-use.ts'
import { refuses } from '../answers.ts'
import { InstantQuery } from '../instants.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { InstantText } from '../schemas.ts'

const WaterUse = z
  .object({
    from: InstantText,
    to: InstantText,
    id: z.string(),
    name: z.string(),
    volumeM3: z
      .number()
      .nullable()
      .meta({ description: 'm³; null where nothing is known, never zero for it' }),
    quality: z.enum(USE_QUALITIES),
    coverage: z.number().meta({ description: 'Measured meter-time ÷ expected meter-time, 0 to 1' }),
  })
  .meta({ id: 'WaterUse' })

export const waterUseRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/water-use',
    {
      config: { right: 'water-use:read' },
      schema: {
        tags: ['water-use'],
        summary: 'Water use by interval and meter or institution',
        operationId: 'listWaterUse',
        querystring: PageQuery.extend({
          from: InstantQuery.meta({ description: "On a boundary of `step` in the site's zone" }),
          to: InstantQuery.meta({
            description: "On a boundary of `step` in the site's zone; not in the result",
          }),
          step: z.enum(USE_STEPS),
          by: z.enum(['device', 'institution']),
          format: z.enum(['json', 'csv']).default('json'),
        }),
        response: {
          200: {
            description: 'A page as JSON, or everything as CSV with the same columns',
            content: {
              'application/json': { schema: pageOf(WaterUse) },
              'text/csv': { schema: z.string() },
            },
          },
          ...refuses(503),
        },
      },
    },
    async () => {
      throw new Error('not yet')
    },
  )
}
