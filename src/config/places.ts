/** Where in the files a sentence belongs that was said by somebody who knows no files: pure rooms, and checks across files. */
import { readFileSync } from 'node:fs'
import { parsedYaml } from './syntax.ts'
import type { Override } from './yaml.ts'

/** Where a key, or what is left of its path in the file, stands: `file:line`. For what only shows once several files are read. */
function placeIn(file: string, path: readonly string[]): string {
  try {
    const line = parsedYaml(file, readFileSync(file, 'utf8')).lineOf(path)
    return line === 0 ? file : `${file}:${line}`
  } catch {
    return file // it was made by a program, not read from there
  }
}

/** A sentence that begins with its key: `notify.routes.1.channel: …`. */
export function placedByKey(file: string, overrides: readonly Override[], sentence: string): string {
  const [key = ''] = sentence.split(': ')
  const path = key.split('.')
  const override = overrides.find((one) => one.path.every((step, depth) => step === path[depth]))
  return `${override?.from ?? placeIn(file, path)}: ${sentence}`
}

export type Declared = {
  readonly files: { readonly site?: string; readonly rules?: string }
  readonly rules: readonly { readonly id: string }[]
  readonly devices: readonly { readonly id: string }[]
}

/** A sentence that begins with `rule <id>: ` and perhaps a key of it, or with the id of a device. */
export function placedIn({ files, rules, devices }: Declared, sentence: string): string {
  const [, rule, key = ''] = /^rule ([^:]+): (?:([\w.-]+): )?/.exec(sentence) ?? []
  if (rule !== undefined && files.rules !== undefined) {
    const index = rules.findIndex(({ id }) => id === rule)
    return `${placeIn(files.rules, ['rules', String(index), ...key.split('.')])}: ${sentence}`
  }
  const [device = ''] = sentence.split(': ')
  const index = devices.findIndex(({ id }) => id === device)
  if (index < 0 || files.site === undefined) return sentence
  return `${placeIn(files.site, ['devices', String(index)])}: ${sentence}`
}
