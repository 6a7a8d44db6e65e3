/**
 * The generated parts of docs/rules: the table of a kind's options from its zod schema, and the list of kinds. People
 * write the rest of a page around them; a test says when a page is missing or stale.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { COMMON_OPTIONS } from '../src/rules/common-options.ts'
import { RULE_KINDS } from '../src/rules/index.ts'

type Schema = z.core.JSONSchema.JSONSchema

const FOLDER = join(import.meta.dirname, '../docs/rules')

/** What stands between `<!-- <mark> -->` and `<!-- /<mark> -->`. */
export const between = (mark: string) => new RegExp(`(<!-- ${mark} -->\\n)[^]*?(<!-- /${mark} -->)`)

export type Page =
  | { readonly name: string; readonly file: string; readonly there: string; readonly due: string }
  | { readonly name: string; readonly missing: string }

/** Every page with a generated part: as it is and as it should be, or what it lacks. */
export function rulePages(): Page[] {
  const kinds = RULE_KINDS.map(({ kind, declared }) => page(`${kind}.md`, 'options', optionsTable(declared)))
  const common = page('common-options.md', 'options', optionsTable(z.strictObject(COMMON_OPTIONS)))
  return [...kinds, common, page('README.md', 'kinds', kindsTable())]
}

function page(name: string, mark: string, part: string): Page {
  const file = join(FOLDER, name)
  if (!existsSync(file)) return { name, missing: 'there is no such page' }
  const there = readFileSync(file, 'utf8')
  if (!between(mark).test(there)) return { name, missing: `it has no <!-- ${mark} --> … <!-- /${mark} -->` }
  const due = there.replace(between(mark), (_all, open, close) => `${open}\n${part}\n\n${close}`)
  return { name, file, there, due }
}

function kindsTable(): string {
  const rows = RULE_KINDS.map(
    ({ kind, families, summary }) => `| [\`${kind}\`](${kind}.md) | ${summary} | ${families.join(', ')} |`,
  )
  return ['| kind | breached when | families |', '|---|---|---|', ...rows].join('\n')
}

/** A table of the options as rules.yaml takes them. */
export function optionsTable(schema: z.ZodType<unknown>): string {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const rows = rowsOf(json)
  if (rows.length === 0) return 'It has no options of its own.'
  return ['| option | takes | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
}

function rowsOf(json: Schema, under = ''): string[] {
  const isEntry = under.includes('[]') // one level is enough to find what an entry holds
  const shapes = shapesOf(json)
  const found = new Map<string, string>()
  for (const { properties = {}, required = [] } of shapes) {
    for (const [name, shape] of Object.entries(properties)) {
      const own = shape as Schema
      const key = `${under}${name}`
      const fallback = own.default === undefined ? undefined : defaultOf(name, own.default)
      const unsaid = fallback ?? (required.includes(name) ? 'required' : '–')
      found.set(key, `| \`${key}\` | ${typeOf(own)} | ${unsaid} | ${words(own.description ?? '')} |`)
      for (const row of isEntry ? [] : rowsOf(own, `${key}.`)) found.set(row, row)
      const entry = own.type === 'array' ? (own.items as Schema | undefined) : undefined
      if (entry && under === '') for (const row of rowsOf(entry, `${key}[].`)) found.set(row, row)
    }
  }
  return [...found.values()]
}

/** The shape itself, and those it may have instead. */
const shapesOf = (json: Schema): Schema[] => [
  json,
  ...[...(json.anyOf ?? []), ...(json.oneOf ?? []), ...(json.allOf ?? [])].flatMap((each) =>
    shapesOf(each as Schema),
  ),
]

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const words = (text: string) => cell(text).replaceAll('<', '&lt;')
const code = (value: unknown) => cell(`\`${typeof value === 'string' ? value : JSON.stringify(value)}\``)

/** Milliseconds are for machines; beside them stands what a person would say. */
function defaultOf(name: string, value: unknown): string {
  if (!name.endsWith('Ms') || typeof value !== 'number' || value === 0) return code(value)
  const [unit, ms] = UNITS.find(([, each]) => value % each === 0) ?? ['ms', 1]
  return unit === 'ms' ? code(value) : `${code(value)} (${value / ms} ${unit})`
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

function typeOf(json: Schema): string {
  if (json.const !== undefined) return code(json.const)
  if (json.enum) return json.enum.map(code).join(', ')
  const choices = json.anyOf ?? json.oneOf
  if (choices) return [...new Set(choices.map((choice) => typeOf(choice as Schema)))].join(' or ')
  if (json.type === 'array') {
    return json.items && !Array.isArray(json.items) ? `list of ${typeOf(json.items as Schema)}` : 'list'
  }
  if (json.type === 'number' || json.type === 'integer') return `${json.type}${rangeOf(json)}`
  if (json.type === 'string')
    return json.pattern === undefined ? 'text' : cell(`text like \`${json.pattern}\``)
  if (json.type === 'object') return 'keys below'
  return typeof json.type === 'string' ? json.type : 'any'
}

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const bounds = [
    exclusiveMinimum === undefined ? '' : `> ${exclusiveMinimum}`,
    minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? '' : `≥ ${minimum}`,
    exclusiveMaximum === undefined ? '' : `< ${exclusiveMaximum}`,
    maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : `≤ ${maximum}`,
  ].filter((bound) => bound !== '')
  return bounds.length === 0 ? '' : ` ${bounds.join(', ')}`
}
