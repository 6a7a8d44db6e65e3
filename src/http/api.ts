/** Every route of the API, by noun, under /api/v1. */
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Right } from './rights.ts'
import { alarmRoutes } from './routes/alarms.ts'
import { deadLetterRoutes } from './routes/dead-letters.ts'
import { deviceRoutes } from './routes/devices.ts'
import { linkRoutes } from './routes/links.ts'
import { liveRoutes } from './routes/live.ts'
import { ruleRoutes } from './routes/rules.ts'
import { sessionRoutes } from './routes/session.ts'
import { siteRoutes } from './routes/site.ts'
import { waterUseRoutes } from './routes/water-use.ts'
import { workOrderRoutes } from './routes/work-orders.ts'
import type { Services } from './services.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must have; a route of the API without it does not start. */
    right?: Right | 'signed-in' | 'anyone'
  }
}

export async function registerApi(app: FastifyInstance, _services: Services): Promise<void> {
  await app.register(
    async (plain) => {
      const api = plain.withTypeProvider<ZodTypeProvider>()
      for (const routes of [
        sessionRoutes,
        siteRoutes,
        deviceRoutes,
        alarmRoutes,
        workOrderRoutes,
        waterUseRoutes,
        deadLetterRoutes,
        ruleRoutes,
        linkRoutes,
        liveRoutes,
      ]) {
        await api.register(routes)
      }
    },
    { prefix: '/api/v1' },
  )
}
