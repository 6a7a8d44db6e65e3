/** /work-orders: each fault from its report to the proof that it is gone. */
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { SEVERITIES } from '../../model/alarm.ts'
import { GatehouseError } from '../../model/errors.ts'
import { said } from '../../model/refusal.ts'
import type { WorkOrder as Order } from '../../model/work-order.ts'
import { orderView } from '../../operations/views.ts'
import { refuses, wrongInput } from '../answers.ts'
import { callerOf, type ReaderOf } from '../caller.ts'
import { assertForward, InstantQuery } from '../instants.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { isOwn, movesOf } from '../rights.ts'
import { OrderState, WorkOrder } from '../schemas.ts'
import type { Services } from '../services.ts'
import { whereIn } from '../where.ts'

const Note = z.string().trim().max(2_000)

/** An entity tag as we give it out, also as a proxy that compresses weakens it. */
const IF_MATCH = /^(?:(?:W\/)?"(\d{1,9})"|\*)$/

const etagOf = ({ version }: Pick<Order, 'version'>): string => `"${version}"`

/**
 * What the move lacks is told as the wrong input that it is; who asked by If-Match is answered as RFC 9110
 * has it, §13.1.1.
 */
function asTold(cause: unknown, byMatch: boolean): unknown {
  if (!(cause instanceof GatehouseError)) return cause
  const { code, said: sentence, details } = cause
  if (code === 'invalid-input' && sentence && typeof details.path === 'string')
    return wrongInput(details.path, sentence)
  if (!byMatch || code !== 'order-version') return cause
  return new GatehouseError('precondition-failed', cause.said ?? cause.message, {
    cause,
    details: cause.details,
  })
}

const notOwn = () => new GatehouseError('forbidden', said('not-own-order'))

export const workOrderRoutes: FastifyPluginAsyncZod<{
  services: Services
  readerOf: ReaderOf
}> = async (app, { services: { operations, site, clocksOf }, readerOf }) => {
  const whereOf = whereIn(site)
  const readerFor: ReaderOf = (request) => ({
    ...readerOf(request),
    whereOf,
    ...(clocksOf && { clocksOf }),
    movesOf: movesOf(callerOf(request)),
    name: callerOf(request).name,
  })
  const tags = ['work-orders']
  const devices = new Set(site.devices.map(({ id }) => id))
  const own = async (request: FastifyRequest, id: string) => {
    const order = await operations.orders.get(id)
    if (!order) throw new GatehouseError('not-found', said('no-order', { order: id }))
    if (!isOwn(callerOf(request), order)) throw notOwn()
    return order
  }
  app.get(
    '/work-orders',
    {
      config: { right: 'orders:read' },
      schema: {
        tags,
        summary: 'Work orders, newest first; a contractor sees its own',
        operationId: 'listWorkOrders',
        querystring: PageQuery.extend({
          state: z
            .union([OrderState, z.enum(['open', 'all'])])
            .default('all')
            .meta({ description: '`open` is all but closed, rejected, merged and cancelled' }),
          assignee: z.string().min(1).max(128).optional().meta({ description: 'As the order names it' }),
          device: z.string().optional().meta({ description: 'Id of the device' }),
          from: InstantQuery.optional().meta({ description: 'Raised at or after' }),
          to: InstantQuery.optional().meta({ description: 'Raised before' }),
          endedFrom: InstantQuery.optional().meta({
            description: 'Closed, cancelled, rejected or merged at or after; open orders have no end',
          }),
          endedTo: InstantQuery.optional().meta({ description: 'Ended before' }),
          dueFrom: InstantQuery.optional().meta({
            description: 'The readings will have proven the repair at or after; only orders under proof',
          }),
          dueTo: InstantQuery.optional().meta({ description: 'Proven before' }),
        }),
        response: { 200: pageOf(WorkOrder), ...refuses() },
      },
    },
    async (request) => {
      const { role, contractor } = callerOf(request)
      const { assignee: asked, from, to, endedFrom, endedTo, dueFrom, dueTo, ...query } = request.query
      const times = {
        created: { from, to },
        ended: { from: endedFrom, to: endedTo },
        due: { from: dueFrom, to: dueTo },
      }
      assertForward(times.created)
      assertForward(times.ended, { from: 'endedFrom', to: 'endedTo' })
      assertForward(times.due, { from: 'dueFrom', to: 'dueTo' })
      // Whoever is nobody's contractor has no orders of its own.
      const assignee = role === 'contractor' ? (contractor ?? '') : asked
      if (role === 'contractor' && asked !== undefined && asked !== contractor) throw notOwn()
      const { items, next } = await operations.orders.list({ ...query, ...times, assignee })
      return { items: items.map((order) => orderView(order, readerFor(request))), next }
    },
  )
  app.get(
    '/work-orders/:id',
    {
      config: { right: 'orders:read' },
      schema: {
        tags,
        summary: 'One work order',
        operationId: 'getWorkOrder',
        params: z.object({ id: z.string() }),
        response: { 200: WorkOrder, ...refuses(404) },
      },
    },
    async (request, reply) => {
      const order = await own(request, request.params.id)
      reply.header('etag', etagOf(order))
      return orderView(order, readerFor(request))
    },
  )
  app.post(
    '/work-orders',
    {
      config: { right: 'orders:create' },
      schema: {
        tags,
        summary:
          'Open an order by hand, or for an alarm (200 with the open order of its fault, if there is one)',
        operationId: 'createWorkOrder',
        body: z.union([
          z.strictObject({
            device: z.string(),
            title: z.string().trim().min(1).max(200),
            severity: z.enum(SEVERITIES).default('medium').meta({
              description: 'How urgent it is to whoever reports it; its clocks go by it',
            }),
            note: Note.optional(),
          }),
          z.strictObject({ alarm: z.string(), note: Note.optional() }),
        ]),
        response: { 200: WorkOrder, 201: WorkOrder, ...refuses(404) },
      },
    },
    async (request, reply) => {
      const { body } = request
      if ('device' in body && !devices.has(body.device)) {
        throw new GatehouseError('not-found', said('no-device', { device: body.device }))
      }
      const { order, opened } = await operations.desk.openOrder(body, callerOf(request))
      reply
        .code(opened ? 201 : 200)
        .headers({ location: `/api/v1/work-orders/${order.id}`, etag: etagOf(order) })
      return orderView(order, readerFor(request))
    },
  )
  app.post(
    '/work-orders/:id/transitions',
    {
      config: { right: 'orders:move' },
      schema: {
        tags,
        summary: 'Move an order; 409 says who moved it last, and in `next` where the caller may move it',
        operationId: 'moveWorkOrder',
        params: z.object({ id: z.string() }),
        headers: z.looseObject({
          'if-match': z.string().regex(IF_MATCH).optional().meta({
            description:
              'The ETag it was decided on, or `*`; otherwise 412. The same as `version`, for HTTP clients',
          }),
        }),
        body: z.strictObject({
          to: OrderState,
          assignee: z.string().trim().min(1).max(128).optional().meta({
            description:
              'A contractor or a person, by name. Needed to dispatch an order that is with nobody; without it the order stays with whom it was',
          }),
          note: Note.optional().meta({ description: 'Needed to give an order back (`reported`): why' }),
          version: z.int().optional().meta({ description: 'The version it was decided on' }),
        }),
        response: { 200: WorkOrder, ...refuses(404, 409, 412) },
      },
    },
    async (request, reply) => {
      const { id } = await own(request, request.params.id)
      const named = IF_MATCH.exec(request.headers['if-match'] ?? '')?.[1]
      const { note, version = named === undefined ? undefined : Number(named), ...move } = request.body
      if (named !== undefined && version !== Number(named)) {
        throw wrongInput('version', said('version-or-match'))
      }
      const order = await operations.desk
        .moveOrder(id, { ...move, version, note: note || undefined }, callerOf(request))
        .catch((cause: unknown) => {
          throw asTold(cause, named !== undefined)
        })
      reply.header('etag', etagOf(order))
      return orderView(order, readerFor(request))
    },
  )
}
