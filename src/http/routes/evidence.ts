/** /alarms/{id}/evidence: what an alarm was decided by, whole, as it was kept in that moment. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { GatehouseError } from '../../model/errors.ts'
import { EVIDENCE_CUTS } from '../../model/evidence.ts'
import type { Instant } from '../../model/instant.ts'
import type { Reading as NounReading } from '../../model/reading.ts'
import { said } from '../../model/refusal.ts'
import { becauseText } from '../../model/words.ts'
import { refuses } from '../answers.ts'
import { languageOf } from '../caller.ts'
import { showInstantIn } from '../instants.ts'
import { Because, InstantText, listOf, Value } from '../schemas.ts'
import type { Services } from '../services.ts'

const HeardReading = z
  .object({
    device: z.string(),
    at: InstantText,
    receivedAt: InstantText,
    values: z.record(z.string(), Value),
    quality: z
      .record(z.string(), z.enum(['uncertain', 'bad']))
      .optional()
      .meta({ description: 'Points in doubt; a point not named is good' }),
  })
  .meta({ id: 'HeardReading' })

const Evidence = z
  .object({
    alarm: z.string(),
    rule: z.string(),
    version: z.string().meta({ description: 'Of the rule, as it was when it judged' }),
    kind: z.string(),
    subject: z.string(),
    options: z
      .unknown()
      .meta({ description: 'Limits and baselines of that moment, as bound for this subject' }),
    at: InstantText.meta({ description: 'Since when it held' }),
    because: Because,
    before: z
      .unknown()
      .meta({ description: "The rule's own state before the deciding step; null where it was too large" }),
    moment: z
      .object({ reading: HeardReading.nullable(), wokenAt: InstantText.nullable() })
      .meta({ description: 'What decided: a reading, or an instant that was waited for' }),
    readings: listOf(HeardReading).meta({
      description: 'What the rule had heard, oldest first; at most 500',
    }),
    from: InstantText.meta({ description: 'Where the readings begin' }),
    cut: z.enum(EVIDENCE_CUTS).nullable().meta({ description: 'Why more had been heard than is kept' }),
  })
  .meta({ id: 'Evidence' })

export const evidenceRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const { operations, site } = services
  const instant = showInstantIn(site.timeZone)
  app.get(
    '/alarms/:id/evidence',
    {
      config: { right: 'alarms:read' },
      schema: {
        tags: ['alarms'],
        summary: 'What an alarm was decided by, as it was kept in that moment',
        operationId: 'getEvidence',
        params: z.object({ id: z.string() }),
        response: { 200: Evidence, ...refuses(404) },
      },
    },
    async (request) => {
      const { id } = request.params
      const kept = await operations.evidence.of(id)
      if (!kept) throw new GatehouseError('not-found', said('no-evidence', { alarm: id }))
      const { rule, version, kind, subject, options, at, because, before, moment, readings, from, cut } = kept
      return {
        alarm: id,
        rule,
        version,
        kind,
        subject,
        options,
        at: instant(at),
        because: { ...because, text: becauseText(because, languageOf(request)) },
        before: before ?? null,
        moment:
          'reading' in moment
            ? { reading: shown(moment.reading, instant), wokenAt: null }
            : { reading: null, wokenAt: instant(moment.wokenAt) },
        readings: readings.map((reading) => shown(reading, instant)),
        from: instant(from),
        cut: cut ?? null,
      }
    },
  )
}

const shown = (
  { device, at, receivedAt, values, doubts }: NounReading,
  instant: (at: Instant) => string,
) => ({
  device,
  at: instant(at),
  receivedAt: instant(receivedAt),
  values,
  ...(doubts && { quality: doubts }),
})
