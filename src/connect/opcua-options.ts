/** The options of an OPC UA source. Each has a value of our own: the client library's defaults hurt. */
import * as z from 'zod'

export const OpcuaSourceOptions = z
  .strictObject({
    kind: z.literal('opcua'),
    name: z.string().min(1).meta({ description: 'Name of this source' }),
    endpoint: z
      .string()
      .regex(/^opc\.tcp:\/\/[^\s]+$/, 'must begin with opc.tcp://')
      .meta({
        description: 'opc.tcp://host:4840/path',
      }),
    simulated: z.boolean().default(false).meta({
      description:
        'Only the demo brings this server: without the demo the source is left out, and no link is missed',
    }),
    username: z.string().optional().meta({ description: 'User at the server; without it, anonymous' }),
    password: z.string().optional().meta({ description: 'Its password' }),
    securityMode: z.enum(['SignAndEncrypt', 'Sign', 'None']).default('SignAndEncrypt').meta({
      description: 'None needs allowInsecure',
    }),
    securityPolicy: z
      .enum(['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss', 'None'])
      .default('Basic256Sha256')
      .meta({ description: 'None needs allowInsecure' }),
    allowInsecure: z.boolean().default(false).meta({
      description: 'Allows security None: anybody on the network may then read and forge values',
    }),
    publishingIntervalMs: z
      .int()
      .min(50)
      .default(1_000)
      .meta({ description: 'The server sends changes at this pace' }),
    keepAliveCount: z.int().min(1).default(10).meta({
      description: 'After so many silent publishing intervals the server says that it is alive',
    }),
    lifetimeCount: z.int().min(30).default(3_600).meta({
      description: 'The server keeps the subscription through so many publishing intervals without us (1 h)',
    }),
    sessionTimeoutMs: z.int().min(10_000).max(86_400_000).default(1_200_000).meta({
      description: 'The server keeps our session so long without us',
    }),
    maxNotificationsPerPublish: z
      .int()
      .positive()
      .default(1_000)
      .meta({ description: 'Changes in one answer' }),
    itemsPerCall: z.int().positive().default(500).meta({
      description: 'Nodes in one request; many servers refuse more than 1,000',
    }),
    requestTimeoutMs: z
      .int()
      .positive()
      .max(300_000)
      .default(15_000)
      .meta({ description: 'Longest wait for an answer' }),
    historyBackMs: z
      .int()
      .min(0)
      .max(30 * 86_400_000)
      .default(28 * 86_400_000)
      .meta({
        description:
          "How far back the server's history is asked for what was missed, ms; 28 days. 0 never asks, and a gap is written at once",
      }),
    historyHoldMs: z.int().min(0).max(86_400_000).default(30_000).meta({
      description:
        'How long live values wait for the history of what was missed, ms; after that a gap is written and the history comes late',
    }),
    maxUndelivered: z.int().positive().default(200_000).meta({
      description:
        'Changes held while nothing can be made durable; beyond, the oldest go and a gap is written',
    }),
    reconnectFirstMs: z
      .int()
      .positive()
      .max(86_400_000)
      .default(1_000)
      .meta({ description: 'Wait before the first new attempt' }),
    reconnectLongestMs: z
      .int()
      .positive()
      .max(86_400_000)
      .default(20_000)
      .meta({ description: 'Longest wait between attempts' }),
  })
  .refine((o) => o.allowInsecure || (o.securityMode !== 'None' && o.securityPolicy !== 'None'), {
    path: ['securityMode'],
    error: 'None needs allowInsecure: true',
  })
  .refine((o) => (o.securityMode === 'None') === (o.securityPolicy === 'None'), {
    path: ['securityPolicy'],
    error: 'securityMode and securityPolicy are None together or not at all',
  })
  .refine((o) => o.lifetimeCount >= 3 * o.keepAliveCount, {
    path: ['lifetimeCount'],
    error: 'must be at least three times keepAliveCount',
  })
  .refine((o) => o.sessionTimeoutMs > o.publishingIntervalMs * o.keepAliveCount, {
    path: ['sessionTimeoutMs'],
    error: 'must be more than publishingIntervalMs × keepAliveCount',
  })

export type OpcuaSourceOptions = z.output<typeof OpcuaSourceOptions>
