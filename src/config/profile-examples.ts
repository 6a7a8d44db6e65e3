/** The golden examples that stand beside a profile, `<model>.examples.yaml`. */
import { existsSync } from 'node:fs'
import * as z from 'zod'
import { ProfileExample } from '../profiles/example.ts'
import { readYaml } from './yaml.ts'

export const examplesFileOf = (profileFile: string): string =>
  profileFile.replace(/\.yaml$/, '.examples.yaml')

/** Undefined where there is no such file. Throws GatehouseError `config-unreadable` or `config-invalid`. */
export function readExamples(profileFile: string): readonly ProfileExample[] | undefined {
  const file = examplesFileOf(profileFile)
  return existsSync(file) ? readYaml(file, z.array(ProfileExample)) : undefined
}
