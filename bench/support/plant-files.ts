/**
 * A gateway's configuration for a bench: so many meters in a site of their own, in a folder that goes away.
 * JSON is YAML too.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type PlantFiles = {
  readonly folder: string
  readonly devices: readonly {
    readonly id: string
    readonly profile: string
    readonly [key: string]: unknown
  }[]
  readonly rules?: readonly object[]
  /** Device profiles beside those that are shipped. */
  readonly profiles?: readonly {
    readonly vendor: string
    readonly model: string
    readonly [key: string]: unknown
  }[]
  /** Laid over the configuration: bridges, sources, historian. */
  readonly more?: object
}

/** Returns the configuration's path. */
export function writePlant({ folder, devices, rules = [], profiles = [], more = {} }: PlantFiles): string {
  mkdirSync(folder, { recursive: true })
  const write = (name: string, content: object) => {
    const path = join(folder, name)
    writeFileSync(path, JSON.stringify(content))
    return path
  }
  write('site.yaml', {
    id: 'bench',
    name: 'Bench',
    timeZone: 'Asia/Shanghai',
    institutions: [{ id: 'bureau', name: 'Bureau', type: 'office', headCount: 100, areaM2: 5_000 }],
    devices: devices.map((device) => ({ name: device.id, place: { institution: 'bureau' }, ...device })),
  })
  write('rules.yaml', { rules })
  for (const { vendor, model, ...profile } of profiles) {
    mkdirSync(join(folder, 'profiles', vendor), { recursive: true })
    write(join('profiles', vendor, `${model}.yaml`), { vendor, model, ...profile })
    write(join('profiles', vendor, `${model}.examples.yaml`), [])
  }
  const own = profiles.length > 0 ? { profiles: ['profiles'] } : {}
  return write('gatehouse.yaml', { ...own, site: 'site.yaml', rules: 'rules.yaml', ...more })
}
