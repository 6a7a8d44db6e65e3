/**
 * What may be said of a rule of any kind, beside its own `options`: delays, confirmation, hysteresis, rates,
 * quality and schedules. Kinds know nothing of it; a rule that says none of it runs as if it did not exist.
 */
import * as z from 'zod'
import { SEVERITIES } from '../model/alarm.ts'
import { When } from './schedule.ts'

const delayMs = z.int().nonnegative()

/** How many judgements `confirm` looks back over at most: they are kept with each subject's state. */
const MOST_JUDGEMENTS = 20

export const COMMON_OPTIONS = {
  onDelayMs: delayMs.optional().meta({
    description:
      'A breach must last this long before it counts; a bad value starts the delay anew (OPC UA Part 9, OnDelay). Default: 0. Starting points of EEMUA 191 and ISA TR18.2: flow, pressure 15000; level, temperature 60000.',
  }),
  offDelayMs: delayMs.optional().meta({
    description:
      'A clear must last this long before it counts; until then the breach stands (OPC UA Part 9, OffDelay). Default: 0. For switches that flutter 10000 to 60000.',
  }),
  confirm: z
    .strictObject({
      times: z.int().positive(),
      of: z.int().positive().max(MOST_JUDGEMENTS),
    })
    .refine(({ times, of }) => times <= of, { error: 'times must not exceed of' })
    .optional()
    .meta({
      description:
        'It counts while at least `times` of the last `of` readings that spoke of the judged points were judged a breach; a bad value is no judgement.',
    }),
  deadband: z
    .union([z.number().nonnegative(), z.strictObject({ percent: z.number().nonnegative().max(100) })])
    .optional()
    .meta({
      description:
        'It trips at the limit and clears only this far on the other side: in the unit of the point, or in percent of the limit. Only for kinds that judge a numeric limit. Starting points: flow, level 5 %; pressure 2 %; temperature 1 %.',
    }),
  rateOfChange: z
    .strictObject({
      point: z.string().min(1).meta({ description: 'Whose change is judged.' }),
      overMs: z.int().positive().optional().meta({
        description:
          'Shortest stretch over which it is measured; short ones magnify noise. Default: from one value to the next.',
      }),
    })
    .optional()
    .meta({
      description:
        'Adds the point `<point>PerHour` to what the kind may judge by: the change between two good values, in units of the point per hour; negative where it falls.',
    }),
  heldMs: z.int().positive().optional().meta({
    description:
      'How long a value is believed after it was measured. Default: three measuring intervals of the device; without end for one that speaks only when something changes.',
  }),
  quality: z.enum(['good-only', 'uncertain-too']).optional().meta({
    description:
      'Whether an uncertain value counts; with `good-only` it is taken for bad. A bad one neither raises nor clears. Default: `uncertain-too`.',
  }),
  when: When.optional().meta({
    description: `Outside of it the rule neither raises nor holds: a running breach clears with the code \`out-of-schedule\`. ${When.description}`,
  }),
  optionsWhen: z
    .array(z.strictObject({ when: When, options: z.record(z.string(), z.unknown()) }))
    .min(1)
    .optional()
    .meta({
      description:
        'Other options of the kind at certain times: the first entry whose `when` holds; what it does not name stays.',
    }),
  severityWhen: z
    .array(z.strictObject({ when: When, severity: z.enum(SEVERITIES) }))
    .min(1)
    .optional()
    .meta({
      description:
        'Another severity at certain times: that of the first entry whose `when` holds at the instant of the breach.',
    }),
}

const CommonOptions = z.object(COMMON_OPTIONS)

export type CommonOptions = z.output<typeof CommonOptions>

/** Those that a rule declares, by name. */
export const commonOptionsOf = (config: CommonOptions): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(config).filter(([name, value]) => name in COMMON_OPTIONS && value !== undefined),
  )
