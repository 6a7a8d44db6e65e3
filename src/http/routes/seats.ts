/**
 * /seats: who answers for what, and where more comes than one person can answer: then in lines that belong
 * together.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { FLOOD } from '../../alarms/flood.ts'
import { groupAlarms } from '../../alarms/grouping.ts'
import { seatsOf } from '../../alarms/seat.ts'
import { SEVERITIES } from '../../model/alarm.ts'
import { devicesById } from '../../model/device.ts'
import type { Flood } from '../../model/flood.ts'
import { refuses } from '../answers.ts'
import { type ShowInstant, showInstantIn } from '../instants.ts'
import { MAX_LIMIT, PageQuery, pageOf, pageOfWhole } from '../paging.ts'
import { InstantText, listOf, Place } from '../schemas.ts'
import type { Services } from '../services.ts'

const AlarmGroup = z
  .object({
    rule: z.string(),
    fault: z.string(),
    place: Place,
    severity: z.enum(SEVERITIES).meta({ description: 'The worst among them' }),
    count: z.int(),
    devices: z.int(),
    firstAt: InstantText,
    lastAt: InstantText,
    alarm: z.string().meta({ description: 'The oldest of the worst: where to begin' }),
  })
  .meta({ id: 'AlarmGroup' })

const Seat = z
  .object({
    name: z.string(),
    scope: z.object({
      institutions: listOf(z.string()).optional(),
      zones: listOf(z.string()).optional(),
      families: listOf(z.string()).optional(),
    }),
    flood: z
      .object({
        since: InstantText,
        count: z.int().meta({ description: 'Alarms so far, with the ten before its beginning' }),
        lately: z.int().meta({ description: 'Of them in the last ten minutes, of the newest 1,000' }),
        groups: listOf(AlarmGroup).meta({ description: 'Of the newest 1,000, worst first' }),
      })
      .nullable()
      .meta({ description: 'More than 10 alarms in 10 min, until fewer than 5' }),
  })
  .meta({ id: 'Seat' })

async function floodOf(
  { operations, seats, site, clock }: Services,
  { seat, since, count }: Flood,
  instant: ShowInstant,
) {
  const byId = devicesById(site.devices)
  const mine = seats.filter(({ name }) => name === seat)
  const { items } = await operations.alarms.list({
    state: 'all',
    from: since - FLOOD.windowMs,
    limit: MAX_LIMIT,
  })
  const alarms = items.filter(
    (alarm) => alarm.suppression === undefined && seatsOf(mine, alarm, (id) => byId.get(id)).length > 0,
  )
  const groups = groupAlarms(alarms).map((group) => ({
    ...group,
    firstAt: instant(group.firstAt),
    lastAt: instant(group.lastAt),
  }))
  const young = clock.now() - FLOOD.windowMs
  const lately = alarms.filter(({ learnedAt }) => learnedAt > young).length
  return { since: instant(since), count, lately, groups }
}

export const seatRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const { operations, seats, site } = services
  const instant = showInstantIn(site.timeZone)
  app.get(
    '/seats',
    {
      config: { right: 'alarms:read' },
      schema: {
        tags: ['alarms'],
        summary: 'Operator seats, and which of them are in flood',
        operationId: 'listSeats',
        querystring: PageQuery,
        response: { 200: pageOf(Seat), ...refuses() },
      },
    },
    async ({ query }) => {
      const floods = await operations.load.floods()
      const { items: shown, next } = pageOfWhole(seats, query)
      const items = shown.map(async ({ name, scope }) => {
        const flood = floods.find(({ seat }) => seat === name)
        const { institutions, zones, families } = scope
        return {
          name,
          scope: {
            ...(institutions && { institutions }),
            ...(zones && { zones }),
            ...(families && { families }),
          },
          flood: flood ? await floodOf(services, flood, instant) : null,
        }
      })
      return { items: await Promise.all(items), next }
    },
  )
}
