/** /links: the state of each source, and since when. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { keyOf, pageOf as page } from '../../operations/pages.ts'
import { refuses } from '../answers.ts'
import { languageOf } from '../caller.ts'
import { showInstantIn } from '../instants.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { Link } from '../schemas.ts'
import type { Services } from '../services.ts'
import { showLink } from '../show.ts'

export const linkRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const instant = showInstantIn(services.site.timeZone)
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
    async (request) => {
      const { limit, cursor } = request.query
      const language = languageOf(request)
      const after = cursor === undefined ? '' : String(keyOf(cursor, ['string'])[0])
      const links = [...services.devices.links.values()]
        .filter(({ source }) => source > after)
        .sort((a, b) => (a.source < b.source ? -1 : 1))
      return page(
        links,
        limit,
        (link) => showLink(link, instant, language),
        ({ source }) => [source],
      )
    },
  )
}
