/**
 * Where in the files a sentence belongs that was said by somebody who knows no files: pure rooms, and checks
 * across files.
 */
import { readFileSync } from 'node:fs'
import { type ParsedYaml, parsedYaml } from './syntax.ts'
import type { Override } from './yaml.ts'

/**
 * Where a key, or what is left of its path in the file, stands: `file:line`. For what only shows once several
 * files are read.
 */
const placeIn = (file: string, path: readonly string[], parsed = parsedIn(file)): string => {
  const line = parsed?.lineOf(path) ?? 0
  return line === 0 ? file : `${file}:${line}`
}

/** Undefined where it was made by a program, and not read from there. */
function parsedIn(file: string): ParsedYaml | undefined {
  try {
    return parsedYaml(file, readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** A sentence that begins with its key: `notify.routes.1.channel: …`. */
export function placedByKey(file: string, overrides: readonly Override[], sentence: string): string {
  const [key = ''] = sentence.split(': ')
  const path = key.split('.')
  const override = overrides.find((one) => one.path.every((step, depth) => step === path[depth]))
  return `${override?.from ?? placeIn(file, path)}: ${sentence}`
}

type Declared = {
  readonly files: { readonly site?: string; readonly rules?: string }
  readonly rules: readonly { readonly id: string }[]
  readonly devices: readonly { readonly id: string }[]
}

/**
 * For sentences that begin with `rule <id>: ` and perhaps a key of it, or with the id of a device. There may
 * be one for each of many thousand devices, so a file is taken apart once for all of them.
 */
export function placerIn({ files, rules, devices }: Declared): (sentence: string) => string {
  const indexOf = (list: Declared['devices']) => new Map(list.map(({ id }, index) => [id, index]))
  const [ruleAt, deviceAt] = [indexOf(rules), indexOf(devices)]
  const taken = new Map<string, ParsedYaml | undefined>()
  const place = (file: string, path: readonly string[]) => {
    if (!taken.has(file)) taken.set(file, parsedIn(file))
    const parsed = taken.get(file)
    return parsed ? placeIn(file, path, parsed) : file
  }
  return (sentence) => {
    const [, rule, key = ''] = /^rule ([^:]+): (?:([\w.-]+): )?/.exec(sentence) ?? []
    if (rule !== undefined && files.rules !== undefined) {
      const path = ['rules', String(ruleAt.get(rule)), ...key.split('.')]
      return `${place(files.rules, path)}: ${sentence}`
    }
    const [device = ''] = sentence.split(': ')
    const index = deviceAt.get(device)
    if (index === undefined || files.site === undefined) return sentence
    return `${place(files.site, ['devices', String(index)])}: ${sentence}`
  }
}
