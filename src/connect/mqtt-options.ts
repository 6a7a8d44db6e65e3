/** The options of a source that listens to an MQTT broker outside of the gateway. */
import * as z from 'zod'
import { SparkplugHostId } from './sparkplug-host.ts'
import { TopicFilter } from './topic-filter.ts'

const Options = z.strictObject({
  kind: z.literal('mqtt'),
  name: z.string().min(1).meta({ description: 'Name of this source' }),
  url: z
    .url({ protocol: /^mqtts?$/ })
    .meta({ description: 'mqtt://host:1883, or mqtts://host:8883 for TLS' }),
  topics: z.array(TopicFilter).min(1).meta({ description: 'Topic filters to subscribe to' }),
  sparkplugHostId: SparkplugHostId.optional(),
  clientId: z.string().min(1).max(65_535).optional().meta({
    description:
      'Names the session that the broker keeps; never used by two at a time. Default: gatehouse-<name>',
  }),
  username: z.string().optional().meta({ description: 'User at the broker' }),
  password: z.string().optional().meta({ description: 'Its password' }),
  caFile: z.string().optional().meta({ description: 'PEM file of the authority that signed the broker' }),
  certFile: z
    .string()
    .optional()
    .meta({ description: 'PEM file of our own certificate, where the broker asks' }),
  keyFile: z.string().optional().meta({ description: 'PEM file of its key' }),
  protocolVersion: z
    .literal([4, 5])
    .default(5)
    .meta({ description: '5, or 4 for brokers that know only 3.1.1' }),
  keepaliveS: z.int().min(5).max(65_535).default(60).meta({
    description: 'A link that says nothing for 1.5 times this is down, seconds',
  }),
  sessionExpiryS: z.int().positive().max(0xffff_ffff).default(1_209_600).meta({
    description: 'How long the broker keeps for us what we have not heard (MQTT 5), seconds; 14 days',
  }),
  maxPacketBytes: z.int().min(1_024).default(262_144).meta({
    description:
      'The broker sends us nothing larger (MQTT 5), bytes. Over 3.1.1 it does, and a payload above 256 KiB becomes a dead letter',
  }),
  maxUndelivered: z.int().min(1).max(65_535).default(5_000).meta({
    description: 'Messages taken in and not yet durable; beyond, the connection is not read',
  }),
  maxUndeliveredBytes: z
    .int()
    .min(1_024)
    .default(67_108_864)
    .meta({ description: 'The same as payload bytes' }),
  reconnectFirstMs: z
    .int()
    .positive()
    .max(86_400_000)
    .default(500)
    .meta({ description: 'Wait before the first new attempt' }),
  reconnectLongestMs: z
    .int()
    .positive()
    .max(86_400_000)
    .default(20_000)
    .meta({ description: 'Longest wait between attempts' }),
})

export const MqttSourceOptions = Options.refine(
  ({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined),
  { path: ['certFile'], error: 'certFile and keyFile are given together or not at all' },
).refine(({ url, caFile, certFile }) => url.startsWith('mqtts:') || (caFile ?? certFile) === undefined, {
  path: ['url'],
  error: 'certificates are for mqtts:// alone; nothing is encrypted over mqtt://',
})

export type MqttSourceOptions = z.output<typeof MqttSourceOptions>
