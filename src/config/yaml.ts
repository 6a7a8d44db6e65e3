/**
 * Reads one YAML file against a schema. What is wrong is named with file, line and key, all
 * of it at once, because a person mends a file in one go and starts only once.
 */
import { readFileSync } from 'node:fs'
import type * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'
import { utf8Of } from './file-text.ts'
import { unreadable } from './readable.ts'
import { messageOf, noSuchKey } from './saying.ts'
import { jsonSchemaOf, keysAt } from './schema-keys.ts'
import { parsedYaml } from './syntax.ts'

/** A value from elsewhere (an environment variable) that takes the place of a key in the file. */
export type Override = { readonly path: readonly string[]; readonly value: unknown; readonly from: string }

/** What is wrong with a file, and where in it. */
export type Slip = {
  readonly path: readonly PropertyKey[]
  readonly message: string
  /** What it clashes with; its line is said too. */
  readonly other?: readonly PropertyKey[]
}

export type Reading<T> = {
  readonly overrides?: readonly Override[]
  /**
   * What a schema does not see: names that nothing bears. `checked` is absent where the shape is wrong
   * already; the rest is looked at all the same.
   */
  readonly slips?: (tree: unknown, checked: T | undefined) => readonly Slip[]
}

/** Throws GatehouseError `config-unreadable` or `config-invalid`. */
export function readYaml<T>(file: string, schema: z.ZodType<T>, how: Reading<T> = {}): T {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(file)
  } catch (cause) {
    throw new GatehouseError('config-unreadable', unreadable(file) ?? `Cannot read ${file}`, { cause })
  }
  return checkYaml(file, utf8Of(file, bytes), schema, how)
}

/**
 * JSON is YAML. What is this long was written by a machine, for a hundred thousand devices perhaps, and is
 * read by the engine's own parser: a tree with the place of every key would take a gigabyte for it, and is
 * only needed where something is wrong.
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

/** The same for a text at hand; `file` only names it. */
export function checkYaml<T>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
  { overrides = [], slips = () => [] }: Reading<T> = {},
): T {
  const json = asJson(text)
  if (json !== undefined) {
    const tree = overridden(json, overrides)
    const checked = schema.safeParse(tree)
    if (checked.success && slips(tree, checked.data).length === 0) return checked.data
  }
  const { tree: given, lineOf } = parsedYaml(file, text)
  const tree = overridden(given, overrides)
  const checked = schema.safeParse(tree)
  const found = [...slipsOf(schema, tree, checked.error?.issues ?? []), ...slips(tree, checked.data)]
  if (checked.success && found.length === 0) return checked.data

  const sentences = found.map(({ path, message, other }) => {
    const override = overrides.find((o) => o.path.every((key, depth) => key === path[depth]))
    const line = override ? 0 : lineOf(path)
    const place = override ? override.from : line === 0 ? file : `${file}:${line}`
    const beside = other === undefined || override ? '' : `; the other is in line ${lineOf(other)}`
    return { line, sentence: `${place}: ${path.join('.') || 'the file'}: ${message}${beside}` }
  })
  const inOrder = sentences.toSorted((a, b) => a.line - b.line)
  throw new GatehouseError('config-invalid', inOrder.map(({ sentence }) => sentence).join('\n'))
}

/** In words, and of a choice only the form that was meant. */
export const slipsOf = (schema: z.ZodType, tree: unknown, issues: readonly z.core.$ZodIssue[]): Slip[] =>
  issues.flatMap(closest).flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys')
      return [{ path: issue.path, message: messageOf(issue, valueAt(tree, issue.path)) }]
    const known = keysAt(jsonSchemaOf(schema), tree, issue.path)
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: noSuchKey(key, known) }))
  })

const valueAt = (tree: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce(
    (value, key) => (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key],
    tree,
  )

/**
 * Of a choice only the form that was meant: "Invalid input" for all of them together would tell nobody what
 * to mend.
 */
function closest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const forms = issue.errors
  const unknownKeys = (form: z.core.$ZodIssue[]) =>
    form.flatMap((inner) => (inner.code === 'unrecognized_keys' ? inner.keys : [])).length
  const meant =
    forms
      .filter((form) => form.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'))
      .toSorted((a, b) => unknownKeys(a) - unknownKeys(b))[0] ??
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
