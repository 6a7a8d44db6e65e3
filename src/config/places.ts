/** Where in the files a sentence belongs that was said by somebody who knows no files: pure rooms, and checks across files. */
import { readFileSync } from 'node:fs'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { Override } from './yaml.ts'

/** Where a key, or what is left of its path in the file, stands: `file:line`. For what only shows once several files are read. */
function placeIn(file: string, path: readonly string[]): string {
  const lines = new LineCounter()
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return file // it was made by a program, not read from there
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return `${file}:${lines.linePos(node.range[0]).line}`
  }
  return file
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
