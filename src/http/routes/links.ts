/** /links: the state of each source, and since when. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { refuses } from '../answers.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { Link } from '../schemas.ts'

export const linkRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/links',
    {
      config: { right: 'links:read' },
      schema: {
        tags: ['links'],
        summary: 'Sources and their state',
        operationId: 'listLinks',
        querystring: PageQuery,
        response: { 200: pageOf(Link), ...refuses() },
      },
    },
    async () => {
      throw new Error('not yet')
    },
  )
}
