/** /work-orders: each fault from its report to the proof that it is gone. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { refuses } from '../answers.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { OrderState, WorkOrder } from '../schemas.ts'

const Note = z.string().trim().max(2_000)

export const workOrderRoutes: FastifyPluginAsyncZod = async (app) => {
  const tags = ['work-orders']
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
          assignee: z.string().min(1).max(128).optional(),
          device: z.string().optional(),
        }),
        response: { 200: pageOf(WorkOrder), ...refuses() },
      },
    },
    async () => {
      throw new Error('not yet')
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
    async () => {
      throw new Error('not yet')
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
            note: Note.optional(),
          }),
          z.strictObject({ alarm: z.string(), note: Note.optional() }),
        ]),
        response: { 200: WorkOrder, 201: WorkOrder, ...refuses(404) },
      },
    },
    async () => {
      throw new Error('not yet')
    },
  )
  app.post(
    '/work-orders/:id/transitions',
    {
      config: { right: 'orders:move' },
      schema: {
        tags,
        summary: 'Move an order; 409 names in `next` where it may go',
        operationId: 'moveWorkOrder',
        params: z.object({ id: z.string() }),
        body: z.strictObject({
          to: OrderState,
          assignee: z.string().trim().min(1).max(128).optional(),
          note: Note.optional(),
          version: z.int().optional().meta({ description: 'The version it was decided on' }),
        }),
        response: { 200: WorkOrder, ...refuses(404, 409) },
      },
    },
    async () => {
      throw new Error('not yet')
    },
  )
}
