/** /devices: what stands on the site, what it last said, and all it said in an interval. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { devicesById, FAMILIES, type Device as NounDevice } from '../../model/device.ts'
import { GatehouseError } from '../../model/errors.ts'
import type { Instant } from '../../model/instant.ts'
import { said } from '../../model/refusal.ts'
import { cursorOf, keyOf, pageOf as page } from '../../operations/pages.ts'
import { refuses } from '../answers.ts'
import { assertForward, InstantQuery, showInstantIn } from '../instants.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { DEVICE_STATUSES, Device, type DeviceBody, InstantText, Value } from '../schemas.ts'
import type { Services } from '../services.ts'
import { showDevice } from '../show.ts'

const DAY_MS = 86_400_000

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

export const deviceRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const tags = ['devices']
  const instant = showInstantIn(services.site.timeZone)
  const devices = services.site.devices.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const byId = devicesById(services.site.devices)
  const show = (device: NounDevice, now: Instant) =>
    showDevice(device, services.factsOf(device), services.devices.shadows.get(device.id), now, instant)
  const known = (id: string) => {
    const device = byId.get(id)
    if (!device) throw new GatehouseError('not-found', said('no-device', { device: id }))
    return device
  }
  app.get(
    '/devices',
    {
      config: { right: 'devices:read' },
      schema: {
        tags,
        summary: 'Devices, by id',
        operationId: 'listDevices',
        querystring: PageQuery.extend({
          family: z.enum(FAMILIES).optional().meta({ description: 'Only devices of it' }),
          status: z.enum(DEVICE_STATUSES).optional().meta({
            description:
              '`silent`: not heard for longer than it reports; one that speaks only on events never is',
          }),
          institution: z.string().optional().meta({ description: 'Id; only what belongs to it' }),
        }),
        response: { 200: pageOf(Device), ...refuses() },
      },
    },
    async ({ query: { limit, cursor, family, status, institution } }) => {
      const after = cursor === undefined ? '' : String(keyOf(cursor, ['string'])[0])
      const now = services.clock.now()
      const found: DeviceBody[] = []
      for (const device of devices) {
        if (found.length > limit) break
        if (device.id <= after) continue
        if (family && device.family !== family) continue
        if (institution && device.place.institution !== institution) continue
        const shown = show(device, now)
        if (!status || shown.status === status) found.push(shown)
      }
      return page(
        found,
        limit,
        (device) => device,
        ({ id }) => [id],
      )
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
    async ({ params }) => show(known(params.id), services.clock.now()),
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
    async ({ params, query: { limit, cursor, point, ...asked } }) => {
      const { id } = known(params.id)
      const to = asked.to ?? services.clock.now() + 1
      const from = asked.from ?? to - DAY_MS
      assertForward({ from, to })
      // A page goes on at the instant of its last row, past the rows of that instant which were shown.
      const [at, skip] =
        cursor === undefined ? [from, 0] : (keyOf(cursor, ['number', 'number']) as [number, number])
      const wanted = { device: id, from: Math.max(at, from), to, limit: limit + 1, skip }
      const rows = await services.historian.readings(point === undefined ? wanted : { ...wanted, point })
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const ofLast = shown.filter((row) => row.at === last?.at).length
      const next = last && [last.at, last.at === at ? skip + ofLast : ofLast]
      return {
        items: shown.map(({ at, receivedAt, values, doubts }) => ({
          at: instant(at),
          receivedAt: instant(receivedAt),
          values,
          ...(doubts && { quality: doubts }),
        })),
        next: rows.length > limit && next ? cursorOf(next) : null,
      }
    },
  )
}
