/** Binds declared rules to a site. Pure: the same declaration and the same site give the same rules and versions. */
import type { Device, Family } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import { meant } from '../model/meant.ts'
import type { Site } from '../model/site.ts'
import { once } from './bound-options.ts'
import type { BoundRule, Candidate, DeclaredKind, ProfileFacts } from './bound-rule.ts'
import { missingCalendars } from './conditions.ts'
import { RULE_KINDS } from './index.ts'
import { meets, type RuleConfig, type Scope } from './rule-config.ts'
import { balancesWith, routesThrough } from './subjects.ts'

/**
 * Throws GatehouseError `config-invalid` that names every word of a scope, and every subject, that the site
 * does not know.
 */
export function bindRules(
  configs: readonly RuleConfig[],
  site: Site,
  profileFacts: (profile: string) => ProfileFacts | undefined,
  kinds: readonly DeclaredKind[] = RULE_KINDS,
): readonly BoundRule[] {
  const problems = configs.flatMap((config) => unknownNames(config, site))
  const factsOf = factsBy(profileFacts)
  const bound = configs.flatMap((config) => {
    const kind = kinds.find(({ kind }) => kind === config.kind)
    if (!kind)
      throw new GatehouseError('config-invalid', `rule ${config.id}: there is no kind ${config.kind}`)
    const except = new Set(config.scope.exceptDevices)
    /** Made as they are walked through: a hundred thousand of them for each rule would outweigh the site. */
    function* candidates(families: readonly Family[]): Generator<Candidate> {
      for (const device of site.devices) {
        if (!families.includes(device.family) || except.has(device.id)) continue
        const profile = factsOf(device)
        yield { subject: device.id, device, profile, site, members: [{ device, profile }] }
      }
    }
    const cannot = unmet(config, kind, site)
    problems.push(...cannot.map((problem) => `rule ${config.id}: ${problem}`))
    if (cannot.length > 0) return []
    const isInScope = (device: Device) => meetsScope(config.scope, device, site)
    const rule = kind.bind(config, meantBy(config, site), candidates, isInScope)
    const strangers = Object.keys(config.optionsFor).filter((subject) => !rule.subjects.has(subject))
    problems.push(...strangers.map((subject) => `rule ${config.id}: optionsFor: ${subject} is not under it`))
    return rule
  })
  if (problems.length > 0) throw new GatehouseError('config-invalid', problems.join('\n'))
  return bound
}

/** What the site says of the device itself goes before its profile; devices that come to the same share one object. */
function factsBy(
  profileFacts: (profile: string) => ProfileFacts | undefined,
): (device: Pick<Device, 'profile' | 'reportsEveryMs'>) => ProfileFacts {
  const ownFacts = once(
    ([profile, reportsEveryMs]: readonly [string, number]): ProfileFacts => ({
      ...profileFacts(profile),
      reportsEveryMs,
    }),
  )
  return ({ profile, reportsEveryMs }) =>
    reportsEveryMs === undefined ? (profileFacts(profile) ?? {}) : ownFacts([profile, reportsEveryMs])
}

/** What is asked of every kind, but not to be had of this one or on this site. */
function unmet(config: RuleConfig, { kind, takesDeadband }: DeclaredKind, site: Site): string[] {
  const missing = missingCalendars(config, site)
  const isLost = config.deadband !== undefined && !takesDeadband
  return isLost ? [...missing, `deadband: ${kind} judges no numeric limit`] : missing
}

function meetsScope(scope: Scope, { id, family, place }: Device, site: Site): boolean {
  return (
    meets(scope.families, family) &&
    meets(scope.devices, id) &&
    meets(scope.institutions, place.institution) &&
    meets(scope.zones, place.zone) &&
    (scope.routes === undefined || routesThrough(site, id).some((route) => meets(scope.routes, route.id))) &&
    (scope.balances === undefined || balancesWith(site, id).some((one) => meets(scope.balances, one.id)))
  )
}

type Nouns = readonly { readonly id: string }[]

/** Whom a site has. A list that is not known misses nobody. */
export type SiteNames = {
  readonly devices: Nouns
  readonly institutions: Nouns
  readonly zones: Nouns | undefined
  readonly routes: Nouns
  readonly balances?: Nouns
}

export function unknownNames({ id, scope }: RuleConfig, site: SiteNames): string[] {
  const known = [
    ['devices', scope.devices, site.devices],
    ['exceptDevices', scope.exceptDevices, site.devices],
    ['institutions', scope.institutions, site.institutions],
    ['zones', scope.zones, site.zones],
    ['routes', scope.routes, site.routes],
    ['balances', scope.balances, site.balances ?? []],
  ] as const
  return known.flatMap(([key, wanted = [], there]) =>
    wanted
      .filter((name) => there !== undefined && !there.some((noun) => noun.id === name))
      .map((name) => `rule ${id}: scope.${key}: the site has no ${name}${meant(name, idsOf(there))}`),
  )
}

const idsOf = (nouns: Nouns = []): string[] => nouns.map(({ id }) => id)

/** Severities are no options of a subject: what decides them goes into the version beside. */
const meantBy = (config: RuleConfig, { timeZone, calendars }: Site): unknown =>
  config.severityWhen ? [config, { timeZone, calendars }] : [config]
