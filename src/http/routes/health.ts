/** Outside the API, for whoever runs the process: /livez knows the process only, /readyz the way in, /metrics figures. */
import type { FastifyPluginAsync } from 'fastify'
import type { Metrics } from '../metrics.ts'
import type { Services } from '../services.ts'

export const healthRoutes: FastifyPluginAsync<{ services: Services; metrics: Metrics }> = async (
  app,
  { services, metrics },
) => {
  const schema = { hide: true }
  app.get('/livez', { schema }, async () => ({ alive: true }))
  app.get('/readyz', { schema }, async (_request, reply) => {
    const because = services.obstacles()
    return reply
      .code(because.length === 0 ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ready: because.length === 0, because, warnings: services.warnings() })
  })
  app.get('/metrics', { schema }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  )
}
