/**
 * /water-quotas, /night-flows and /water-balances: what the energy office asks beyond plain use; JSON in
 * pages, CSV whole.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { type Calendar, calendarOf } from '../../metering/calendar.ts'
import type { BalanceRow, NightFlows, QuotaRow } from '../../metering/water-reports.ts'
import type { Interval } from '../../model/instant.ts'
import { said } from '../../model/refusal.ts'
import { BALANCE_STATES, QUOTA_STATES } from '../../model/water-use.ts'
import { wrongInput } from '../answers.ts'
import { InstantQuery, type ShowInstant, showInstantIn } from '../instants.ts'
import { PageQuery, pageOf, pageOfWhole } from '../paging.ts'
import { listOf } from '../schemas.ts'
import type { Services } from '../services.ts'
import { type CsvRow, sendCsv, sendJson, TableQuery, tableAnswers } from '../tables.ts'
import { IfNoneMatch, unlessUnchanged } from '../unchanged.ts'
import { checkBoundaries, ScopeQuery, UseSpan } from './water-use.ts'

const DAY_MS = 86_400_000
const MOST_NIGHTS = 62
const MOST_BALANCED_DAYS = 400

const Subject = z.object({ id: z.string(), name: z.string() })
const M3 = z.number().meta({ description: 'm³' })
const KnownM3 = M3.nullable().meta({ description: 'm³; null where it is not known, never zero for it' })
const Flow = z.number().nullable().meta({ description: 'm³/h; null where it is not known' })
const isWhole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most))

const QuotaBasis = z
  .object({
    per: z.enum(['head', 'm2']),
    perUnitM3: z.number().meta({ description: 'm³ a head, or m², and year' }),
    count: z.number().meta({
      description: 'Heads, or m²: the mean of the stretches, weighed by their days',
    }),
    stretches: listOf(
      z.object({
        from: z.string().meta({ description: 'Local date, such as 2026-01-01' }),
        until: z.string().meta({ description: 'Local date; the first day that is not in it' }),
        count: z.number(),
        days: z.int(),
      }),
    ).meta({ description: 'What the site file says was there, and when; more than one where it changed' }),
  })
  .meta({ id: 'QuotaBasis' })

const WaterQuota = Subject.extend({
  yearM3: M3.meta({ description: 'What it may use in the year, m³' }),
  basis: QuotaBasis.optional().meta({
    description: 'How `yearM3` comes to be, `perUnitM3` × `count`; absent where it is given as a whole',
  }),
  monthsM3: listOf(z.number()).meta({ description: 'Of it January to December, m³' }),
  usedM3: KnownM3.meta({ description: 'm³ up to last midnight; more, where days are missing' }),
  daysPassed: z.int().meta({ description: 'Days of the year that are over' }),
  daysKnown: z.int().meta({ description: 'Of them, known of all its meters from midnight to midnight' }),
  allowedM3: M3.meta({ description: 'What the quota gives for the known days, m³' }),
  share: z.number().nullable().meta({
    description: 'Use on the known days ÷ what the quota gives for them; null below seven of them',
  }),
  forecastM3: KnownM3.meta({
    description: 'Use of the whole year if it goes on as on the last 28 known days, m³',
  }),
  state: z.enum(QUOTA_STATES).meta({
    description: '`share` below 0.9: within, to 1: near, to 1.1: above, beyond or used up: over',
  }),
  tiers: listOf(
    z.object({
      above: z
        .number()
        .meta({ description: 'Share beyond the quota of the year from which the tier counts' }),
      surcharge: z.number().meta({ description: "On the price of a m³, as a share of it; the site's data" }),
      usedM3: KnownM3.meta({ description: 'Of `usedM3`, m³ within the tier' }),
      forecastM3: KnownM3.meta({ description: 'Of `forecastM3`, m³ within the tier' }),
    }),
  )
    .optional()
    .meta({ description: 'Use beyond the quota in bands, lowest first; only where the site has tiers' }),
}).meta({ id: 'WaterQuota' })

const NightFlow = Subject.extend({
  flowsM3h: listOf(Flow).meta({
    description: 'The least mean flow of an hour of each night, m³/h: one a day of the span, oldest first',
  }),
  lastM3h: Flow.meta({ description: 'Of the last night of the span, m³/h; null where it is not known' }),
  usualM3h: Flow.meta({
    description: 'Median of the known nights before the last, m³/h; null below three',
  }),
  riseM3h: Flow.meta({ description: 'The last less the usual, m³/h; null where either is' }),
}).meta({ id: 'NightFlow' })

const MeterVolume = z.object({
  device: z.string(),
  name: z.string(),
  volumeM3: KnownM3.meta({ description: 'On the days that were compared, m³; null where there is none' }),
  daysKnown: z.int().meta({ description: 'Days asked for that are known of this meter' }),
})

const WaterBalance = Subject.extend({
  parent: z
    .string()
    .nullable()
    .meta({ description: 'The balance whose sub meter is a main meter of this one' }),
  days: z.int().meta({ description: 'Days asked for' }),
  daysCompared: z.int().meta({ description: 'Known of all of its meters; volumes are of these alone' }),
  sum: z
    .object({
      supplyM3: M3.meta({ description: 'Of all main meters, m³' }),
      meteredM3: M3.meta({ description: 'Of all sub meters, m³' }),
      unmeteredM3: M3.meta({ description: "Used without a meter, m³: the site's estimate for these days" }),
      missingM3: M3.meta({
        description: 'Supply less metered and unmetered, m³; below zero: more comes out than goes in',
      }),
      missingShare: z.number().nullable().meta({
        description: '`missingM3` ÷ `supplyM3`, the rate of loss; null where nothing was supplied',
      }),
      toleranceM3: M3.meta({ description: "What the meters' own errors explain, m³" }),
      state: z.enum(BALANCE_STATES).meta({
        description: '`missingM3` against `toleranceM3`: balanced within it, lost above, surplus below zero',
      }),
    })
    .nullable()
    .meta({ description: 'null where no day is known of all its meters' }),
  main: listOf(MeterVolume),
  subs: listOf(MeterVolume),
}).meta({ id: 'WaterBalance' })

/** Throws where a span is not made of days of the site, or of too many. */
function checkDays(days: Interval, most: number, calendar: Calendar, instant: ShowInstant): void {
  checkBoundaries(days, 'day', calendar, instant)
  if (days.to - days.from > most * DAY_MS + DAY_MS / 2)
    throw wrongInput('to', said('too-many-days', { days: most }))
}

const QUOTA_COLUMNS = [
  'id',
  'name',
  'yearM3',
  'usedM3',
  'daysPassed',
  'daysKnown',
  'allowedM3',
  'share',
  'forecastM3',
  'state',
]
const NIGHT_COLUMNS = ['id', 'name', 'from', 'to', 'flowM3h', 'usualM3h']
const BALANCE_COLUMNS = [
  'balance',
  'name',
  'side',
  'device',
  'meter',
  'volumeM3',
  'daysCompared',
  'days',
  'toleranceM3',
  'state',
  'missingShare',
  'from',
  'to',
]

const BASIS_COLUMNS = ['per', 'perUnitM3', 'count', 'counts']

const tierColumn = (n: number) => `tier${n + 1}M3`

const quotaLine = ({ monthsM3: _, tiers = [], basis, ...row }: QuotaRow): CsvRow => ({
  ...row,
  ...Object.fromEntries(tiers.map(({ usedM3 }, n) => [tierColumn(n), usedM3])),
  ...(basis && { per: basis.per, perUnitM3: basis.perUnitM3, count: basis.count, counts: countsOf(basis) }),
})

/** `850 × 243 d + 900 × 122 d`: what the count is the mean of, where it changed. */
const countsOf = ({ stretches }: NonNullable<QuotaRow['basis']>): string | null =>
  stretches.length < 2 ? null : stretches.map(({ count, days }) => `${count} × ${days} d`).join(' + ')

/** As many tiers as any institution has. */
const quotaColumns = (rows: readonly QuotaRow[]): readonly string[] => {
  const most = rows.reduce((count, { tiers = [] }) => Math.max(count, tiers.length), 0)
  const tiers = Array.from({ length: most }, (_, n) => tierColumn(n))
  return [...QUOTA_COLUMNS, ...tiers, ...(rows.some(({ basis }) => basis) ? BASIS_COLUMNS : []), 'year']
}

/** A line a night. */
function* nightLines({ nights, rows }: NightFlows, instant: ShowInstant): Generator<CsvRow[]> {
  for (const { id, name, flowsM3h, usualM3h } of rows) {
    yield nights.map(({ from, to }, night) => {
      const flowM3h = flowsM3h[night] ?? null
      return { id, name, from: instant(from), to: instant(to), flowM3h, usualM3h }
    })
  }
}

/** A line a meter, and one for what is missing between them. */
/** The parts come to what is missing: what goes in, less what comes out, less what is used without a meter. */
function balanceLines(row: BalanceRow, span: { readonly from: string; readonly to: string }): CsvRow[] {
  const { id, name, main, subs, sum, daysCompared, days } = row
  const common = { balance: id, name, daysCompared, days, ...span }
  const sides = { main, sub: subs }
  return [
    ...Object.entries(sides).flatMap(([side, meters]) =>
      meters.map(({ device, name: meter, volumeM3 }) => ({ ...common, side, device, meter, volumeM3 })),
    ),
    ...(sum && sum.unmeteredM3 > 0 ? [{ ...common, side: 'unmetered', volumeM3: sum.unmeteredM3 }] : []),
    {
      ...common,
      side: 'missing',
      volumeM3: sum?.missingM3 ?? null,
      toleranceM3: sum?.toleranceM3 ?? null,
      state: sum?.state ?? null,
      missingShare: sum?.missingShare ?? null,
    },
  ]
}

const tableOf = <Item extends z.ZodType>(item: Item) =>
  tableAnswers(pageOf(item), 'A page as JSON, or everything as CSV')

export const waterReportRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const { waterReports, clock, site } = services
  const instant = showInstantIn(site.timeZone)
  const calendar = calendarOf(site.timeZone)
  const day = (at: number) => instant(at).slice(0, 10)
  const config = { right: 'water-use:read' } as const
  const tags = ['water-use']
  const Days = {
    from: InstantQuery.meta({
      description: 'Where a day of the site begins; the + of an offset is %2B',
      example: '2026-10-01T00:00:00+08:00',
    }),
    to: InstantQuery.meta({
      description: 'Where a day of the site begins; that day is not in it',
      example: '2026-11-01T00:00:00+08:00',
    }),
  }
  app.addHook('onSend', unlessUnchanged)
  app.get(
    '/water-quotas',
    {
      config,
      schema: {
        tags,
        summary: 'How the use of each institution with a quota stands to it',
        operationId: 'listWaterQuotas',
        headers: IfNoneMatch,
        querystring: PageQuery.extend({
          year: isWhole(2000, 2200).meta({
            description: 'Calendar year of the site, 2000 to 2200',
            example: '2026',
          }),
          ...TableQuery,
        }),
        response: tableOf(WaterQuota),
      },
    },
    async ({ query: { year, format, words, ...turn } }, reply) => {
      const rows = await waterReports.quotas(year, clock.now())
      if (format === 'csv') {
        const parts = [rows.map((row) => ({ ...quotaLine(row), year }))]
        return sendCsv(reply, { name: `water-quotas-${year}`, columns: quotaColumns(rows), words, parts })
      }
      return sendJson(reply, pageOfWhole(rows, turn))
    },
  )
  app.get(
    '/night-flows',
    {
      config,
      schema: {
        tags,
        summary: 'The least that ran in an hour of each night, by meter, building or institution',
        operationId: 'listNightFlows',
        headers: IfNoneMatch,
        querystring: PageQuery.extend({
          ...Days,
          ...ScopeQuery,
          ...TableQuery,
          by: UseSpan.by,
          fromHour: isWhole(0, 22)
            .default(2)
            .meta({ description: 'Local hour at which a night begins, 0 to 22' }),
          toHour: isWhole(1, 23)
            .default(4)
            .meta({ description: 'Local hour at which it is over, 1 to 23 and after `fromHour`' }),
        }),
        response: tableOf(NightFlow),
      },
    },
    async ({ query: { limit, cursor, format, words, ...query } }, reply) => {
      checkDays(query, MOST_NIGHTS, calendar, instant)
      if (query.toHour <= query.fromHour) throw wrongInput('toHour', said('night-ends-first'))
      const flows = await waterReports.nights(query, clock.now())
      if (format === 'csv') {
        const name = `night-flows-${query.by}-${day(query.from)}`
        return sendCsv(reply, { name, columns: NIGHT_COLUMNS, words, parts: nightLines(flows, instant) })
      }
      return sendJson(reply, pageOfWhole(flows.rows, { limit, cursor }))
    },
  )
  app.get(
    '/water-balances',
    {
      config,
      schema: {
        tags,
        summary: 'What goes in by main meters and comes out by sub meters, for each balance of the site',
        operationId: 'listWaterBalances',
        headers: IfNoneMatch,
        querystring: PageQuery.extend({ ...Days, ...TableQuery }),
        response: tableOf(WaterBalance),
      },
    },
    async ({ query: { limit, cursor, format, words, ...days } }, reply) => {
      checkDays(days, MOST_BALANCED_DAYS, calendar, instant)
      const rows = await waterReports.balances(days, clock.now())
      if (format === 'csv') {
        const name = `water-balances-${day(days.from)}`
        const span = { from: instant(days.from), to: instant(days.to) }
        const parts = rows.values().map((row) => balanceLines(row, span))
        return sendCsv(reply, { name, columns: BALANCE_COLUMNS, words, parts })
      }
      return sendJson(reply, pageOfWhole(rows, { limit, cursor }))
    },
  )
}
