/** The rules of a site, as one file declares them. */

import { RulesOptions } from '../rules/index.ts'
import type { RuleConfig } from '../rules/rule-config.ts'
import { readYaml } from './yaml.ts'

/** Throws GatehouseError `config-unreadable` or `config-invalid`. */
export const readRules = (file: string): readonly RuleConfig[] => readYaml(file, RulesOptions).rules
