/**
 * A device profile: all there is to know of a model of device, as data. Whoever adds a meter
 * writes one of these and no TypeScript; the descriptions here are what the editor shows.
 */
import * as z from 'zod'
import { FAMILIES } from '../model/device.ts'
import { FAMILY_POINTS, UNITS } from './family-points.ts'

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/
const DAY_MS = 86_400_000

const PATH = /^[^.\s]+(\.[^.\s]+)*$/
const NO_PATH = 'a path is names joined by dots, such as object.total_m3'

const Path = z
  .string()
  .regex(PATH, NO_PATH)
  .meta({ description: 'Where in the payload, names joined by dots.', examples: ['total_m3', 'data.flow'] })

const places = {
  from: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .meta({
      description:
        'Where the value stands, of several places the first that is there. codec json and chirpstack: a path of names joined by dots; sparkplug, thingsboard and neuron: the name of the metric, key or tag as it stands. Default: the name of the point.',
      examples: ['total_m3', ['flow_m3h', 'volume_flow_m3h'], 'Meter/Total Volume'],
    }),
  node: z
    .string()
    .includes('{address}')
    .optional()
    .meta({
      description: 'codec opcua: the node id, with {address} for the address of the device.',
      examples: ['{address}.Volume'],
    }),
  required: z.boolean().default(false).meta({
    description: 'A sample without this point is noted as a dead letter; its other points are kept.',
  }),
}

const map = <V extends z.ZodType>(value: V) =>
  z
    .record(z.string(), value)
    .optional()
    .meta({
      description: 'What the device says and what it means; anything else is a bad point.',
      examples: [{ '0': 'closed', '1': 'open' }],
    })

const NumberPoint = z.strictObject({
  type: z.literal('number'),
  unit: z.enum(UNITS).meta({ description: 'The unit after scaling.' }),
  ...places,
  scale: z
    .number()
    .default(1)
    .meta({ description: 'The value times this …', examples: [0.001] }),
  offset: z.number().default(0).meta({ description: '… plus this is in the unit.' }),
  quoted: z.boolean().optional().meta({
    description: 'The device says it as a decimal number in quotes, "123.5"; as a number it is taken too.',
  }),
  range: z
    .tuple([z.number(), z.number()])
    .refine(([least, most]) => least < most, 'the smaller bound stands first')
    .optional()
    .meta({
      description: 'The plausible range after scaling, both ends in. A value outside is kept and marked bad.',
      examples: [[0, 630]],
    }),
})

const StringPoint = z.strictObject({
  type: z.literal('string'),
  ...places,
  oneOf: z
    .array(z.string())
    .min(1)
    .optional()
    .meta({ description: 'The only words there are; anything else is a bad point.' }),
  map: map(z.string()),
})

const BooleanPoint = z.strictObject({ type: z.literal('boolean'), ...places, map: map(z.boolean()) })

const ProfilePoint = z.discriminatedUnion('type', [NumberPoint, StringPoint, BooleanPoint])

export type ProfilePoint = z.output<typeof ProfilePoint>

/** One figure that is absent where it is not known, never undefined: it is laid over the profile's by the site. */
export const RegisterFacts = z
  .strictObject({
    capacityM3: z
      .number()
      .positive()
      .exactOptional()
      .meta({
        description:
          'The reading at which the register starts again from 0, m³. Without it a decrease is an exchange, never a rollover.',
        examples: [100_000, 1_000_000],
      }),
    maxRateM3h: z
      .number()
      .positive()
      .exactOptional()
      .meta({
        description:
          'More than this cannot run through the meter, m³/h; a larger step is a fault. Q4 on the plate (1.25 × Q3, ISO 4064-1). Default 1,000.',
        examples: [7.875, 125],
      }),
  })
  .meta({ description: 'What the water ledger must know of the register of a water meter.' })

/** A device that only speaks when something happens must say so; whoever left it out is told how. */
const orNull = {
  error: ({ input }: { readonly input?: unknown }) =>
    input === undefined
      ? 'is missing: expected a number of milliseconds, or null where it only speaks when something happens'
      : undefined,
}

const common = {
  vendor: z
    .string()
    .regex(KEBAB_CASE)
    .meta({ description: 'The folder of this file.', examples: ['gatehouse'] }),
  model: z
    .string()
    .regex(KEBAB_CASE)
    .meta({ description: 'The name of this file.', examples: ['water-meter'] }),
  family: z.enum(FAMILIES).meta({ description: 'What rules, ledger and page take it for.' }),
  description: z.string().meta({ description: 'One sentence for whoever picks a profile.' }),
  measuresEveryMs: z
    .int(orNull)
    .positive()
    .nullable()
    .meta({
      description: 'How often it measures, ms; null where it only speaks when something happens.',
      examples: [900_000],
    }),
  reportsEveryMs: z
    .int(orNull)
    .positive()
    .nullable()
    .meta({
      description:
        'How often it sends what it has measured, ms; null as above. A meter may measure each 15 min and send 96 samples once a day.',
      examples: [86_400_000],
    }),
  register: RegisterFacts.optional(),
  coordinates: z.enum(['wgs-84', 'gcj-02']).optional().meta({
    description:
      'What `lat` and `lon` are in as the device says them; gcj-02 (Chinese maps, some 400 m off) is converted, for everything here is WGS 84. Default: wgs-84.',
  }),
  implausibleTime: z.enum(['deadLetter', 'receivedAt']).default('deadLetter').meta({
    description:
      'A time more than 30 days ago or 5 min ahead: refuse the sample, or (events) take the time of arrival.',
  }),
  points: z
    .record(z.string().regex(KEBAB_CASE), ProfilePoint, {
      error: ({ code }) => (code === 'invalid_key' ? 'points are named in kebab-case' : undefined),
    })
    .refine((points) => Object.keys(points).length > 0, 'at least one point')
    .meta({ description: 'What it says, by the names that the family gives.' }),
}

const topicPattern = z
  .string()
  .regex(/^[^#\s]+$/, 'a topic of levels; + stands for any one level, # is not for devices')

const OwnFormat = z.strictObject({
  ...common,
  codec: z.literal('gatehouse-json').meta({
    description:
      'The own format: points by their own names, `time` as ISO 8601 with a zone or epoch milliseconds.',
  }),
  topic: topicPattern
    .includes('{device}')
    .default('gatehouse/{device}/readings')
    .meta({ description: 'Where it publishes; {device} stands for its id.' }),
})

const Offset = z
  .string()
  .regex(/^[+-](?:0\d|1[0-4]):[0-5]\d$/, 'an offset from UTC in quotes, such as "+08:00"')

const GenericJson = z.strictObject({
  ...common,
  codec: z.literal('json').meta({ description: 'Any JSON object: points are picked out of it by path.' }),
  topic: topicPattern.meta({
    description:
      'Where it publishes. {device} stands for the id of the device, {address} for its address (which may hold several levels), + for any one level.',
    examples: ['wmbusmeters/{address}', 'owntracks/{address}'],
  }),
  address: Path.optional().meta({
    description:
      'For a topic that many devices share: where in the payload the address of the device stands.',
    examples: ['id'],
  }),
  only: z
    .record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()])).min(1))
    .default({})
    .meta({
      description:
        'Messages to read, by what stands at a path; all others on the topic are passed over and counted.',
      examples: [{ _type: ['location'] }],
    }),
  samples: Path.optional().meta({
    description:
      'For a message that brings several samples: where the list of them stands. Points and time are then looked for in each of them, and nowhere else.',
    examples: ['data', 'body.readings'],
  }),
  time: z
    .strictObject({
      from: Path,
      format: z.enum(['iso', 'epoch-milliseconds', 'epoch-seconds', 'local']).meta({
        description:
          'iso needs Z or an offset. local is 2026-10-01 08:00:00 (or with a T), in the offset that the profile names. A number in quotes is taken for a number.',
      }),
      offset: Offset.optional().meta({
        description:
          'format local: what the clock of the device is ahead of UTC, summer and winter. It is never guessed.',
        examples: ['+08:00'],
      }),
    })
    .refine(({ format, offset }) => (format === 'local') === (offset !== undefined), {
      path: ['offset'],
      error: 'goes with format local, which needs it',
    })
    .optional()
    .meta({ description: 'When it was measured. Without this, the time of arrival.' }),
})

const Opcua = z.strictObject({
  ...common,
  codec: z.literal('opcua').meta({ description: 'OPC UA variables, one a point.' }),
  samplingMs: z
    .int()
    .positive()
    .max(DAY_MS)
    .meta({ description: 'How often the server looks at the value, ms.', examples: [1000] }),
  queueSize: z
    .int()
    .positive()
    .max(100_000)
    .default(60)
    .meta({ description: 'How many values the server keeps for us between two publishes.' }),
  trigger: z.enum(['status-value', 'status-value-timestamp']).default('status-value-timestamp').meta({
    description:
      'What the server reports. status-value-timestamp: also an unchanged value that was measured again, so that a meter at rest is heard. status-value: changes only, for a server whose timestamps move without a measurement; judge silence and flow of such a device with care.',
  }),
})

const Chirpstack = z.strictObject({
  ...common,
  codec: z.literal('chirpstack').meta({
    description: 'Uplinks of ChirpStack v4 as JSON: points are picked out of `object`, dated by `time`.',
  }),
  topic: topicPattern.includes('{address}').default('application/+/device/{address}/event/up').meta({
    description: 'Where it publishes its uplinks; {address} stands for the DevEUI, in lower case.',
  }),
})

const Thingsboard = z.strictObject({
  ...common,
  codec: z.literal('thingsboard').meta({
    description:
      'Gateway telemetry of ThingsBoard: many devices in one message, each found by its name there, which is its address.',
  }),
  topic: topicPattern.default('v1/gateway/telemetry').meta({
    description: 'Where the ThingsBoard gateway publishes; + stands for any one level.',
  }),
})

const Neuron = z.strictObject({
  ...common,
  codec: z.literal('neuron').meta({
    description:
      'Uploads of EMQX Neuron, tags-format or values-format; the address of a device is <node>/<group>, as the payload says.',
  }),
  topic: topicPattern.default('/neuron/+/+/+').meta({
    description: 'Where Neuron uploads; + stands for any one level.',
  }),
})

const Sparkplug = z.strictObject({
  ...common,
  codec: z.literal('sparkplug').meta({
    description:
      'Sparkplug B on spBv1.0/#; the address is <group>/<edge node>/<device>, or <group>/<edge node> for the node itself.',
  }),
})

const Codecs = z.discriminatedUnion('codec', [
  OwnFormat,
  GenericJson,
  Opcua,
  Chirpstack,
  Thingsboard,
  Neuron,
  Sparkplug,
])

export const DeviceProfile = Codecs.superRefine((profile, context) => {
  const complain = (message: string, ...path: PropertyKey[]) =>
    context.addIssue({ code: 'custom', message, path, input: profile })
  const isFound =
    profile.codec !== 'json' || profile.address !== undefined || /\{(device|address)\}/.test(profile.topic)
  if (!isFound) complain('give {device} or {address} in the topic, or `address` in the payload', 'topic')
  const isOpen = 'topic' in profile && profile.topic.includes('+')
  const isWhole = (level: string) => !level.includes('{') || /^\{(device|address)\}$/.test(level)
  if (isOpen && !profile.topic.split('/').every(isWhole)) {
    complain('beside a + the device is a level of its own', 'topic')
  }
  const isOfMany = profile.codec === 'thingsboard' || profile.codec === 'neuron'
  if (isOfMany && profile.topic.includes('{')) {
    complain('the device stands in the payload, not in the topic', 'topic')
  }
  if (profile.register && profile.family !== 'water-meter')
    complain('`register` belongs to water meters', 'register')
  const saysPlace = 'lat' in profile.points && 'lon' in profile.points && profile.codec !== 'opcua'
  if (profile.coordinates && !saysPlace)
    complain('`coordinates` is of lat and lon, said together; codec opcua says each by itself', 'coordinates')
  for (const [name, point] of Object.entries(profile.points)) {
    if (profile.codec === 'opcua' && point.node === undefined)
      complain('a point of codec opcua needs its `node`', 'points', name)
    if (profile.codec !== 'opcua' && point.node !== undefined)
      complain('`node` belongs to codec opcua', 'points', name, 'node')
    if ((profile.codec === 'gatehouse-json' || profile.codec === 'opcua') && point.from !== undefined)
      complain(`\`from\` does not belong to codec ${profile.codec}`, 'points', name, 'from')
    const isByPath = profile.codec === 'json' || profile.codec === 'chirpstack'
    if (isByPath && ![point.from ?? name].flat().every((from) => PATH.test(from)))
      complain(NO_PATH, 'points', name, 'from')
    const wrong = differsFromFamily(profile.family, name, point)
    if (wrong) complain(wrong, 'points', name)
  }
}).meta({ title: 'Gatehouse device profile', description: 'A model of device, as data.' })

export type DeviceProfile = z.output<typeof DeviceProfile>

/** `<vendor>/<model>`, as devices name it. */
export const profileName = ({ vendor, model }: Pick<DeviceProfile, 'vendor' | 'model'>): string =>
  `${vendor}/${model}`

/** Other points may be added freely; one of a known name must mean what it means everywhere. */
function differsFromFamily(
  family: DeviceProfile['family'],
  name: string,
  point: ProfilePoint,
): string | undefined {
  const points = FAMILY_POINTS[family]
  const wanted = Object.hasOwn(points, name) ? points[name] : undefined
  if (!wanted) return undefined
  if (wanted.type !== point.type) return `${name} of a ${family} is of type ${wanted.type}`
  if (wanted.type === 'number') {
    return point.type === 'number' && point.unit !== wanted.unit
      ? `${name} of a ${family} is in ${wanted.unit}; scale it`
      : undefined
  }
  if (wanted.type !== 'string' || !wanted.oneOf || point.type !== 'string') return undefined
  const words = point.oneOf ?? (point.map && Object.values(point.map))
  if (words?.every((word) => wanted.oneOf?.includes(word))) return undefined
  return `${name} of a ${family} is one of ${wanted.oneOf.join(', ')}: say so by \`oneOf\` or \`map\``
}
