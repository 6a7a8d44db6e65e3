/** The device profiles of a folder: `<vendor>/<model>.yaml`, each named by where it stands. */
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { GatehouseError } from '../model/errors.ts'
import { DeviceProfile } from '../profiles/device-profile.ts'
import { readYaml } from './yaml.ts'

/** Files of profiles under a folder, sorted; their golden examples and the schema stand beside them. */
export function profileFiles(folder: string): string[] {
  let entries: string[]
  try {
    entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch (cause) {
    const sentence = `Cannot read the device profiles in ${folder}: ${(cause as Error).message}`
    throw new GatehouseError('config-unreadable', sentence, { cause })
  }
  return entries
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.examples.yaml'))
    .sort()
    .map((name) => join(folder, name))
}

/** Throws GatehouseError `config-invalid` with everything that is wrong in all of them, or `config-unreadable`. */
export function readProfiles(folder: string): DeviceProfile[] {
  const wrong: string[] = []
  const profiles = profileFiles(folder).flatMap((file) => {
    try {
      const profile = readYaml(file, DeviceProfile)
      const place = `${basename(dirname(file))}/${basename(file, '.yaml')}`
      const name = `${profile.vendor}/${profile.model}`
      if (name !== place) wrong.push(`${file}: says it is ${name}, but stands at ${place}`)
      return [profile]
    } catch (cause) {
      if (!(cause instanceof GatehouseError) || cause.code !== 'config-invalid') throw cause
      wrong.push(cause.message)
      return []
    }
  })
  if (wrong.length > 0) throw new GatehouseError('config-invalid', wrong.join('\n'))
  return profiles
}
