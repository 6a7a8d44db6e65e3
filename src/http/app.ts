/** The whole HTTP face on one Fastify instance, not yet listening. Tests speak to it without a socket. */

import fastifyCookie from '@fastify/cookie'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance, type FastifySchemaCompiler } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import type * as z from 'zod'
import { devicesById } from '../model/device.ts'
import type { Language } from '../model/errors.ts'
import { stillIn } from './access.ts'
import { registerApi } from './api.ts'
import { refuseBroken } from './broken-requests.ts'
import { headersOf } from './headers.ts'
import { showInstantIn } from './instants.ts'
import { createLive, type Live } from './live.ts'
import { createMetrics } from './metrics.ts'
import { registerOpenApi } from './openapi.ts'
import { type HttpOptions, MOST_BODY_BYTES } from './options.ts'
import { servePage } from './page.ts'
import { problemHandler } from './problems.ts'
import { healthRoutes } from './routes/health.ts'
import type { Figure, Services } from './services.ts'
import { showLatest, showLink } from './show.ts'
import { whereIn } from './where.ts'

/**
 * While a large backlog is replayed a start shares its thread with it; the library's 10 s would end the
 * gateway then.
 */
const LONGEST_START_MS = 120_000
const SLOWEST_REQUEST_MS = 30_000

/** Issues keep their input, so that they can be worded in the language of the request. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data) => {
    const { success, data: value, error } = schema.safeParse(data, { reportInput: true })
    return success ? { value } : { error }
  }

export async function createApp(options: HttpOptions, services: Services): Promise<FastifyInstance> {
  const { log, operations, site, pageDirectory } = services
  const onError = problemHandler(log)
  const responses = responseCounts()
  const setHeaders = headersOf(options)
  const app = Fastify({
    bodyLimit: MOST_BODY_BYTES,
    pluginTimeout: LONGEST_START_MS,
    requestTimeout: SLOWEST_REQUEST_MS,
    trustProxy: options.trustProxy ? 'loopback' : false,
    frameworkErrors(error, request, reply) {
      setHeaders(request, reply)
      onError(error, request, reply)
      responses.count(reply.statusCode)
    },
    clientErrorHandler: refuseBroken(responses.count),
  })
  app.setErrorHandler(onError)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  takeJsonOnly(app)
  app.addHook('onRequest', async (request, reply) => setHeaders(request, reply))
  await app.register(fastifyCookie)
  await registerOpenApi(app)
  await serveDocs(app)

  const instant = showInstantIn(site.timeZone)
  const live = createLive(options.live, {
    clock: services.clock,
    log,
    instant,
    whereOf: whereIn(site),
    clocksOf: services.clocksOf,
    events: operations.events,
    stillIn: (caller) => stillIn(operations, caller),
  })
  app.addHook('preClose', async () => live.close())
  followDevices(app, live, services)
  await registerApi(app, { options, services, live })
  app.addHook('onResponse', async (_request, { statusCode }) => responses.count(statusCode))
  const metrics = createMetrics(() => [...services.figures(), responses.figure(), ...figuresOf(live)])
  await app.register(healthRoutes, { services, metrics })
  await servePage(app, pageDirectory)
  return app
}

/** JSON is the only body that is taken; none at all is no body. */
function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.trim() === '') done(null, undefined)
    else void parse(request, body, done)
  })
}

async function serveDocs(app: FastifyInstance): Promise<void> {
  const schema = { hide: true }
  app.get('/openapi.json', { schema }, async () => app.swagger())
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { url: '/openapi.json', validatorUrl: null, deepLinking: true },
  })
}

function followDevices(app: FastifyInstance, live: Live, { site, devices, factsOf, clock }: Services): void {
  const instant = showInstantIn(site.timeZone)
  const byId = devicesById(site.devices)
  const stop = devices.onChange((changes) => {
    if (changes.kind === 'link.changed') {
      const { link } = changes
      const data = (language: Language) => showLink(link, instant, language)
      const news = [{ key: `link ${link.source}`, data }]
      return live.passing({ event: 'link.changed', right: 'links:read', news })
    }
    const now = clock.now()
    const news = changes.shadows.flatMap((shadow) => {
      const device = byId.get(shadow.device)
      if (!device) return []
      const data = () => ({ id: device.id, ...showLatest(shadow, factsOf(device), now, instant) })
      return [{ key: `device ${device.id}`, data }]
    })
    live.passing({ event: 'device.latest', right: 'devices:read', news })
  })
  app.addHook('onClose', async () => stop())
}

function responseCounts() {
  const values: Record<string, number> = { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 }
  const help = 'Answers by kind of status'
  return {
    count(status: number): void {
      const kind = `${Math.floor(status / 100)}xx`
      values[kind] = (values[kind] ?? 0) + 1
    },
    figure: (): Figure => ({ name: 'http_responses_total', kind: 'counter', help, label: 'status', values }),
  }
}

const figuresOf = ({ counts }: Live): Figure[] => [
  { name: 'live_clients', kind: 'gauge', help: 'Live streams open', value: counts.clients },
  {
    name: 'live_let_go_total',
    kind: 'counter',
    help: 'Live streams ended for being too slow',
    value: counts.letGo,
  },
  {
    name: 'live_resets_total',
    kind: 'counter',
    help: 'Clients told to load everything again',
    value: counts.resets,
  },
]
