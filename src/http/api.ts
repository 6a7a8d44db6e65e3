/** Every route of the API, by noun, under /api/v1. */
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'
import { said } from '../model/refusal.ts'
import { guard } from './access.ts'
import { readersIn } from './caller.ts'
import type { Live } from './live.ts'
import type { HttpOptions } from './options.ts'
import { accountRoutes } from './routes/accounts.ts'
import { alarmRoutes } from './routes/alarms.ts'
import { auditRoutes } from './routes/audit.ts'
import { backtestRoutes } from './routes/backtests.ts'
import { deadLetterRoutes } from './routes/dead-letters.ts'
import { deviceRoutes } from './routes/devices.ts'
import { evidenceRoutes } from './routes/evidence.ts'
import { linkRoutes } from './routes/links.ts'
import { liveRoutes } from './routes/live.ts'
import { notificationRoutes } from './routes/notifications.ts'
import { orderReportRoutes } from './routes/order-reports.ts'
import { quietRoutes } from './routes/quiet.ts'
import { reportRoutes } from './routes/reports.ts'
import { ruleRoutes } from './routes/rules.ts'
import { seatRoutes } from './routes/seats.ts'
import { sessionRoutes } from './routes/session.ts'
import { siteRoutes } from './routes/site.ts'
import { waterReportRoutes } from './routes/water-reports.ts'
import { waterTotalRoutes } from './routes/water-totals.ts'
import { waterUseRoutes } from './routes/water-use.ts'
import { workOrderRoutes } from './routes/work-orders.ts'
import type { Services } from './services.ts'

export type ApiParts = { readonly options: HttpOptions; readonly services: Services; readonly live: Live }

/** Where a route asks for nothing, a key is a slip as it is elsewhere. */
const NO_QUERY = z.strictObject({})

/** As a route: the files of the page are one for every path that no other takes, and a program would get the page. */
function refuseWhatThereIsNot(app: FastifyInstance): void {
  const schema = { hide: true, querystring: z.unknown() }
  for (const path of ['', '/*']) {
    app.all(path, { config: { right: 'signed-in' }, schema }, async ({ method, url }) => {
      const asked = url.split('?', 1)[0]?.slice(0, 200) ?? ''
      throw new GatehouseError('not-found', said('no-route', { method, path: asked }))
    })
  }
}

export async function registerApi(
  app: FastifyInstance,
  { options, services, live }: ApiParts,
): Promise<void> {
  await app.register(
    async (plain) => {
      const api = plain.withTypeProvider<ZodTypeProvider>()
      guard(plain, services.operations)
      plain.addHook('onRoute', ({ schema }) => {
        if (schema) schema.querystring ??= NO_QUERY
      })
      refuseWhatThereIsNot(plain)
      const prefix = '/v1'
      const readerOf = readersIn(services.site.timeZone)
      await api.register(sessionRoutes, { prefix, options, services, live })
      await api.register(accountRoutes, { prefix, services, live })
      await api.register(siteRoutes, { prefix, services })
      await api.register(deviceRoutes, { prefix, services })
      await api.register(alarmRoutes, { prefix, services, readerOf })
      await api.register(quietRoutes, { prefix, services, readerOf })
      await api.register(evidenceRoutes, { prefix, services })
      await api.register(backtestRoutes, { prefix, services })
      await api.register(workOrderRoutes, { prefix, services, readerOf })
      await api.register(waterUseRoutes, { prefix, services })
      await api.register(waterTotalRoutes, { prefix, services })
      await api.register(waterReportRoutes, { prefix, services })
      await api.register(deadLetterRoutes, { prefix, services })
      await api.register(ruleRoutes, { prefix, services })
      await api.register(linkRoutes, { prefix, services })
      await api.register(seatRoutes, { prefix, services })
      await api.register(reportRoutes, { prefix, services })
      await api.register(orderReportRoutes, { prefix, services })
      await api.register(notificationRoutes, { prefix, services })
      await api.register(auditRoutes, { prefix, services })
      await api.register(liveRoutes, { prefix, live })
    },
    { prefix: '/api' },
  )
}
