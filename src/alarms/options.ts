/** What a site may set about its alarms. The defaults name where they come from. */
import * as z from 'zod'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

export const AlarmsOptions = z
  .strictObject({
    shelving: z
      .strictObject({
        maxMs: z
          .int()
          .positive()
          .max(7 * DAY_MS)
          .default(DAY_MS)
          .meta({
            description:
              'The longest that an alarm may be shelved (MaxTimeShelved of OPC UA Part 9); beyond that it is out of service. Practice after ISA-18.2: one shift by habit, a day at most.',
          }),
      })
      .prefault({}),
    outOfService: z
      .strictObject({
        maxMs: z
          .int()
          .positive()
          .max(366 * DAY_MS)
          .default(90 * DAY_MS)
          .meta({
            description:
              'The longest that a device or zone may be out of service without being said so again.',
          }),
      })
      .prefault({}),
    sources: z
      .strictObject({
        downMs: z
          .int()
          .positive()
          .default(2 * MINUTE_MS)
          .meta({
            description:
              'A source without a link for so long raises an alarm. Default: our proposal; a restart of a server or broker passes unnoticed.',
          }),
      })
      .prefault({}),
    parents: z
      .strictObject({
        settleMs: z
          .int()
          .nonnegative()
          .default(15 * MINUTE_MS)
          .meta({
            description:
              'How long after their parent is heard again its children have to be heard too, before their alarms ring. Default: our proposal, one interval of a quarter-hourly meter.',
          }),
      })
      .prefault({}),
  })
  .meta({ description: 'Shelving, out of service, sources that are down, dead parents.' })

export type AlarmsOptions = z.output<typeof AlarmsOptions>
