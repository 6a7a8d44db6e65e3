/**
 * Every key of the configuration by environment: its path in capitals, joined by `_`, after
 * `GATEHOUSE_`; with `_FILE` appended, the value is what stands in that file (for secrets).
 */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type * as z from 'zod'
import { GatehouseError } from '../model/errors.ts'
import { meant } from '../model/meant.ts'
import type { Problems } from './problems.ts'
import { unreadable } from './readable.ts'
import { type JsonSchema, jsonSchemaOf } from './schema-keys.ts'
import type { Override } from './yaml.ts'

const PREFIX = 'GATEHOUSE_'

type Leaf = { readonly path: readonly string[]; readonly isText: boolean }

export type Environment = Readonly<Record<string, string | undefined>>

/** Notes a variable that names no key (`config-invalid`) and a `_FILE` that cannot be read (`config-unreadable`). */
export function overridesFrom(
  environment: Environment,
  schema: z.ZodType,
  { attempt }: Pick<Problems, 'attempt'>,
): Override[] {
  const leaves = new Map<string, Leaf>()
  collect(jsonSchemaOf(schema), [], leaves)
  return Object.entries(environment).flatMap(([name, value]): Override[] => {
    if (!name.startsWith(PREFIX) || value === undefined) return []
    const direct = leaves.get(name)
    const leaf = direct ?? (name.endsWith('_FILE') ? leaves.get(name.slice(0, -'_FILE'.length)) : undefined)
    const override = attempt(() => {
      if (!leaf) throw unknown(name, leaves.keys())
      const text = direct ? value : contentOf(name, value)
      return { path: leaf.path, value: leaf.isText ? text : parsed(text), from: name }
    })
    return override ? [override] : []
  })
}

/** What all of them begin with says nothing of which one was meant. */
function unknown(name: string, known: Iterable<string>): GatehouseError {
  const bare = (text: string) => text.slice(PREFIX.length)
  const hint = meant(bare(name), [...known].map(bare)).replace('you mean ', `you mean ${PREFIX}`)
  return new GatehouseError('config-invalid', `${name}: there is no such key${hint}`)
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
  const why = unreadable(file)
  if (why !== undefined) throw new GatehouseError('config-unreadable', `${name}: ${why}`)
  return readFileSync(file, 'utf8').trimEnd()
}

/** Numbers, booleans and lists are written as in the file; what is not YAML is left to the schema to refuse. */
function parsed(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return text
  }
}
