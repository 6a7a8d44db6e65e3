/**
 * Golden examples of a profile: what a device sends and what is to be read from it. They are the manual of a
 * profile and its test at once, for the profiles that are shipped and for those that a site keeps for itself.
 */
import * as z from 'zod'
import type { Device } from '../model/device.ts'
import type { Publish, RawMessage } from '../model/raw-message.ts'
import type { DecodedSample } from './decoder.ts'
import { type DeviceProfile, profileName } from './device-profile.ts'
import { compileProfiles } from './directory.ts'

const Instant = z.iso.datetime({ offset: true }).transform((iso) => Date.parse(iso))
const Value = z.union([z.number(), z.string(), z.boolean()])

/** What an OPC UA server says of one node; `node` is added to the address of the device. */
export const ExampleChange = z.strictObject({
  node: z.string(),
  value: Value.optional(),
  statusCode: z.int(),
  sourceTimestamp: Instant.optional(),
  serverTimestamp: Instant.optional(),
})

export const ProfileExample = z.strictObject({
  why: z.string().meta({ description: 'What it shows, in a sentence.' }),
  payload: z.unknown().optional().meta({ description: 'What is published, as JSON …' }),
  bytes: z.base64().optional().meta({ description: '… or as bytes, base64.' }),
  address: z.string().optional().meta({ description: 'Of the device that it is to be of.' }),
  topic: z.string().optional().meta({ description: 'Where, if not on the topic of the profile.' }),
  after: z
    .array(z.strictObject({ topic: z.string(), bytes: z.base64() }))
    .default([])
    .meta({ description: 'What was published before, for codecs that remember.' }),
  change: ExampleChange.optional(),
  samples: z
    .array(
      z.strictObject({
        at: Instant.optional().meta({ description: 'Absent: dated by its arrival.' }),
        values: z.record(z.string(), Value),
        doubts: z.record(z.string(), z.enum(['uncertain', 'bad'])).optional(),
      }),
    )
    .default([]),
  deadLetters: z.array(z.strictObject({ code: z.string(), reason: z.string() })).default([]),
  unknownPoints: z.int().optional(),
  passedOver: z.boolean().default(false),
  replies: z
    .array(z.string())
    .default([])
    .meta({ description: 'Topics on which the sender is told something.' }),
})

export type ProfileExample = z.output<typeof ProfileExample>

/** What came of a message, in the terms of an example. */
export type Read = {
  readonly samples: readonly Omit<DecodedSample, 'device'>[]
  readonly deadLetters: readonly { readonly code: string; readonly reason: string }[]
  readonly unknownPoints: number
  readonly passedOver: boolean
  readonly replies: readonly string[]
}

/** What is played to a profile: a publish, or what an OPC UA node says. */
export type Played = Pick<ProfileExample, 'address' | 'topic' | 'after' | 'change'> & {
  readonly payload: Uint8Array
}

const EXAMPLE_ADDRESS: Partial<Record<DeviceProfile['codec'], string>> = {
  opcua: 'nsu=urn:example;s=Meter',
  chirpstack: '24e124136b502217',
  sparkplug: 'Campus/Pump house/Meter 1',
}

export const exampleDevice = (profile: DeviceProfile, address?: string): Device => ({
  id: 'example-1',
  name: 'Example',
  family: profile.family,
  profile: profileName(profile),
  place: { institution: 'example' },
  address: address ?? EXAMPLE_ADDRESS[profile.codec] ?? 'example/1',
  source: 'example',
})

export const playedOf = ({ payload, bytes, ...example }: ProfileExample): Played => ({
  ...example,
  payload:
    bytes === undefined
      ? new TextEncoder().encode(JSON.stringify(payload ?? null))
      : Uint8Array.fromBase64(bytes),
})

/**
 * Compiles the profile for one device alone and reads the message. Throws GatehouseError `config-invalid` for
 * an address that the codec cannot have.
 */
export function readByProfile(profile: DeviceProfile, played: Played): Read {
  const device = exampleDevice(profile, played.address)
  const directory = compileProfiles([profile], [device])
  for (const { topic, bytes } of played.after) directory.decode(publish(topic, Uint8Array.fromBase64(bytes)))
  const decoded = directory.decode(messageOf(profile, device, played))
  return {
    samples: decoded.samples.map(({ device: _, ...sample }) => sample),
    deadLetters: decoded.deadLetters.map(({ code, reason }) => ({ code, reason })),
    unknownPoints: decoded.unknownPoints,
    passedOver: decoded.isPassedOver,
    replies: (decoded.replies ?? []).map(({ topic }) => topic),
  }
}

/** Where the device of an example speaks. */
export function exampleTopic(profile: DeviceProfile, { id, address = '' }: Device): string {
  const topic = 'topic' in profile ? profile.topic : ''
  return topic.replaceAll('{device}', id).replaceAll('{address}', address).replaceAll('+', 'any')
}

function messageOf(profile: DeviceProfile, device: Device, { change, topic, payload }: Played): RawMessage {
  if (!change) return publish(topic ?? exampleTopic(profile, device), payload)
  const { node, value, statusCode, sourceTimestamp, serverTimestamp } = change
  return {
    is: 'data-change',
    source: 'example',
    nodeId: `${device.address}${node}`,
    value,
    statusCode,
    ...(sourceTimestamp !== undefined && { sourceTimestamp }),
    ...(serverTimestamp !== undefined && { serverTimestamp }),
  }
}

const publish = (topic: string, payload: Uint8Array): Publish => ({
  is: 'publish',
  source: 'example',
  topic,
  payload,
  retained: false,
})

/** What differs from the example, a sentence each; none where it is as it should be. */
export function differences(example: ProfileExample, read: Read): string[] {
  const found: string[] = []
  const same = (what: string, wanted: unknown, got: unknown) => {
    if (textOf(wanted) !== textOf(got)) found.push(`${what}: expected ${textOf(wanted)}, read ${textOf(got)}`)
  }
  same('samples', example.samples.length, read.samples.length)
  for (const [index, wanted] of example.samples.entries()) {
    const got = read.samples[index]
    if (!got) continue
    const which = example.samples.length === 1 ? '' : `sample ${index + 1}, `
    same(`${which}at`, iso(wanted.at), iso(got.at))
    for (const point of union(wanted.values, got.values))
      same(`${which}${point}`, wanted.values[point], got.values[point])
    for (const point of union(wanted.doubts ?? {}, got.doubts ?? {}))
      same(`${which}quality of ${point}`, wanted.doubts?.[point] ?? 'good', got.doubts?.[point] ?? 'good')
  }
  same('deadLetters', example.deadLetters, read.deadLetters)
  same('passedOver', example.passedOver, read.passedOver)
  same('replies', example.replies, read.replies)
  if (example.unknownPoints !== undefined) same('unknownPoints', example.unknownPoints, read.unknownPoints)
  return found
}

const union = (one: object, other: object) =>
  new Set([...Object.keys(one), ...Object.keys(other)]).values().toArray().toSorted()

const iso = (at: number | undefined) => (at === undefined ? 'its arrival' : new Date(at).toISOString())

/** JSON with keys in order, so that the same is the same. */
const textOf = (value: unknown): string =>
  value === undefined
    ? 'nothing'
    : JSON.stringify(value, (_key, part: unknown) =>
        part !== null && typeof part === 'object' && !Array.isArray(part)
          ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
          : part,
      )
