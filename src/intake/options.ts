/** What may be set of intake: which times are believed, and how much is remembered to know a repeat by. */
import * as z from 'zod'

export const IntakeOptions = z.strictObject({
  oldestMs: z
    .int()
    .positive()
    .default(30 * 86_400_000)
    .meta({ description: 'A sample measured longer ago than this is not believed, ms. Default 30 days.' }),
  aheadMs: z
    .int()
    .nonnegative()
    .default(5 * 60_000)
    .meta({ description: 'Nor one measured further ahead of our clock than this, ms. Default 5 min.' }),
  rememberedSamples: z.int().nonnegative().default(100_000).meta({
    description:
      'Samples remembered at most to know a repeat by, 50 bytes each (300 where one has words, switches or doubts); the older half is let go at once.',
  }),
})

export type IntakeOptions = z.output<typeof IntakeOptions>
