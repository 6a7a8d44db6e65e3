/** /backtests: draft rules over history. The answer comes when it is done; a caller who goes away calls it off. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { LONGEST_WARM_UP_MS } from '../../backtest/backtest.ts'
import { reportView } from '../../backtest/view.ts'
import { retold } from '../../model/retold.ts'
import { becauseText } from '../../model/words.ts'
import { refuses } from '../answers.ts'
import { languageOf } from '../caller.ts'
import { InstantQuery, showInstantIn } from '../instants.ts'
import { Because, InstantText, listOf } from '../schemas.ts'
import type { Services } from '../services.ts'

const Ask = z.strictObject({
  rules: z.string().min(1).max(60_000).meta({ description: 'The draft, as a rules file: YAML' }),
  from: InstantQuery,
  to: InstantQuery.meta({ description: 'At most 400 days after `from`; the future is left out' }),
  warmUpMs: z.int().nonnegative().max(LONGEST_WARM_UP_MS).optional().meta({
    description: 'The rules run for so long before `from`, and nothing that they raise then is counted',
  }),
  devices: z.array(z.string()).min(1).max(1_000).optional().meta({
    description: 'Only subjects that are judged by one of them',
  }),
  others: z.enum(['dropped', 'left-alone']).default('dropped').meta({
    description:
      'Running rules that the draft does not name: taken for dropped by it, or neither run nor compared',
  }),
})

const TestedAlarm = z.object({
  rule: z.string(),
  subject: z.string(),
  device: z.string(),
  raisedAt: InstantText,
  clearedAt: InstantText.nullable().meta({ description: 'Null where it still stood at the end' }),
  because: Because,
})

const Difference = z.object({
  same: z.int(),
  added: z.int().meta({ description: 'Only the draft raises them' }),
  gone: z.int().meta({ description: 'The draft does not raise them' }),
  unjudged: z.int().meta({ description: 'Not gone: of their device there is no reading in the interval' }),
  withLateReadings: z
    .int()
    .meta({ description: 'Of those that differ: readings came late then, which live rules do not see' }),
  examples: listOf(
    TestedAlarm.extend({
      id: z.string().nullable().meta({ description: 'Of an alarm that really was' }),
      only: z.enum(['draft', 'other']),
      late: z.boolean(),
      judged: z.boolean().meta({ description: 'False: there was no reading to judge it by' }),
    }),
  ),
})

const TestedRule = z.object({
  rule: z.string(),
  kind: z.string(),
  version: z.string(),
  change: z.enum(['new', 'changed', 'same']).meta({ description: 'Beside the rules that run' }),
  alarms: z.int(),
  byDay: z
    .record(z.string(), z.int())
    .meta({ description: 'By local day; days without an alarm are not named' }),
  subjects: z.int(),
  durationMs: z.object({ median: z.number(), p90: z.number(), longest: z.number() }).nullable(),
  standing: z.int().meta({ description: 'Still standing at the end' }),
  top: listOf(z.object({ subject: z.string(), alarms: z.int() })),
})

const Backtest = z
  .object({
    from: InstantText,
    to: InstantText,
    warmUpMs: z.int().meta({ description: 'For so long before `from` the rules had run' }),
    readings: z.int(),
    devices: z.int(),
    rules: listOf(TestedRule),
    dropped: listOf(z.string()).meta({ description: 'Rules that run and are not in the draft' }),
    seats: listOf(
      z.object({
        seat: z.string(),
        alarms: z.int(),
        averageIn10Min: z.number(),
        peakIn10Min: z.int(),
        peakAt: InstantText.nullable(),
        floodShare: z
          .number()
          .meta({ description: 'Share of ten-minute stretches with more than ten alarms, 0 to 1' }),
      }),
    ),
    beside: z.object({ running: Difference, fired: Difference }),
    lateStretches: z.int(),
    absences: z
      .object({
        known: z.int(),
        knownFrom: InstantText.nullable(),
        unreadable: listOf(z.object({ from: InstantText, to: InstantText })).meta({
          description:
            'Stretches of the journal that are damaged: what came then and was not sealed is left out',
        }),
      })
      .meta({
        description: 'Gaps and link changes that the journal still has, and from when on it has them',
      }),
    parked: listOf(z.object({ rule: z.string(), subject: z.string(), cause: z.string() })),
    alarms: listOf(TestedAlarm),
    cut: z.boolean().meta({ description: 'More alarms were found than are listed' }),
  })
  .meta({ id: 'Backtest' })

export const backtestRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const instant = showInstantIn(services.site.timeZone)
  app.post(
    '/backtests',
    {
      config: { right: 'rules:test' },
      schema: {
        tags: ['rules'],
        summary: 'What draft rules would have raised; one at a time, called off with the request',
        operationId: 'runBacktest',
        body: Ask,
        response: { 200: Backtest, ...refuses(409, 503) },
      },
    },
    async (request, reply) => {
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort(new Error('The caller went away')))
      const language = languageOf(request)
      const { parked, ...report } = reportView(
        await services.backtest(request.body, gone.signal),
        instant,
        (because) => becauseText(because, language),
      )
      return { ...report, parked: parked.map((one) => ({ ...one, cause: retold(one.cause, language) })) }
    },
  )
}
