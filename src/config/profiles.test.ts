/**
 * The shipped profiles, held to their own examples and to one language: the examples are the
 * manual of a profile and its test at once.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type DeviceProfile, profileName } from '../profiles/device-profile.ts'
import { differences, ProfileExample, playedOf, readByProfile } from '../profiles/example.ts'
import { profileJsonSchema } from '../profiles/json-schema.ts'
import { profileFiles, readProfiles } from './profiles.ts'
import { readYaml } from './yaml.ts'

const SHIPPED = join(import.meta.dirname, '../../device-profiles')

describe.each(profileFiles(SHIPPED).map((file) => [file.slice(SHIPPED.length + 1), file]))(
  '%s',
  (_name, file) => {
    const profile = readProfiles(SHIPPED).find((one) =>
      file.endsWith(`${profileName(one)}.yaml`),
    ) as DeviceProfile
    const examplesFile = file.replace(/\.yaml$/, '.examples.yaml')
    const examples = existsSync(examplesFile) ? readYaml(examplesFile, z.array(ProfileExample)) : []
    const text = readFileSync(file, 'utf8')

    it('has golden examples beside it', () => expect(examples.length).toBeGreaterThan(0))

    it.each(examples.map((example) => [example.why, example] as const))('%s', (_why, example) => {
      expect(differences(example, readByProfile(profile, playedOf(example)))).toEqual([])
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
      /water-meter\.yaml:24: points\.flowRate: points are named in kebab-case/,
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
