/**
 * How soon an order of each severity is to be accepted and repaired. Contracts differ: every figure is the
 * site's own to set.
 */
import * as z from 'zod'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

type Usual = {
  readonly acceptMs: number
  readonly repairMs: number
  readonly hours: 'always' | 'working'
}

const target = ({ acceptMs, repairMs, hours }: Usual) =>
  z
    .strictObject({
      acceptMs: z
        .int()
        .positive()
        .nullable()
        .default(acceptMs)
        .meta({ description: 'From its report until whoever it was given to accepts it; null: not judged.' }),
      repairMs: z
        .int()
        .positive()
        .nullable()
        .default(repairMs)
        .meta({ description: 'From its report until it is done; null: not judged.' }),
      hours: z.enum(['always', 'working']).default(hours).meta({
        description:
          "Whether the clock goes on around the clock, or in the working hours of the institution's calendar (the site's first; without any, around the clock).",
      }),
    })
    .prefault({})

export const WorkOrdersOptions = z
  .strictObject({
    targets: z
      .strictObject({
        critical: target({ acceptMs: 5 * MINUTE_MS, repairMs: 2 * HOUR_MS, hours: 'always' }),
        high: target({ acceptMs: 15 * MINUTE_MS, repairMs: 8 * HOUR_MS, hours: 'always' }),
        medium: target({ acceptMs: 2 * HOUR_MS, repairMs: 24 * HOUR_MS, hours: 'working' }),
        low: target({ acceptMs: 8 * HOUR_MS, repairMs: 40 * HOUR_MS, hours: 'working' }),
      })
      .prefault({})
      .meta({
        description:
          'By severity. Defaults: our proposal, after what property companies promise (urgent water and power within minutes and the same day, small repairs within days).',
      }),
  })
  .meta({ description: 'Work orders: how soon they are to be accepted and repaired.' })

export type WorkOrdersOptions = z.output<typeof WorkOrdersOptions>
