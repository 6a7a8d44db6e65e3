/**
 * The file of rules with some of one rule changed, as a person would have changed it by hand: comments and order stay.
 * Nothing is written and nothing put in force; that remains a matter of the file.
 */
import { readFileSync } from 'node:fs'
import { Document, isSeq, parseDocument } from 'yaml'
import type { Services } from '../http/services.ts'
import { GatehouseError } from '../model/errors.ts'
import { said } from '../model/refusal.ts'
import { RulesOptions } from '../rules/index.ts'
import type { RuleConfig } from '../rules/rule-config.ts'
import { parsedYaml } from './syntax.ts'
import { slipsOf } from './yaml.ts'

export type RuleDraftParts = {
  /** Undefined where the configuration names none. */
  readonly file: string | undefined
  readonly running: () => readonly RuleConfig[]
  /** Throws `config-invalid` where the rules do not fit the site. */
  readonly bind: (rules: readonly RuleConfig[]) => unknown
}

export const ruleDrafts =
  ({ file, running, bind }: RuleDraftParts): Services['draftRule'] =>
  (rule, changes) => {
    const text = textOf(file)
    const document = parseDocument(text)
    const before = ruleIn(text, rule)
    if (!before) throw new GatehouseError('not-found', said('nothing-there'))
    const at = ['rules', before.index]
    for (const path of changes.unset) document.deleteIn([...at, ...path.split('.')])
    for (const [path, value] of Object.entries(changes.set)) {
      document.setIn([...at, ...path.split('.')], document.createNode(value))
    }
    const isNothing = changes.unset.length + Object.keys(changes.set).length === 0
    const changed = document.toString({ lineWidth: 0 })
    const tree = document.toJS() as { rules: Readonly<Record<string, unknown>>[] }
    assertFits(tree, before.index, bind)
    const declared = tree.rules[before.index] ?? {}
    const inForce = running().find(({ id }) => id === rule)
    return {
      kind: String(declared.kind),
      declared,
      entry: aloneIn(document, before.index, declared),
      file: isNothing ? text : changed,
      isInForce: JSON.stringify(before.config) === JSON.stringify(inForce),
    }
  }

function textOf(file: string | undefined): string {
  try {
    if (file === undefined) throw new Error('The configuration names no file of rules')
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new GatehouseError('rules-refused', (cause as Error).message, { cause })
  }
}

/** The file as it stands has to be one that could be put in force. */
function ruleIn(text: string, rule: string): { index: number; config: RuleConfig } | undefined {
  let tree: unknown
  try {
    tree = parsedYaml('rules', text).tree
  } catch (cause) {
    throw new GatehouseError('rules-refused', (cause as Error).message, { cause })
  }
  const checked = RulesOptions.safeParse(tree)
  if (!checked.success) {
    const slips = slipsOf(RulesOptions, tree, checked.error.issues)
    const told = slips.map(({ path, message }) => `rules: ${path.join('.')}: ${message}`)
    throw new GatehouseError('rules-refused', told.join('\n'))
  }
  const index = checked.data.rules.findIndex(({ id }) => id === rule)
  const config = checked.data.rules[index]
  return config && { index, config }
}

function assertFits(tree: unknown, index: number, bind: RuleDraftParts['bind']): void {
  const checked = RulesOptions.safeParse(tree)
  const slips = checked.success
    ? slipsOnSite(checked.data.rules[index], bind)
    : slipsOf(RulesOptions, tree, checked.error.issues).map(({ path, message }) => ({
        path: (path[0] === 'rules' && path[1] === index ? path.slice(2) : path).join('.'),
        message,
      }))
  if (slips.length === 0) return
  const told = slips.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('\n')
  throw new GatehouseError('invalid-input', told, { details: { errors: slips } })
}

type WrongInput = { readonly path: string; readonly message: string }

/** What a schema cannot see: options that contradict each other, names that the site does not have. */
function slipsOnSite(rule: RuleConfig | undefined, bind: RuleDraftParts['bind']): WrongInput[] {
  try {
    if (rule) bind([rule])
    return []
  } catch (cause) {
    if (!(cause instanceof GatehouseError)) throw cause
    return cause.message.split('\n').map((sentence) => {
      const [, path = '', message = sentence] = /\b(options\.[\w.]+|options): (.+)$/.exec(sentence) ?? []
      return { path, message }
    })
  }
}

/** With its comments; where it leans on an anchor of another rule, its values alone. */
function aloneIn(document: Document, index: number, declared: unknown): string {
  const rules = document.get('rules')
  if (!isSeq(rules)) return ''
  const alone = new Document({ rules: [] })
  const kept = rules.items[index]
  try {
    alone.addIn(['rules'], kept)
    return alone.toString({ lineWidth: 0 })
  } catch {
    return new Document({ rules: [declared] }).toString({ lineWidth: 0 })
  }
}
