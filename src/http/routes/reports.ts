/**
 * /reports/alarm-load: how loaded a seat or the whole site was, against the figures of the standards; JSON,
 * or one flat CSV.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { LOOK_BACK_MS, type LoadAlarm, type LoadReport, loadOf } from '../../alarms/load.ts'
import { FIGURE_CODES, VERDICTS } from '../../alarms/load-figures.ts'
import { seatsOf } from '../../alarms/seat.ts'
import { SEVERITIES } from '../../model/alarm.ts'
import { devicesById } from '../../model/device.ts'
import type { Interval } from '../../model/instant.ts'
import { said } from '../../model/refusal.ts'
import { becauseText } from '../../model/words.ts'
import type { Reader } from '../../operations/views.ts'
import { refuses, wrongInput } from '../answers.ts'
import { languageOf } from '../caller.ts'
import { BYTE_ORDER_MARK, type Cell, csvLine } from '../csv.ts'
import { InstantQuery, showInstantIn } from '../instants.ts'
import { Because, InstantText, listOf } from '../schemas.ts'
import type { Services } from '../services.ts'

const LONGEST_MS = 366 * 86_400_000
/** Held at once while they are counted: some 60 MB. */
const MOST_ALARMS = 200_000

const Source = z.object({ rule: z.string(), subject: z.string(), device: z.string() })
const Share = z.number().meta({ description: '0 to 1' })

const AlarmLoad = z
  .object({
    seat: z.string().nullable().meta({ description: 'Null: the whole site' }),
    from: InstantText,
    to: InstantText,
    alarms: z.int().meta({ description: 'That rang; by when they were raised' }),
    perTenMinutes: z.object({
      average: z.number(),
      peak: z
        .object({ from: InstantText, count: z.int() })
        .nullable()
        .meta({ description: 'Of stretches counted from `from`' }),
      sliding: z
        .object({ until: InstantText, count: z.int() })
        .nullable()
        .meta({ description: 'Of any ten minutes' }),
    }),
    flood: z.object({ times: z.int(), forMs: z.number(), share: Share }),
    severities: listOf(z.object({ severity: z.enum(SEVERITIES), count: z.int(), share: Share })),
    top: listOf(Source.extend({ count: z.int(), share: Share })).meta({
      description: 'The ten that gave most',
    }),
    topShare: Share,
    sources: z.int().meta({ description: 'Rules on subjects that gave any' }),
    chattering: listOf(
      Source.extend({
        count: z.int().meta({ description: 'Alarms of it within windows in which it chattered' }),
        most: z.int().meta({ description: 'In one minute' }),
        firstAt: InstantText,
        lastAt: InstantText,
        cures: listOf(
          z.object({
            by: z.enum(['on-delay', 'off-delay']),
            forMs: z.number(),
            alarms: z.int().meta({ description: 'That would have been left of all of it' }),
          }),
        ).meta({ description: 'Each would have cured it; the one that costs least first' }),
        deadband: z
          .object({
            width: z.number().meta({ description: 'In the unit of the judged value' }),
            limit: z.number(),
            alarms: z.int().meta({ description: 'That would have been left of all of it' }),
          })
          .nullable()
          .meta({
            description:
              'The narrowest deadband that would have cured it, by the values that ended its alarms; null where its rule judges no numeric limit, or none up to a quarter of the limit helps',
          }),
      }),
    ),
    stale: listOf(
      Source.extend({
        id: z.string(),
        severity: z.enum(SEVERITIES),
        raisedAt: InstantText,
        clearedAt: InstantText.nullable(),
      }),
    ).meta({ description: 'Active for more than 24 h' }),
    figures: listOf(
      z.object({
        code: z.enum(FIGURE_CODES),
        value: z.number(),
        unit: z.enum(['per-10-min', 'count', 'ratio']),
        good: z.number().meta({ description: 'At most this is good' }),
        fair: z.number().meta({ description: 'At most this is bearable' }),
        verdict: z.enum(VERDICTS),
        because: Because.nullable().meta({ description: 'Why it is not judged: `too-few`' }),
        source: z.string(),
        isVerified: z
          .boolean()
          .meta({ description: 'Whether the figure could be checked beyond one quotation' }),
      }),
    ),
    series: z.object({
      stepMs: z.number(),
      steps: listOf(
        z.object({
          from: InstantText,
          count: z.int(),
          peak: z.int().meta({ description: 'In ten minutes of it' }),
        }),
      ),
    }),
  })
  .meta({ id: 'AlarmLoad' })

const shown = (
  report: LoadReport,
  seat: string | undefined,
  { instant, language }: Pick<Reader, 'instant' | 'language'>,
) => {
  const { peak, sliding } = report.perTenMinutes
  return {
    ...report,
    seat: seat ?? null,
    from: instant(report.from),
    to: instant(report.to),
    perTenMinutes: {
      ...report.perTenMinutes,
      peak: peak && { ...peak, from: instant(peak.from) },
      sliding: sliding && { ...sliding, until: instant(sliding.until) },
    },
    chattering: report.chattering.map((one) => ({
      ...one,
      firstAt: instant(one.firstAt),
      lastAt: instant(one.lastAt),
    })),
    figures: report.figures.map(({ source, because, ...figure }) => ({
      ...figure,
      source: source[language],
      because: because ? { ...because, text: becauseText(because, language) } : null,
    })),
    stale: report.stale.map(({ raisedAt, clearedAt, ...one }) => ({
      ...one,
      raisedAt: instant(raisedAt),
      clearedAt: clearedAt === undefined ? null : instant(clearedAt),
    })),
    series: {
      stepMs: report.series.stepMs,
      steps: report.series.steps.map((step) => ({ ...step, from: instant(step.from) })),
    },
  }
}

const COLUMNS = [
  'section',
  'name',
  'rule',
  'subject',
  'device',
  'value',
  'share',
  'good',
  'fair',
  'verdict',
  'from',
  'to',
  'note',
] as const

type CsvRow = Partial<Record<(typeof COLUMNS)[number], Cell>>

/** One table, its parts told apart by `section`: a spreadsheet filters, it does not read several tables in one file. */
function csvOf(report: LoadReport, { instant, language }: Pick<Reader, 'instant' | 'language'>): string {
  const rows: CsvRow[] = [
    ...report.figures.map(({ code, value, good, fair, verdict, source, because }) => ({
      section: 'figure',
      name: code,
      value,
      good,
      fair,
      verdict,
      note: because ? becauseText(because, language) : source[language],
    })),
    ...report.severities.map(({ severity, count, share }) => ({
      section: 'severity',
      name: severity,
      value: count,
      share,
    })),
    ...report.top.map(({ rule, subject, device, count, share }) => ({
      section: 'top',
      rule,
      subject,
      device,
      value: count,
      share,
    })),
    ...report.chattering.map(({ rule, subject, device, count, firstAt, lastAt, cures, deadband }) => ({
      section: 'chattering',
      rule,
      subject,
      device,
      value: count,
      from: instant(firstAt),
      to: instant(lastAt),
      note: [
        ...cures.map(({ by, forMs, alarms }) => `${by} ${forMs / 1_000} s: ${alarms} alarms left`),
        ...(deadband ? [`deadband ${deadband.width}: ${deadband.alarms} alarms left`] : []),
      ].join('; '),
    })),
    ...report.stale.map(({ id, rule, subject, device, raisedAt, clearedAt }) => ({
      section: 'stale',
      name: id,
      rule,
      subject,
      device,
      from: instant(raisedAt),
      to: clearedAt === undefined ? null : instant(clearedAt),
    })),
    ...report.series.steps.map(({ from, count }) => ({
      section: 'step',
      value: count,
      from: instant(from),
      to: instant(from + report.series.stepMs),
    })),
  ]
  const lines = rows.map((row) => csvLine(COLUMNS.map((column) => row[column] ?? null)))
  return BYTE_ORDER_MARK + csvLine(COLUMNS) + lines.join('')
}

async function alarmsFor(
  { operations, seats, site }: Services,
  seat: string | undefined,
  { from, to }: Interval,
): Promise<readonly LoadAlarm[]> {
  const asked = seat === undefined ? undefined : seats.find(({ name }) => name === seat)
  if (seat !== undefined && !asked) throw wrongInput('seat', said('no-seat', { seat }))
  const byId = devicesById(site.devices)
  const found: LoadAlarm[] = []
  for await (const some of operations.load.alarms({ from: from - LOOK_BACK_MS, to })) {
    for (const alarm of some) {
      if (asked && seatsOf([asked], alarm, (id) => byId.get(id)).length === 0) continue
      const { id, rule, subject, device, place, severity, raisedAt, learnedAt } = alarm
      const { rangAt, clearedAt, clearedBecause, suppression } = alarm
      const one = { id, rule, subject, device, place, severity, raisedAt, learnedAt }
      found.push({
        ...one,
        ...(rangAt !== undefined && { rangAt }),
        ...(clearedAt !== undefined && { clearedAt }),
        ...(clearedBecause && { clearedBecause }),
        ...(suppression && { suppression }),
      })
    }
    if (found.length > MOST_ALARMS) throw wrongInput('to', said('too-many-alarms', { most: MOST_ALARMS }))
  }
  return found
}

export const reportRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const instant = showInstantIn(services.site.timeZone)
  app.get(
    '/reports/alarm-load',
    {
      config: { right: 'reports:read' },
      schema: {
        tags: ['reports'],
        summary: 'Alarm load of a seat or the site, against ISA-18.2 and EEMUA 191',
        operationId: 'alarmLoad',
        querystring: z.strictObject({
          from: InstantQuery,
          to: InstantQuery.meta({ description: 'Not in it; at most 366 days after `from`' }),
          seat: z.string().min(1).optional().meta({ description: 'Without it: the whole site' }),
          format: z.enum(['json', 'csv']).default('json').meta({ description: 'CSV is one flat table' }),
        }),
        response: {
          200: {
            description: 'The report as JSON, or as one flat table',
            content: {
              'application/json': { schema: AlarmLoad },
              'text/csv': { schema: z.string() },
            },
          },
          ...refuses(),
        },
      },
    },
    async (request, reply) => {
      const { from, to, seat, format } = request.query
      const reader = { instant, language: languageOf(request) }
      if (to <= from) throw wrongInput('to', said('not-later'))
      if (to - from > LONGEST_MS)
        throw wrongInput('to', said('too-many-days', { days: LONGEST_MS / 86_400_000 }))
      const report = loadOf(await alarmsFor(services, seat, { from, to }), { from, to })
      if (format === 'csv') {
        const name = `alarm-load-${instant(from).slice(0, 10)}-${instant(to).slice(0, 10)}.csv`
        reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name}"`)
        return reply.send(csvOf(report, reader))
      }
      return reply.type('application/json; charset=utf-8').send(shown(report, seat, reader))
    },
  )
}
