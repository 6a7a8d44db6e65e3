/** What of the HTTP face can be configured. */
import * as z from 'zod'

/** The largest body that a route takes. */
export const MOST_BODY_BYTES = 64 * 1_024

export const HttpOptions = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta({ description: 'Address to listen on; 0.0.0.0 for all.' }),
  port: z.int().min(0).max(65_535).default(8080).meta({ description: 'TCP port; 0 takes any free one.' }),
  behindHttps: z
    .boolean()
    .default(false)
    .meta({ description: 'A proxy in front speaks HTTPS: the cookie is sent over HTTPS only.' }),
  trustProxy: z
    .boolean()
    .default(false)
    .meta({ description: 'Believe X-Forwarded-For of a proxy on this machine (for lock-out and audit).' }),
  live: z
    .strictObject({
      heartbeatMs: z
        .int()
        .min(100)
        .default(15_000)
        .meta({ description: 'A sign of life on the live stream every so many milliseconds.' }),
      clients: z.int().min(1).default(200).meta({
        description:
          'Live streams at once; more are refused with 503. No one user or token takes more than half.',
      }),
      queue: z
        .int()
        .min(1)
        .default(1_000)
        .meta({ description: 'Events held for one slow client; beyond that it is told `reset` and let go.' }),
    })
    .prefault({}),
})

export type HttpOptions = z.infer<typeof HttpOptions>
