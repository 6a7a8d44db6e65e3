/** /reports/work-orders: how well orders were done, by contractor, severity, institution or fault; JSON, or one CSV. */
import { setImmediate as otherWork } from 'node:timers/promises'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { devicesById } from '../../model/device.ts'
import { said } from '../../model/refusal.ts'
import type { WorkOrder } from '../../model/work-order.ts'
import { performanceBy } from '../../work-orders/performance.ts'
import { refuses, wrongInput } from '../answers.ts'
import { BYTE_ORDER_MARK, csvLine } from '../csv.ts'
import { InstantQuery, showInstantIn } from '../instants.ts'
import { InstantText, listOf } from '../schemas.ts'
import type { Services } from '../services.ts'

const LONGEST_MS = 366 * 86_400_000
/** Read at once; between two pieces other work of the process gets its turn. */
const PIECE = 500

const count = (description: string) => z.int().meta({ description })
const lasted = (description: string) => z.number().nullable().meta({ description })

const Punctuality = z.object({
  inTime: count('Accepted, or done, in time'),
  late: count('Too late, or still not and overdue'),
  medianMs: lasted('Of those that are over, in the hours that count; null of none'),
  p90Ms: lasted('Nine of ten were not slower'),
})

const OrderReport = z
  .object({
    from: InstantText,
    to: InstantText,
    by: z.enum(['assignee', 'severity', 'institution', 'fault']),
    rows: listOf(
      z.object({
        group: z.string().meta({ description: 'Empty: with nobody, or of a device that is gone' }),
        orders: count('Reported in the stretch'),
        withoutRepair: count('Of these, cancelled, rejected or merged; they count nowhere else'),
        open: count('Not yet closed'),
        clocks: z.object({ acceptance: Punctuality, repair: Punctuality }),
        repaired: count('Called done at least once'),
        rightFirst: count('Of these, never sent back, and no recurrence of a repair before'),
        sentBack: count('How often one was sent back, by the readings or by a person'),
        givenBack: count('How often one was given back; by `assignee` in the row of who gave it back'),
        recurrences: count('Came again at most 30 days after it had been closed'),
        provenByReadings: count('Verified by the readings'),
        verifiedByPerson: count('Verified by a person, where the readings could not tell'),
        visited: count('Visited after that'),
      }),
    ),
  })
  .meta({ id: 'OrderReport' })

type Row = z.output<typeof OrderReport>['rows'][number]

const COLUMNS = [
  'group',
  'orders',
  'withoutRepair',
  'open',
  'repaired',
  'rightFirst',
  'sentBack',
  'givenBack',
  'recurrences',
  'provenByReadings',
  'verifiedByPerson',
  'visited',
] as const
const CLOCKS = ['acceptance', 'repair'] as const
const TIMES = ['inTime', 'late', 'medianMs', 'p90Ms'] as const

function csvOf(rows: readonly Row[]): string {
  const header = [...COLUMNS, ...CLOCKS.flatMap((clock) => TIMES.map((time) => `${clock}.${time}`))]
  const lines = rows.map((row) =>
    csvLine([
      ...COLUMNS.map((column) => row[column]),
      ...CLOCKS.flatMap((clock) => TIMES.map((time) => row.clocks[clock][time])),
    ]),
  )
  return BYTE_ORDER_MARK + csvLine(header) + lines.join('')
}

export const orderReportRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const { operations, site, clocksOf = () => [] } = services
  const instant = showInstantIn(site.timeZone)
  const devices = devicesById(site.devices)
  const groups = {
    assignee: ({ assignee = '' }: WorkOrder) => assignee,
    severity: ({ severity }: WorkOrder) => severity,
    institution: ({ device }: WorkOrder) => devices.get(device)?.place.institution ?? '',
    fault: ({ fault }: WorkOrder) => fault,
  }
  app.get(
    '/reports/work-orders',
    {
      config: { right: 'reports:read' },
      schema: {
        tags: ['reports'],
        summary: 'How well work orders were done: in time, right the first time, proven',
        operationId: 'orderReport',
        querystring: z.strictObject({
          from: InstantQuery.meta({ description: 'Reported at or after' }),
          to: InstantQuery.meta({ description: 'Reported before; at most 366 days after `from`' }),
          by: z
            .enum(['assignee', 'severity', 'institution', 'fault'])
            .default('assignee')
            .meta({ description: 'What a row is of' }),
          format: z.enum(['json', 'csv']).default('json').meta({ description: 'CSV is one flat table' }),
        }),
        response: {
          200: {
            description: 'The report as JSON, or as one table',
            content: { 'application/json': { schema: OrderReport }, 'text/csv': { schema: z.string() } },
          },
          ...refuses(),
        },
      },
    },
    async (request, reply) => {
      const { from, to, by, format } = request.query
      if (to <= from) throw wrongInput('to', said('not-later'))
      if (to - from > LONGEST_MS)
        throw wrongInput('to', said('too-many-days', { days: LONGEST_MS / 86_400_000 }))
      const giverOf = by === 'assignee' ? (_order: WorkOrder, giver: string) => giver : groups[by]
      const performance = performanceBy(clocksOf, groups[by], giverOf)
      let cursor: string | undefined
      do {
        const page = await operations.orders.list({ created: { from, to }, cursor, limit: PIECE })
        for (const order of page.items) performance.add(order)
        cursor = page.next ?? undefined
        await otherWork()
      } while (cursor !== undefined)
      const rows = [...performance.rows()]
      if (format === 'csv') {
        const name = `work-orders-${instant(from).slice(0, 10)}-${instant(to).slice(0, 10)}.csv`
        reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name}"`)
        return reply.send(csvOf(rows))
      }
      return reply
        .type('application/json; charset=utf-8')
        .send({ from: instant(from), to: instant(to), by, rows })
    },
  )
}
