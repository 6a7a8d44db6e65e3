/** One device under one rule, bound as the gateway binds it: the options that its steps would see. */

import type { Device } from '../../src/model/device.ts'
import type { Site } from '../../src/model/site.ts'
import { bindRules } from '../../src/rules/bind.ts'
import type { DeclaredKind, ProfileFacts } from '../../src/rules/bound-rule.ts'
import type { RuleKind } from '../../src/rules/rule.ts'
import { type RuleConfig, ruleConfigOf } from '../../src/rules/rule-config.ts'
import { BARE_SITE } from './bare-site.ts'

export function boundAlone<O, S>(
  kind: DeclaredKind,
  rule: RuleKind<O, S>,
  options: object,
  site: Partial<Site> = {},
  profile: ProfileFacts = { measuresEveryMs: 10_000 },
  family: Device['family'] = 'vehicle-tracker',
): O {
  const device = { id: 'car-1', name: 'Car', family, profile: 'a/b', place: { institution: 'bureau' } }
  const whole: Site = {
    ...BARE_SITE,
    devices: [device],
    ...site,
  }
  const declared = ruleConfigOf(kind.kind, kind.declared).parse({
    id: 'rule',
    kind: kind.kind,
    severity: 'low',
    verifyMs: 1,
    options,
  })
  const config: RuleConfig = { ...declared, fault: 'rule' }
  const [bound] = bindRules([config], whole, () => profile, [kind])
  const own = bound?.subjects.get(whole.devices[0]?.id ?? '')
  if (!own) throw new Error('nobody is under the rule')
  return rule.options.parse(own.options)
}
