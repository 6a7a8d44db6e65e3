/** What can be set about the operations database. Limits, so that nothing grows for ever. */
import * as z from 'zod'

const DAY_MS = 86_400_000

export const OperationsOptions = z
  .strictObject({
    eventsKept: z.int().min(100).default(100_000).meta({
      description: 'Events kept for readers of the live stream that come back; the oldest go first.',
    }),
    deadLettersKept: z
      .int()
      .min(100)
      .default(100_000)
      .meta({ description: 'Dead letters kept; the oldest go first and are counted.' }),
    notificationsKept: z.int().min(100).default(10_000).meta({
      description: 'Notifications kept after they were delivered or given up; the oldest go first.',
    }),
    closedKeptMs: z
      .int()
      .min(400 * DAY_MS)
      .default(1_096 * DAY_MS)
      .meta({
        description:
          'How long alarms that are cleared and seen, orders that are closed, their evidence and revoked tokens are kept. Never less than a report may look back on.',
      }),
    repeatsKept: z.int().min(1_000).default(10_000).meta({
      description:
        'Alarms of one fault of one subject that are over and that nobody answered, one by one: the newest. A year of what comes once an hour.',
    }),
    auditKeptMs: z
      .int()
      .min(400 * DAY_MS)
      .default(3_653 * DAY_MS)
      .meta({ description: 'How long the audit and the changes of rules are kept.' }),
    sessionIdleMs: z
      .int()
      .positive()
      .default(7 * DAY_MS)
      .meta({ description: 'A session that nobody used for so long ends. A wall screen lives on one.' }),
    sessionMaxMs: z
      .int()
      .positive()
      .default(30 * DAY_MS)
      .meta({ description: 'A session ends after so long, used or not.' }),
    lateMs: z
      .int()
      .nonnegative()
      .default(60_000)
      .meta({ description: 'A breach learnt later than this after it began does not ring at once.' }),
    settleMs: z
      .int()
      .nonnegative()
      .default(5_000)
      .meta({ description: 'How long such a breach must still hold, after it was learnt, before it rings.' }),
  })
  .refine(({ closedKeptMs, auditKeptMs }) => closedKeptMs <= auditKeptMs, {
    error: 'the audit must be kept as long as what it tells of',
    path: ['auditKeptMs'],
  })
  .meta({ description: 'Alarms, work orders, users, audit: `<data>/operations.sqlite`.' })

export type OperationsOptions = z.output<typeof OperationsOptions>
