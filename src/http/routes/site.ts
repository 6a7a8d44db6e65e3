/** /site and /summary: what a page draws everything else upon, and the line that says what needs a person now. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { figuresOn } from '../../metering/quota-basis.ts'
import { SEVERITIES } from '../../model/alarm.ts'
import {
  INSTITUTION_TYPES,
  type Institution,
  type Zone as NounZone,
  type PatrolRoute,
} from '../../model/site.ts'
import { refuses } from '../answers.ts'
import { callerOf, languageOf } from '../caller.ts'
import { showInstantIn } from '../instants.ts'
import { may } from '../rights.ts'
import { InstantText } from '../schemas.ts'
import type { Services } from '../services.ts'
import { alarmCounts, deviceCounts, linkCounts, noticesOf, orderCounts } from '../summary.ts'

const Zone = z.object({
  type: z.literal('Feature'),
  id: z.string(),
  properties: z.object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['campus', 'building', 'parking', 'area']),
  }),
  geometry: z.object({
    type: z.literal('Polygon'),
    coordinates: z.array(z.array(z.tuple([z.number(), z.number()]))),
  }),
})

const Site = z
  .object({
    id: z.string(),
    name: z.string(),
    timeZone: z.string().meta({ description: 'IANA name; every calendar boundary is in it' }),
    institutions: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        type: z.enum(INSTITUTION_TYPES),
        headCount: z.number().meta({ description: 'Persons, today' }),
        areaM2: z.number().meta({ description: 'm², today' }),
        formerly: z
          .array(
            z.object({
              until: z.string().meta({ description: 'The first local date on which it was so no more' }),
              headCount: z.number().optional(),
              areaM2: z.number().optional(),
            }),
          )
          .optional()
          .meta({ description: 'What they were before, oldest first; absent: as afterwards' }),
      }),
    ),
    buildings: z.array(z.object({ id: z.string(), name: z.string(), institution: z.string() })),
    zones: z
      .object({ type: z.literal('FeatureCollection'), features: z.array(Zone) })
      .meta({ description: 'GeoJSON, WGS 84' }),
    routes: z
      .array(
        z.object({
          id: z.string(),
          name: z.string(),
          visits: z.array(z.object({ checkpoint: z.string(), offsetMinutes: z.number() })),
          starts: z.union([z.object({ everyMinutes: z.number() }), z.object({ at: z.array(z.string()) })]),
        }),
      )
      .meta({ description: 'Patrol routes; empty without the right to read devices' }),
    vehicles: z
      .array(z.object({ device: z.string(), plate: z.string(), homeZones: z.array(z.string()) }))
      .meta({ description: 'Empty without the right to read devices' }),
  })
  .meta({ id: 'Site' })

const Summary = z
  .object({
    at: InstantText,
    alarms: z
      .object({
        open: z.int(),
        unacknowledged: z.int(),
        suppressed: z.int().meta({ description: 'Open, and does not ring' }),
        active: z.record(z.enum(SEVERITIES), z.int()),
      })
      .optional(),
    orders: z
      .object({ open: z.int(), unassigned: z.int(), awaitingVerification: z.int() })
      .optional()
      .meta({ description: "A contractor's own only; `awaitingVerification` needs a person's word" }),
    devices: z.object({ total: z.int(), online: z.int(), silent: z.int(), neverSeen: z.int() }).optional(),
    links: z.object({ total: z.int(), notUp: z.int() }).optional(),
    notices: z
      .array(
        z.object({
          code: z.string().meta({ description: 'As at /readyz and in the catalogue of errors' }),
          title: z.string().meta({ description: 'In the language of Accept-Language' }),
          detail: z.string(),
          isUrgent: z.boolean().meta({ description: 'Something stands still already' }),
        }),
      )
      .optional()
      .meta({
        description: "The gateway's own troubles: a disk that fills up, a history that takes nothing",
      }),
  })
  .meta({ id: 'Summary', description: 'What needs a person now; only what the role may read' })

export const siteRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const instant = showInstantIn(services.site.timeZone)
  app.get(
    '/site',
    {
      config: { right: 'site:read' },
      schema: {
        tags: ['site'],
        summary: 'Institutions, buildings, zones, patrol routes, vehicles',
        operationId: 'getSite',
        response: { 200: Site, ...refuses() },
      },
    },
    async (request) => {
      const { id, name, timeZone, institutions, buildings, zones, routes, vehicles } = services.site
      const seesDevices = may(callerOf(request), 'devices:read')
      return {
        id,
        name,
        timeZone,
        institutions: institutions.map((one) => shownInstitution(one, instant(services.clock.now()))),
        buildings: [...buildings],
        zones: { type: 'FeatureCollection' as const, features: zones.map(feature) },
        routes: seesDevices ? routes.map(shownRoute) : [],
        vehicles: seesDevices
          ? vehicles.map((vehicle) => ({ ...vehicle, homeZones: [...vehicle.homeZones] }))
          : [],
      }
    },
  )
  app.get(
    '/summary',
    {
      config: { right: 'site:read' },
      schema: {
        tags: ['site'],
        summary: 'What needs a person now, as counts',
        operationId: 'getSummary',
        response: { 200: Summary, ...refuses() },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const now = services.clock.now()
      return {
        at: instant(now),
        ...(may(caller, 'alarms:read') && { alarms: await alarmCounts(services) }),
        ...(may(caller, 'orders:read') && { orders: await orderCounts(services, caller) }),
        ...(may(caller, 'devices:read') && { devices: deviceCounts(services, now) }),
        ...(may(caller, 'links:read') && {
          links: linkCounts(services),
          notices: noticesOf(services, languageOf(request)),
        }),
      }
    },
  )
}

const feature = ({ id, name, kind, rings }: NounZone): z.infer<typeof Zone> => ({
  type: 'Feature',
  id,
  properties: { id, name, kind },
  geometry: { type: 'Polygon', coordinates: rings.map((ring) => ring.map(([lon, lat]) => [lon, lat])) },
})

/** Head counts may be of a day to come. */
const shownInstitution = (institution: Institution, now: string) => {
  const { formerly, ...more } = institution
  const { headCount, areaM2 } = figuresOn(institution, now.slice(0, 10))
  return { ...more, headCount, areaM2, ...(formerly && { formerly: [...formerly] }) }
}

const shownRoute = ({ visits, starts, ...route }: PatrolRoute) => ({
  ...route,
  visits: [...visits],
  starts: 'at' in starts ? { at: [...starts.at] } : starts,
})
