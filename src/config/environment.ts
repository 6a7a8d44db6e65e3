/**
 * Every key of the configuration by environment: its path in capitals, joined by `_`, after
 * `GATEHOUSE_`; with `_FILE` appended, the value is what stands in that file (for secrets).
 */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'
import type { Override } from './yaml.ts'

const PREFIX = 'GATEHOUSE_'

type JsonSchema = {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

type Leaf = { readonly path: readonly string[]; readonly isText: boolean }

export type Environment = Readonly<Record<string, string | undefined>>

/** Throws GatehouseError `config-invalid` for a variable that names no key, `config-unreadable` for a lost `_FILE`. */
export function overridesFrom(environment: Environment, schema: z.ZodType): Override[] {
  const leaves = new Map<string, Leaf>()
  collect(
    z.toJSONSchema(schema, { io: 'input', reused: 'inline', unrepresentable: 'any' }) as JsonSchema,
    [],
    leaves,
  )
  const overrides: Override[] = []
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(PREFIX) || value === undefined) continue
    const direct = leaves.get(name)
    const leaf = direct ?? (name.endsWith('_FILE') ? leaves.get(name.slice(0, -'_FILE'.length)) : undefined)
    if (!leaf) throw new GatehouseError('config-invalid', `${name}: there is no such key`)
    const text = direct ? value : contentOf(name, value)
    overrides.push({ path: leaf.path, value: leaf.isText ? text : parsed(text), from: name })
  }
  return overrides
}

function collect(schema: JsonSchema, path: readonly string[], leaves: Map<string, Leaf>): void {
  if (path.length > 0) {
    const name = PREFIX + path.join('_').toUpperCase()
    const known = leaves.get(name)
    leaves.set(name, { path, isText: known?.isText === true || schema.type === 'string' })
  }
  for (const [key, below] of Object.entries(schema.properties ?? {})) collect(below, [...path, key], leaves)
  for (const choice of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) collect(choice, path, leaves)
}

function contentOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd()
  } catch (cause) {
    throw new GatehouseError('config-unreadable', `${name}: ${(cause as Error).message}`, { cause })
  }
}

/** Numbers, booleans and lists are written as in the file; what is not YAML is left to the schema to refuse. */
function parsed(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return text
  }
}
