/** /water-use: what each meter or institution used, on the calendar of the site; JSON in pages, CSV whole. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { type Calendar, calendarOf } from '../../metering/calendar.ts'
import { ASKED_WATER, USE_SUBJECTS } from '../../metering/subjects.ts'
import type { UseQuery, UseRow } from '../../metering/water-use.ts'
import type { Instant, Interval } from '../../model/instant.ts'
import { said } from '../../model/refusal.ts'
import { USE_QUALITIES, USE_STEPS, type UseStep } from '../../model/water-use.ts'
import { STEP_WORDS } from '../../model/words.ts'
import { keyOf, pageOf as page } from '../../operations/pages.ts'
import { wrongInput } from '../answers.ts'
import { assertForward, InstantQuery, type ShowInstant, showInstantIn } from '../instants.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { InstantText } from '../schemas.ts'
import type { Services } from '../services.ts'
import { sendCsv, sendJson, TableQuery, tableAnswers } from '../tables.ts'
import { IfNoneMatch, unlessUnchanged } from '../unchanged.ts'

const WaterUse = z
  .object({
    from: InstantText,
    to: InstantText,
    id: z.string(),
    name: z.string(),
    volumeM3: z
      .number()
      .nullable()
      .meta({ description: 'm³; null where nothing is known, never zero for it' }),
    quality: z.enum(USE_QUALITIES).meta({
      description:
        'The worst among its meters: known throughout with readings on both boundaries, or between readings, or shared out by time across a longer gap, or not known. `missing` beside a volume: a meter said nothing, and the volume is too small by it',
    }),
    coverage: z.number().meta({ description: 'Measured meter-time ÷ expected meter-time, 0 to 1' }),
  })
  .meta({ id: 'WaterUse' })

const COLUMNS = ['from', 'to', 'id', 'name', 'volumeM3', 'quality', 'coverage'] as const

/** Fourteen months of hours; a longer history is asked for in pieces. */
const MOST_INTERVALS = 10_000
const SHORTEST_MS = { hour: 3_600_000, day: 23 * 3_600_000, month: 28 * 86_400_000 }

const shown = ({ from, to, id, name, volumeM3, quality, coverage }: UseRow, instant: ShowInstant) => ({
  from: instant(from),
  to: instant(to),
  id,
  name,
  volumeM3,
  quality,
  coverage,
})

async function* shownRows(intervals: AsyncIterable<readonly UseRow[]>, instant: ShowInstant) {
  for await (const rows of intervals) yield rows.map((row) => shown(row, instant))
}

/** Whose water; an institution, a building or a meter that there is not has none. */
export const ScopeQuery = {
  institution: z.string().min(1).optional().meta({ description: 'Only what belongs to it' }),
  building: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Only what stands in it; `outdoors:<institution>`: in none of its buildings' }),
  device: z.string().min(1).optional().meta({ description: 'Only this meter' }),
  water: z.enum(ASKED_WATER).optional().meta({
    description: 'Only what the site file says is that water; `intake` is all but what is reclaimed',
  }),
}

export const UseSpan = {
  from: InstantQuery.meta({
    description:
      "On a boundary of `step` in the site's zone (`timeZone` of /site); the + of an offset is %2B",
    example: '2026-10-01T00:00:00+08:00',
  }),
  to: InstantQuery.meta({
    description: 'On a boundary of `step` too, and not in the result: the first instant after it',
    example: '2026-11-01T00:00:00+08:00',
  }),
  step: z.enum(USE_STEPS).meta({ description: 'Length of an interval, by the calendar of the site' }),
  by: z.enum(USE_SUBJECTS).meta({
    description: 'A row a meter, a building (and `outdoors:<institution>`), or an institution',
  }),
}

/** Throws where the span does not begin and end with an hour, day or month of the site, or runs backwards. */
export function checkBoundaries(
  { from, to }: Interval,
  step: UseStep,
  calendar: Calendar,
  instant: ShowInstant,
): void {
  for (const [path, at] of Object.entries({ from, to })) {
    const held = calendar.intervalAt(at, step)
    if (held.from !== at) {
      const near = { before: instant(held.from), after: instant(held.to) }
      throw wrongInput(path, said('off-boundary', { step: STEP_WORDS[step], ...near }))
    }
  }
  assertForward({ from, to })
}

/** Throws where the span does not stand on the calendar, or is too long. */
export function checkInterval(
  { from, to, step }: Pick<UseQuery, 'from' | 'to' | 'step'>,
  calendar: Calendar,
  instant: ShowInstant,
): void {
  checkBoundaries({ from, to }, step, calendar, instant)
  if ((to - from) / SHORTEST_MS[step] > MOST_INTERVALS) {
    throw wrongInput('to', said('too-many-intervals', { most: MOST_INTERVALS }))
  }
}

/** As long as a program takes from one page to the next. */
const LEFT_OVER_MS = 60_000
/** So many questions may be under way at once; the rest of an interval of thousands of institutions is a megabyte. */
const MOST_LEFT_OVER = 4

/**
 * What was read of an interval and did not fit into its page: thirty days of thousands of meters are not
 * added up again for the next thousand rows.
 */
function leftOverRows() {
  const kept = new Map<string, { readonly rows: readonly UseRow[]; readonly at: Instant }>()
  return {
    keep(question: unknown, rows: readonly UseRow[], at: Instant): void {
      const key = JSON.stringify(question)
      kept.delete(key)
      kept.set(key, { rows, at })
      for (const oldest of kept.keys()) if (kept.size > MOST_LEFT_OVER) kept.delete(oldest)
    },
    /** All of one interval. Whoever asks for a page again is told the same. */
    take(question: unknown, now: Instant): readonly UseRow[] | undefined {
      for (const [key, { at }] of kept) if (now < at || now - at >= LEFT_OVER_MS) kept.delete(key)
      return kept.get(JSON.stringify(question))?.rows
    },
  }
}

export const waterUseRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const instant = showInstantIn(services.site.timeZone)
  const calendar = calendarOf(services.site.timeZone)
  const leftOver = leftOverRows()
  app.addHook('onSend', unlessUnchanged)
  app.get(
    '/water-use',
    {
      config: { right: 'water-use:read' },
      schema: {
        tags: ['water-use'],
        summary: 'Water use by interval and meter or institution',
        operationId: 'listWaterUse',
        headers: IfNoneMatch,
        querystring: PageQuery.extend({ ...UseSpan, ...ScopeQuery, ...TableQuery }),
        response: tableAnswers(
          pageOf(WaterUse),
          'A page as JSON, or everything as CSV with the same columns',
        ),
      },
    },
    async ({ query: { format, words, limit, cursor, ...query } }, reply) => {
      checkInterval(query, calendar, instant)
      if (format === 'csv') {
        const name = `water-use-${query.by}-${instant(query.from).slice(0, 10)}-${query.step}`
        const parts = shownRows(services.waterUse(query), instant)
        return sendCsv(reply, { name, columns: COLUMNS, words, parts })
      }
      // A page goes on after a row of an interval; intervals before it are not asked for again.
      const [from, id] =
        cursor === undefined ? [query.from, ''] : (keyOf(cursor, ['number', 'string']) as [number, string])
      if (from < query.from || from >= query.to || !calendar.onBoundary(from, query.step))
        throw wrongInput('cursor', said('other-cursor'))
      const begun = leftOver.take([query, from, id], services.clock.now())
      const rows: UseRow[] = begun?.slice() ?? []
      const next = begun?.[0]?.to ?? from
      for await (const interval of rows.length > limit ? [] : services.waterUse({ ...query, from: next })) {
        for (const row of interval) if (row.from > from || row.id > id) rows.push(row)
        if (rows.length > limit) break
      }
      const last = rows[limit - 1]
      if (last && rows.length > limit)
        leftOver.keep([query, last.from, last.id], rows.slice(limit), services.clock.now())
      return sendJson(
        reply,
        page(
          rows,
          limit,
          (row) => shown(row, instant),
          (row) => [row.from, row.id],
        ),
      )
    },
  )
}
