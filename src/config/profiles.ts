/** The device profiles of a folder: `<vendor>/<model>.yaml`, each named by where it stands. */
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import { FAMILIES, type Family } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import { DeviceProfile, profileName } from '../profiles/device-profile.ts'
import { problems } from './problems.ts'
import { unreadable } from './readable.ts'
import { readYaml, type Slip } from './yaml.ts'

/** Files of profiles under a folder, sorted; their golden examples and the schema stand beside them. */
export function profileFiles(folder: string): string[] {
  const why = unreadable(folder, 'folder')
  if (why !== undefined)
    throw new GatehouseError('config-unreadable', `${why}, to be read for device profiles`)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.examples.yaml'))
    .sort()
    .map((name) => join(folder, name))
}

/** `<vendor>/<model>`, as the place of a file says it. */
export const placeOfProfile = (file: string): string =>
  `${basename(dirname(file))}/${basename(file, '.yaml')}`

/** Throws GatehouseError `config-invalid` or `config-unreadable`. */
export function readProfile(file: string): DeviceProfile {
  const place = placeOfProfile(file)
  return readYaml(file, DeviceProfile, {
    slips: (_tree, checked) => (checked ? strays(checked, place) : []),
  })
}

function strays(profile: DeviceProfile, place: string): Slip[] {
  const name = profileName(profile)
  return name === place ? [] : [{ path: ['model'], message: `says it is ${name}, but stands at ${place}` }]
}

/** Throws GatehouseError `config-invalid` with everything that is wrong in all of them, or `config-unreadable`. */
export function readProfiles(folder: string): DeviceProfile[] {
  const found = problems()
  const profiles = profileFiles(folder).flatMap((file) => found.attempt(() => readProfile(file)) ?? [])
  found.throwAny()
  return profiles
}

const FamilyOnly = z.looseObject({ family: z.enum(FAMILIES).optional().catch(undefined) })

/** Of a profile that is wrong elsewhere, so that its devices are not called wrong too. */
export function familyIn(file: string): Family | undefined {
  try {
    return readYaml(file, FamilyOnly).family
  } catch {
    return undefined
  }
}
