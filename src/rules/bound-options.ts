/**
 * What a rule's declaration comes to for each of its subjects. Most subjects come to the same, so each outcome is made
 * once and shared: a hundred thousand of them hold one object.
 */
import type { Severity, SubjectId } from '../model/alarm.ts'
import type { Instant } from '../model/instant.ts'
import type { Site } from '../model/site.ts'
import type { Candidate, ProfileFacts } from './bound-rule.ts'
import { type Conditions, conditionsOf, schedulesOf } from './conditions.ts'
import type { RuleConfig } from './rule-config.ts'
import { activityAt } from './schedule.ts'
import { calendarAt } from './subjects.ts'

/** The same made only once for each plain value. */
export function once<Wanted, Made>(make: (wanted: Wanted) => Made): (wanted: Wanted) => Made {
  const known = new Map<string, Made>()
  return (wanted) => {
    const key = JSON.stringify(wanted)
    const before = known.get(key)
    if (before !== undefined) return before
    const made = make(wanted)
    known.set(key, made)
    return made
  }
}

/** The same made only once for each object. */
export function sharedBy<Wanted extends object, Made>(
  make: (wanted: Wanted) => Made,
): (wanted: Wanted) => Made {
  const known = new WeakMap<Wanted, Made>()
  return (wanted) => {
    const before = known.get(wanted)
    if (before !== undefined) return before
    const made = make(wanted)
    known.set(wanted, made)
    return made
  }
}

/** The candidate with values that are believed for so long, whatever its profile says. */
export function held(candidate: Candidate, heldMs: number): Candidate {
  const known = (profile: ProfileFacts) => ({ ...profile, heldMs })
  const members = candidate.members.map(({ device, profile }) => ({ device, profile: known(profile) }))
  return { ...candidate, profile: known(candidate.profile), members }
}

/** Three measuring intervals of the slowest of its devices; undefined where none says how often it measures. */
function believedMs({ members }: Candidate): number | undefined {
  const slowest = Math.max(...members.map(({ profile }) => profile.measuresEveryMs ?? 0))
  return slowest > 0 ? 3 * slowest : undefined
}

/** One object for each of the given, told apart by what they are and not by what they hold. */
function numbered(): (object: object) => number {
  const numbers = new WeakMap<object, number>()
  let next = 0
  return (object) => {
    const number = numbers.get(object) ?? next++
    numbers.set(object, number)
    return number
  }
}

/** The options of the kind with the rule's conditions beside them; the same for the same. */
export function conditionedOptions<Options extends object>(
  config: RuleConfig,
): (
  candidate: Candidate,
  options: Options,
  variants: readonly Options[],
) => Options & {
  readonly conditions: Conditions<Options>
} {
  const known = new Map<string, Options & { readonly conditions: Conditions<Options> }>()
  const numberOf = numbered()
  let schedules: ReturnType<typeof schedulesOf> | undefined
  return (candidate, options, variants) => {
    const { site, device } = candidate
    const [heldMs, calendar] = [believedMs(candidate), calendarAt(site, device)]
    const key = [heldMs, calendar, ...[options, ...variants].map(numberOf)].join(' ')
    const before = known.get(key)
    if (before) return before
    schedules ??= schedulesOf(site)
    const scheduleIn = schedules
    const conditions = conditionsOf(config, {
      heldMs,
      variants,
      schedule: (when) => scheduleIn(when, calendar),
    })
    const made = { ...options, conditions }
    known.set(key, made)
    return made
  }
}

export type Severities = {
  severityAt(subject: SubjectId, at: Instant): Severity
  /** Each subject once, when it is bound. */
  learn(candidate: Candidate): void
}

export function severitiesOf({ severity, severityWhen }: RuleConfig, site: Site | undefined): Severities {
  if (!severityWhen || !site) return { severityAt: () => severity, learn() {} }
  const scheduleIn = schedulesOf(site)
  const calendarOf = new Map<SubjectId, string | undefined>()
  return {
    severityAt: (subject, at) =>
      severityWhen.find(({ when }) => activityAt(scheduleIn(when, calendarOf.get(subject)), at).active)
        ?.severity ?? severity,
    learn({ subject, device }) {
      calendarOf.set(subject, calendarAt(site, device))
    },
  }
}
