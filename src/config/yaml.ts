/**
 * Reads one YAML file against a schema. What is wrong is named with file, line and key, all
 * of it at once, because a person mends a file in one go and starts only once.
 */
import { readFileSync } from 'node:fs'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'

/** Throws GatehouseError `config-unreadable` or `config-invalid`. */
export function readYaml<T>(file: string, schema: z.ZodType<T>): T {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new GatehouseError('config-unreadable', `Cannot read ${file}: ${(cause as Error).message}`, {
      cause,
    })
  }
  return checkYaml(file, text, schema)
}

export function checkYaml<T>(file: string, text: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}`
  const broken = document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`)
  if (broken.length > 0) throw new GatehouseError('config-invalid', broken.join('\n'))
  const checked = schema.safeParse(document.toJS())
  if (checked.success) return checked.data
  const lineOf = (path: readonly PropertyKey[]): string => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true)
      if (isNode(node) && node.range) return at(node.range[0])
    }
    return file
  }
  const found = checked.error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      return [`${lineOf(issue.path)}: ${issue.path.join('.') || 'the file'}: ${issue.message}`]
    }
    return issue.keys.map((key) => {
      const path = [...issue.path, key]
      return `${lineOf(path)}: ${path.join('.')}: there is no such key`
    })
  })
  throw new GatehouseError('config-invalid', found.join('\n'))
}
