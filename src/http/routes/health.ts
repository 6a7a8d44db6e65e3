/**
 * Outside the API, for whoever runs the process: /livez knows the process only, /readyz the way in, /metrics
 * figures.
 */
import type { FastifyPluginAsync } from 'fastify'
import { languageOf } from '../caller.ts'
import type { Metrics } from '../metrics.ts'
import type { Obstacle, Services } from '../services.ts'
import { showObstacle } from '../summary.ts'

export const healthRoutes: FastifyPluginAsync<{ services: Services; metrics: Metrics }> = async (
  app,
  { services, metrics },
) => {
  const schema = { hide: true }
  app.get('/livez', { schema }, async () => ({ alive: true }))
  app.get('/readyz', { schema }, async (request, reply) => {
    const inWords = (obstacle: Obstacle) => showObstacle(obstacle, languageOf(request))
    const because = services.obstacles().map(inWords)
    return reply
      .code(because.length === 0 ? 200 : 503)
      .headers({ 'cache-control': 'no-store', vary: 'Accept-Language' })
      .send({ ready: because.length === 0, because, warnings: services.warnings().map(inWords) })
  })
  app.get('/metrics', { schema }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  )
}
