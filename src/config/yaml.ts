/**
 * Reads one YAML file against a schema. What is wrong is named with file, line and key, all
 * of it at once, because a person mends a file in one go and starts only once.
 */
import { readFileSync } from 'node:fs'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'

/** A value from elsewhere (an environment variable) that takes the place of a key in the file. */
export type Override = { readonly path: readonly string[]; readonly value: unknown; readonly from: string }

/** Throws GatehouseError `config-unreadable` or `config-invalid`. */
export function readYaml<T>(file: string, schema: z.ZodType<T>, overrides: readonly Override[] = []): T {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new GatehouseError('config-unreadable', `Cannot read ${file}: ${(cause as Error).message}`, {
      cause,
    })
  }
  return checkYaml(file, text, schema, overrides)
}

/**
 * JSON is YAML. What is this long was written by a machine, for a hundred thousand devices perhaps, and is read by the engine's own
 * parser: a tree with the place of every key would take a gigabyte for it, and is only needed where something is wrong.
 */
const LONG_CHARACTERS = 50_000

function asJson(text: string): unknown {
  if (text.length < LONG_CHARACTERS || text[0] !== '{') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Where a key, or what is left of its path in the file, stands: `file:line`. For what only shows once several files are read. */
export function placeIn(file: string, path: readonly string[]): string {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines, prettyErrors: false })
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return `${file}:${lines.linePos(node.range[0]).line}`
  }
  return file
}

/** The same for a text at hand; `file` only names it. */
export function checkYaml<T>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
  overrides: readonly Override[] = [],
): T {
  const json = asJson(text)
  if (json !== undefined) {
    const checked = schema.safeParse(overridden(json, overrides))
    if (checked.success) return checked.data
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}`
  const broken = document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`)
  if (broken.length > 0) throw new GatehouseError('config-invalid', broken.join('\n'))

  const checked = schema.safeParse(overridden(document.toJS() ?? {}, overrides))
  if (checked.success) return checked.data

  const placeOf = (path: readonly PropertyKey[]): string => {
    const override = overrides.find((o) => o.path.every((key, depth) => key === path[depth]))
    if (override) return override.from
    for (let depth = path.length; depth >= 0; depth--) {
      const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true)
      if (isNode(node) && node.range) return at(node.range[0])
    }
    return file
  }
  const found = checked.error.issues.flatMap(closest).flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      return [`${placeOf(issue.path)}: ${issue.path.join('.') || 'the file'}: ${issue.message}`]
    }
    return issue.keys.map((key) => {
      const path = [...issue.path, key]
      return `${placeOf(path)}: ${path.join('.')}: there is no such key`
    })
  })
  throw new GatehouseError('config-invalid', found.join('\n'))
}

/** Of a choice only the form that was meant: "Invalid input" for all of them together would tell nobody what to mend. */
function closest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const forms = issue.errors
  const meant =
    forms.find((form) => form.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys')) ??
    forms.find((form) => form.every(({ code }) => code !== 'invalid_type'))
  return meant?.flatMap((inner) => closest({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue]
}

type Tree = { [key: string]: unknown }

function overridden(root: unknown, overrides: readonly Override[]): unknown {
  if (overrides.length === 0) return root
  const tree = structuredClone(root) as Tree
  for (const { path, value } of overrides) {
    let branch = tree
    for (const key of path.slice(0, -1)) {
      const below = branch[key]
      const next: Tree = below !== null && typeof below === 'object' ? (below as Tree) : {}
      branch[key] = next
      branch = next
    }
    branch[path.at(-1) as string] = value
  }
  return tree
}
