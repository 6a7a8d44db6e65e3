/**
 * The shipped profiles, held to their own examples and to one language: the examples are the
 * manual of a profile and its test at once.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { Device } from '../model/device.ts'
import type { RawMessage } from '../model/raw-message.ts'
import { type DeviceProfile, profileName } from '../profiles/device-profile.ts'
import { compileProfiles } from '../profiles/directory.ts'
import { profileJsonSchema } from '../profiles/json-schema.ts'
import { profileFiles, readProfiles } from './profiles.ts'
import { readYaml } from './yaml.ts'

const SHIPPED = join(import.meta.dirname, '../../device-profiles')

const Instant = z.iso.datetime().transform((iso) => Date.parse(iso))
const Value = z.union([z.number(), z.string(), z.boolean()])
const Example = z.strictObject({
  why: z.string(),
  /** What is published, as JSON … */
  payload: z.unknown().optional(),
  /** … or as bytes, base64. */
  bytes: z.base64().optional(),
  /** By which address the device is known, where the payload names it. */
  address: z.string().optional(),
  /** Where, if not on the topic of the profile. */
  topic: z.string().optional(),
  /** What was published before, for codecs that remember. */
  after: z.array(z.strictObject({ topic: z.string(), bytes: z.base64() })).default([]),
  /** Or what a node says; `node` is added to the address of the device. */
  change: z
    .strictObject({
      node: z.string(),
      value: Value.optional(),
      statusCode: z.int(),
      sourceTimestamp: Instant.optional(),
      serverTimestamp: Instant.optional(),
    })
    .optional(),
  samples: z
    .array(
      z.strictObject({
        /** Without it the sample is dated by its arrival. */
        at: Instant.optional(),
        values: z.record(z.string(), Value),
        doubts: z.record(z.string(), z.enum(['uncertain', 'bad'])).optional(),
      }),
    )
    .default([]),
  deadLetters: z.array(z.strictObject({ code: z.string(), reason: z.string() })).default([]),
  unknownPoints: z.int().optional(),
  passedOver: z.boolean().default(false),
  /** Topics on which the sender is told something. */
  replies: z.array(z.string()).default([]),
})
type Example = z.output<typeof Example>

const EXAMPLE_ADDRESS: Partial<Record<DeviceProfile['codec'], string>> = {
  opcua: 'nsu=urn:example;s=Meter',
  chirpstack: '24e124136b502217',
  sparkplug: 'Campus/Pump house/Meter 1',
}

const exampleDevice = (profile: DeviceProfile): Device => ({
  id: 'example-1',
  name: 'Example',
  family: profile.family,
  profile: profileName(profile),
  place: { institution: 'example' },
  address: EXAMPLE_ADDRESS[profile.codec] ?? 'example/1',
  source: 'example',
})

const publish = (topic: string, payload: Uint8Array): RawMessage => ({
  is: 'publish',
  source: 'example',
  topic,
  payload,
  retained: false,
})

const message = (profile: DeviceProfile, { payload, bytes, change, topic }: Example): RawMessage => {
  if (change) {
    const { node, value, statusCode, ...times } = change
    return {
      is: 'data-change',
      source: 'example',
      nodeId: `nsu=urn:example;s=Meter${node}`,
      value,
      statusCode,
      ...definedOf(times),
    }
  }
  const { id, address = '' } = exampleDevice(profile)
  const usual = 'topic' in profile ? profile.topic : ''
  return publish(
    (topic ?? usual).replace('{device}', id).replace('{address}', address).replaceAll('+', 'any'),
    bytes === undefined ? new TextEncoder().encode(JSON.stringify(payload)) : Buffer.from(bytes, 'base64'),
  )
}

const definedOf = <T extends object>(some: T) =>
  Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

describe.each(profileFiles(SHIPPED).map((file) => [file.slice(SHIPPED.length + 1), file]))(
  '%s',
  (_name, file) => {
    const profile = readProfiles(SHIPPED).find((one) =>
      file.endsWith(`${profileName(one)}.yaml`),
    ) as DeviceProfile
    const examplesFile = file.replace(/\.yaml$/, '.examples.yaml')
    const examples = existsSync(examplesFile) ? readYaml(examplesFile, z.array(Example)) : []
    const text = readFileSync(file, 'utf8')

    it('has golden examples beside it', () => expect(examples.length).toBeGreaterThan(0))

    it.each(examples.map((example) => [example.why, example] as const))('%s', (_why, example) => {
      const device = {
        ...exampleDevice(profile),
        ...(example.address !== undefined && { address: example.address }),
      }
      const directory = compileProfiles([profile], [device])
      for (const { topic, bytes } of example.after)
        directory.decode(publish(topic, Buffer.from(bytes, 'base64')))
      const decoded = directory.decode(message(profile, example))
      const { samples, deadLetters, unknownPoints, isPassedOver, replies = [] } = decoded
      expect(replies.map(({ topic }) => topic)).toEqual(example.replies)
      expect(samples).toEqual(
        example.samples.map(({ at, values, doubts }) =>
          doubts ? { device: 'example-1', at, values, doubts } : { device: 'example-1', at, values },
        ),
      )
      expect(deadLetters.map(({ code, reason }) => ({ code, reason }))).toEqual(example.deadLetters)
      expect(isPassedOver).toBe(example.passedOver)
      if (example.unknownPoints !== undefined) expect(unknownPoints).toBe(example.unknownPoints)
    })

    it('sorts its points from A to Z', () => {
      const points = Object.keys(profile.points)
      expect(points, 'sort the points from A to Z').toEqual(points.toSorted())
    })

    it('names its schema for editors', () =>
      expect(text.split('\n')[0], 'first line').toBe(
        '# yaml-language-server: $schema=../profile.schema.json',
      ))
  },
)

it('the schema for editors is the one that profiles are checked with: node scripts/profile-schema.ts writes it', () => {
  expect(readFileSync(join(SHIPPED, 'profile.schema.json'), 'utf8')).toBe(profileJsonSchema())
})

describe('a wrong profile is named with file, line and reason', () => {
  const GOOD = readFileSync(join(SHIPPED, 'gatehouse/water-meter.yaml'), 'utf8')
  it.each([
    [
      'a wrong key',
      GOOD.replace('measuresEveryMs', 'measureEveryMs'),
      /water-meter\.yaml:7: measureEveryMs: there is no such key/,
    ],
    [
      'an unknown unit',
      GOOD.replace('unit: V', 'unit: Volt'),
      /water-meter\.yaml:14: points\.battery\.unit: /,
    ],
    [
      'another unit than the family has',
      GOOD.replace('unit: m³\n', 'unit: L\n'),
      /reverse of a water-meter is in m³; scale it/,
    ],
    [
      'another type than the family has',
      GOOD.replace('oneOf: [open, closed]', 'oneOf: [auf, zu]'),
      /valve of a water-meter is one of open, closed/,
    ],
    [
      'another place than it says',
      GOOD.replace('model: water-meter', 'model: other-meter'),
      /says it is gatehouse\/other-meter, but stands at gatehouse\/water-meter/,
    ],
    [
      'a point in camel case',
      GOOD.replace('  flow:', '  flowRate:'),
      /water-meter\.yaml:25: points\.flowRate: points are named in kebab-case/,
    ],
    ['a range upside down', GOOD.replace('[0, 5]', '[5, 0]'), /the smaller bound stands first/],
  ])('%s', (_what, text, reason) => {
    const folder = mkdtempSync(join(tmpdir(), 'profiles-'))
    try {
      mkdirSync(join(folder, 'gatehouse'))
      writeFileSync(join(folder, 'gatehouse/water-meter.yaml'), text)
      expect(() => readProfiles(folder)).toThrow(reason)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
