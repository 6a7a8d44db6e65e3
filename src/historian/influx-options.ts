/** How a remote InfluxDB is reached, for 1.x and for 2.x and what speaks its API (VictoriaMetrics takes writes). */
import * as z from 'zod'

export const InfluxOptions = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .meta({ description: 'Address of the server, e.g. http://127.0.0.1:8086.' }),
    version: z
      .enum(['1', '2'])
      .default('2')
      .meta({ description: 'Which write API it speaks: /write (1) or /api/v2/write (2).' }),
    org: z.string().min(1).optional().meta({ description: 'Version 2: organisation.' }),
    bucket: z.string().min(1).optional().meta({ description: 'Version 2: bucket.' }),
    token: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Version 2: token that may write and read the bucket.' }),
    database: z.string().min(1).optional().meta({ description: 'Version 1: database; it must exist.' }),
    username: z.string().min(1).optional().meta({ description: 'Version 1: user.' }),
    password: z.string().optional().meta({ description: 'Version 1: password.' }),
    measurement: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/)
      .optional()
      .meta({ description: "One measurement for all devices; without it each device's family is one." }),
    maxLines: z.int().min(1).max(5_000).default(5_000).meta({ description: 'Lines of one write at most.' }),
    timeoutMs: z.int().min(100).max(300_000).default(10_000).meta({
      description: 'Milliseconds after which a write or a query without an answer counts as failed.',
    }),
  })
  .check(({ value, issues }) => {
    const needed = value.version === '2' ? (['org', 'bucket'] as const) : (['database'] as const)
    for (const key of needed) {
      if (value[key] !== undefined) continue
      issues.push({
        code: 'custom',
        input: value,
        path: [key],
        message: `needed for version ${value.version}`,
      })
    }
  })
  .meta({ description: 'InfluxDB, or what speaks its write API.' })

export type InfluxOptions = z.output<typeof InfluxOptions>
