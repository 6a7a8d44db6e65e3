/** What a user may set of the journal. */
import * as z from 'zod'

export const JournalOptions = z.strictObject({
  keepHours: z
    .number()
    .positive()
    .default(168)
    .meta({ description: 'Hours for which commits are kept after every consumer has passed them' }),
  maxBytes: z
    .int()
    .positive()
    .default(20 * 2 ** 30)
    .meta({ description: 'Size from which passed commits go earlier, oldest first' }),
  warnAtDiskUsed: z.number().min(0).max(1).default(0.95).meta({
    description: 'Used share of the disk from which the control room is told to make room',
  }),
  refuseAtDiskUsed: z
    .number()
    .min(0)
    .max(1)
    .default(0.98)
    .meta({ description: 'Used share of the disk from which nothing more is acknowledged' }),
})

export type JournalOptions = z.output<typeof JournalOptions>
