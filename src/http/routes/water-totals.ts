/**
 * /water-use/totals: the use of thousands of institutions over a long time as two short lists, which a page
 * can draw.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { calendarOf } from '../../metering/calendar.ts'
import { useTotals } from '../../metering/use-totals.ts'
import { USE_QUALITIES } from '../../model/water-use.ts'
import { showInstantIn } from '../instants.ts'
import { InstantText, listOf } from '../schemas.ts'
import type { Services } from '../services.ts'
import { sendCsv, sendJson, TableQuery, tableAnswers } from '../tables.ts'
import { IfNoneMatch, unlessUnchanged } from '../unchanged.ts'
import { checkInterval, ScopeQuery, UseSpan } from './water-use.ts'

const UseTotal = z.object({
  volumeM3: z
    .number()
    .nullable()
    .meta({ description: 'm³ of what is known; null only where that is nothing' }),
  quality: z.enum(USE_QUALITIES).meta({ description: 'The worst of what it is made of' }),
  coverage: z.number().meta({ description: 'Measured meter-time ÷ expected meter-time, 0 to 1' }),
  missing: z.int().meta({ description: 'Rows of /water-use in it that have no volume' }),
})

const WaterUseTotals = z
  .object({
    whole: UseTotal,
    subjects: listOf(UseTotal.extend({ id: z.string(), name: z.string() })).meta({
      description: 'Meters, buildings or institutions, over the whole time; in the order of their ids',
    }),
    intervals: listOf(UseTotal.extend({ from: InstantText, to: InstantText })).meta({
      description: 'All of them together, oldest interval first',
    }),
  })
  .meta({ id: 'WaterUseTotals' })

const COLUMNS = ['id', 'name', 'volumeM3', 'quality', 'coverage', 'missing', 'from', 'to'] as const

export const waterTotalRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const instant = showInstantIn(services.site.timeZone)
  const calendar = calendarOf(services.site.timeZone)
  app.addHook('onSend', unlessUnchanged)
  app.get(
    '/water-use/totals',
    {
      config: { right: 'water-use:read' },
      schema: {
        tags: ['water-use'],
        summary: 'Water use added up by meter, building or institution, and by interval',
        operationId: 'sumWaterUse',
        headers: IfNoneMatch,
        querystring: z.strictObject({ ...UseSpan, ...ScopeQuery, ...TableQuery }),
        response: tableAnswers(WaterUseTotals, 'Both lists as JSON, or the subjects as CSV'),
      },
    },
    async ({ query: { format, words, ...query } }, reply) => {
      checkInterval(query, calendar, instant)
      let isGone = false
      reply.raw.on('close', () => {
        isGone = true
      })
      /** A year by the hour is worked on for a while; for whoever went away it is not. */
      async function* whileAsked() {
        for await (const rows of services.waterUse(query)) {
          if (isGone) return
          yield rows
        }
      }
      const { whole, subjects, intervals } = await useTotals(whileAsked())
      if (format === 'csv') {
        const name = `water-use-${query.by}-${instant(query.from).slice(0, 10)}-sums`
        const span = { from: instant(query.from), to: instant(query.to) }
        const parts = [subjects.map((subject) => ({ ...subject, ...span }))]
        return sendCsv(reply, { name, columns: COLUMNS, words, parts })
      }
      return sendJson(reply, {
        whole,
        subjects,
        intervals: intervals.map((one) => ({ ...one, from: instant(one.from), to: instant(one.to) })),
      })
    },
  )
}
