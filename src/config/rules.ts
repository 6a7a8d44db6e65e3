/** The rules of a site, as one file declares them. */
import { RulesOptions } from '../rules/index.ts'
import type { RuleConfig } from '../rules/rule-config.ts'
import { readYaml, type Slip } from './yaml.ts'

/** Throws GatehouseError `config-unreadable` or `config-invalid`. */
export const readRules = (file: string): readonly RuleConfig[] =>
  readYaml(file, RulesOptions, { slips: silence }).rules

/** A file that was emptied by mistake would be a plant that never rings: who wants no rule says so. */
const silence = (tree: unknown): Slip[] =>
  (tree as { readonly rules?: unknown }).rules === undefined
    ? [{ path: ['rules'], message: 'is missing: expected a list, [] for none' }]
    : []
