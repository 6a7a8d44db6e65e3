/**
 * Whether rules and devices go together with site and profiles, as a start would find it, with file and line
 * of what does not.
 */
import { profileName } from '../profiles/device-profile.ts'
import { compileProfiles } from '../profiles/directory.ts'
import { bindRules } from '../rules/bind.ts'
import type { BoundRule } from '../rules/bound-rule.ts'
import type { GatehouseConfig } from './config.ts'
import { placerIn } from './places.ts'
import { isOfConfiguration, problems } from './problems.ts'

type Fitted = Pick<GatehouseConfig, 'files' | 'rules' | 'site' | 'profiles'>

/** Throws GatehouseError `config-invalid` with all of it. */
export function assertFits(config: Fitted): readonly BoundRule[] {
  const { site, rules, profiles } = config
  const byName = new Map(profiles.map((profile) => [profileName(profile), profile]))
  /** Of a profile that cannot be read itself, nothing is said once more. */
  const readable = site.devices.filter(({ profile }) => byName.has(profile))
  const found = problems()
  found.attempt(() => placing(config, () => compileProfiles(profiles, readable)))
  const bound = found.attempt(() => placing(config, () => bindRules(rules, site, (name) => byName.get(name))))
  found.throwAny()
  return bound ?? []
}

/** Does it, and where that throws of a rule or of a device, says where that stands. */
export function placing<T>({ files, rules, site }: Omit<Fitted, 'profiles'>, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (!isOfConfiguration(cause)) throw cause
    const found = problems()
    const placed = placerIn({ files, rules, devices: site.devices })
    for (const sentence of cause.message.split('\n')) found.add(placed(sentence))
    throw found.all()
  }
}
