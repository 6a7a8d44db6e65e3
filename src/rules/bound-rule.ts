/**
 * From a declared rule to a rule bound to its site: who is judged, with which options, and which
 * reading concerns whom. All that a kind must know of the site is settled here, once, so its steps stay small.
 */
import type { OperatorFunction } from 'rxjs'
import * as z from 'zod'
import type { Severity, SubjectId } from '../model/alarm.ts'
import type { Device, Family, Register } from '../model/device.ts'
import { GatehouseError } from '../model/errors.ts'
import type { Instant } from '../model/instant.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import type { Balance, PatrolRoute, Site } from '../model/site.ts'
import { bindSubjects } from './bind-subjects.ts'
import { conditionedOptions, held, once, severitiesOf, sharedBy } from './bound-options.ts'
import type { BoundSubjects } from './bound-subjects.ts'
import { conditioned } from './conditioned.ts'
import { deadbandAt, isConditioned } from './conditions.ts'
import { evaluate, type LiveCommit } from './evaluate.ts'
import type { Overhears } from './overheard.ts'
import { ratePoint } from './prepared.ts'
import type { Grounds, RuleKind, Step, Verdict } from './rule.ts'
import type { RuleConfig, Scope } from './rule-config.ts'
import type { RuleRun } from './rule-run.ts'
import { activityAt } from './schedule.ts'
import { readBare, readConditioned } from './stored.ts'

/** What rules need of a device profile, by its own names; `null` where a device only speaks when something happens. */
export type ProfileFacts = {
  readonly measuresEveryMs?: number | null
  readonly reportsEveryMs?: number | null
  /** By name. A device without any of the points that a rule judges by is not its subject. */
  readonly points?: Readonly<Record<string, unknown>>
  /** How long a value is believed, where the rule says so. */
  readonly heldMs?: number
  /** Of a water meter; what the site says of the device itself goes before. */
  readonly register?: Register | undefined
}

export type Member = { readonly device: Device; readonly profile: ProfileFacts }

/** One subject to be judged, before it has its options. */
export type Candidate = {
  readonly subject: SubjectId
  /** The device that stands for it; of several that stand for one subject, the first in the site's order. */
  readonly device: Device
  readonly profile: ProfileFacts
  readonly site: Site
  readonly route?: PatrolRoute
  readonly balance?: Balance
  /** The device a person would walk to, where that is not `device`. */
  readonly walkTo?: DeviceId
  /** It is only compared with: a subject is not under the rule because this device is in scope. */
  readonly isReference?: true
  /** All the devices that stand for the subject, in the site's order; whoever gives `options` sees them whole. */
  readonly members: readonly Member[]
}

export type BoundRule = {
  readonly config: RuleConfig
  /** Changes with what it says, and with what that means on this site: see `rule-version.ts`. */
  readonly version: string
  readonly subjects: BoundSubjects
  /** Subjects in scope that lack what the rule judges by, and the points that any of them would need. */
  readonly passedOver: { readonly subjects: number; readonly points: readonly string[] }
  /** In constant time, however large the site. */
  subjectsOf(reading: Reading): readonly SubjectId[]
  /** Whom a reading concerns depends on what it says; otherwise on its device alone, and is settled once. */
  readonly isAskedByReading: boolean
  /** Late readings of a device whose clock was set back concern it too. */
  readonly hearsSetBack: boolean
  deviceOf(subject: SubjectId): DeviceId | undefined
  /** Of a breach that begins then; a schedule may decide it. */
  severityAt(subject: SubjectId, at: Instant): Severity
  /** Whether it judges that subject at that instant; a schedule may let it rest. */
  judgesAt(subject: SubjectId, at: Instant): boolean
  /** Goes on from stored states; `now` is the first commit's instant. */
  resume(stored: ReadonlyMap<SubjectId, unknown>, now: Instant, park: Park): Resumed
  /** Devices that a source other than the embedded broker brings: what it does not hear, they do not say. */
  readonly sources: ReadonlyMap<DeviceId, string>
}

export type Park = (subject: SubjectId, cause: unknown, at: Instant) => void

/** A rule at work again. */
export type Resumed = {
  readonly run: RuleRun
  /** Breached when stored, but nobody goes on from there: each with the instant of its breach. */
  readonly lost: ReadonlyMap<SubjectId, Instant>
  /** Stored, but no longer under the rule. */
  readonly gone: readonly SubjectId[]
}

/** A rule kind as rules.yaml knows it. */
export type DeclaredKind = {
  readonly kind: string
  readonly summary: string
  readonly codes: readonly string[]
  /** Schema of `options` in rules.yaml. */
  readonly declared: z.ZodType<unknown>
  /** Families that it can judge. */
  readonly families: readonly Family[]
  bind(
    config: RuleConfig,
    /** What its version covers beside the options of its subjects. */
    meant: unknown,
    candidates: (families: readonly Family[]) => Iterable<Candidate>,
    isInScope: (device: Device) => boolean,
  ): BoundRule
  /** It waits to hear: history is run through it in the order in which it was received, not measured. */
  readonly countsHearing: boolean
  /** It is shown late readings of a device whose clock was set back: its evidence has them. */
  readonly hearsSetBack: boolean
  /** Whether the common option `deadband` means anything to it. */
  readonly takesDeadband: boolean
  /** Outside of any site, for one subject with options as they were bound. Throws where they do not parse. */
  lone(options: unknown): LoneRule
}

/** A rule over one subject, for whoever repeats a decision from its evidence. */
export type LoneRule = {
  /** What the step says of these grounds; undefined where it says nothing. Throws where the state does not parse. */
  decide(grounds: Grounds): Step<unknown>['verdict']
  /** From its start on; every reading is the subject's. */
  run(subject: SubjectId): OperatorFunction<LiveCommit, Verdict>
}

type Declaration<Declared, Options> = {
  readonly declared: z.ZodType<Declared>
  readonly families: readonly Family[]
  /**
   * The subjects that a device stands for; itself by default. Several devices may stand for one subject (`subjects.ts`
   * has ready hooks): readings of each go to it, and it is under the rule once one of them is in scope.
   */
  subjects?(candidate: Candidate, scope: Scope, declared: Declared): readonly Candidate[]
  /** A device that lacks one of the points is no subject; without this, one that lacks all of them. */
  readonly needsEveryPoint?: true
  /**
   * A point that a device says for all of its group; not beside `subjects`. The step tells by
   * `reading.device` who said it.
   */
  readonly overhears?: Overhears
  /** From what was declared to what the rule's steps need to know of this subject. */
  options(declared: Declared, candidate: Candidate): Options
  /** Of a kind that judges a numeric limit: the same options, clearing so far on the other side of the limit. */
  deadband?(options: Options, widthAt: (limit: number) => number): Options
}

export function declareKind<Declared, Options, State>(
  rule: RuleKind<Options, State>,
  declaration: Declaration<Declared, Options>,
): DeclaredKind {
  const { kind, summary, codes } = rule
  const { declared, families, overhears, needsEveryPoint, options, deadband } = declaration
  const ruled = conditioned(rule)
  return {
    kind,
    summary,
    codes,
    declared,
    families,
    countsHearing: rule.countsHearing === true,
    hearsSetBack: rule.hearsSetBack === true,
    takesDeadband: deadband !== undefined,
    lone: (given) => (hasConditions(given) ? lone(ruled, given) : lone(rule, given)),
    bind(config, meant, candidates, isInScope) {
      /** Most subjects have the same options; a hundred thousand of them share one object. */
      const settle = once((wanted: Options) => {
        const settled = rule.options.parse(wanted)
        return { options: settled, points: rule.points(settled) }
      })
      const shared = declared.parse(config.options)
      const wish = (candidate: Candidate, more?: object) => {
        const own = config.optionsFor[candidate.subject]
        const wished =
          own || more ? declared.parse({ ...(config.options as object), ...own, ...more }) : shared
        const wanted = options(
          wished,
          config.heldMs === undefined ? candidate : held(candidate, config.heldMs),
        )
        const key = own ? `optionsFor.${candidate.subject}` : more ? 'optionsWhen' : 'options'
        return fitting(config.id, key, () =>
          settle(deadband && config.deadband ? deadband(wanted, deadbandAt(config.deadband)) : wanted),
        )
      }
      const [first] = candidates(families)
      const severities = severitiesOf(config, first?.site)
      const subjects =
        declaration.subjects &&
        ((candidate: Candidate, scope: Scope) => declaration.subjects?.(candidate, scope, shared) ?? [])
      const whom = { candidates: candidates(families), isInScope, subjects, overhears, needsEveryPoint }
      const common = { config, meant, ...whom, severities }
      if (!isConditioned(config)) return bindSubjects({ ...common, rule, settle: wish, read: readBare(rule) })
      const whole = conditionedOptions<Options & object>(config)
      const rate = config.rateOfChange && ratePoint(config.rateOfChange.point)
      const judgedBy = sharedBy((settled: ReturnType<typeof whole>) => {
        if (rate && !rule.points(settled).includes(rate)) {
          throw new GatehouseError(
            'config-invalid',
            `rule ${config.id}: rateOfChange: its options do not judge ${rate}`,
          )
        }
        return { options: settled, points: ruled.points(settled) }
      })
      return bindSubjects({
        ...common,
        rule: ruled,
        settle(candidate) {
          const at = (more?: object) => wish(candidate, more).options as Options & object
          const settled = whole(
            candidate,
            at(),
            (config.optionsWhen ?? []).map((entry) => at(entry.options)),
          )
          return judgedBy(settled)
        },
        read: readConditioned(rule, ruled, config),
        isActiveAt: ({ conditions: { when } }, at) => when === undefined || activityAt(when, at).active,
      })
    },
  }
}

/** Options that are each right and do not go together, or not with the site, are named as wrong ones are. */
function fitting<T>(rule: string, key: string, settle: () => T): T {
  try {
    return settle()
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause
    const sentences = cause.issues.map(
      ({ path, message }) => `rule ${rule}: ${[key, ...path].join('.')}: ${message}`,
    )
    throw new GatehouseError('config-invalid', sentences.join('\n'), { cause })
  }
}

function lone<Options, State>(rule: RuleKind<Options, State>, given: unknown): LoneRule {
  const settled = rule.options.parse(given)
  return {
    decide: ({ before, moment }) => rule.step(rule.state.parse(before), moment, settled).verdict,
    run: (subject) =>
      evaluate(rule, {
        optionsOf: new Map([[subject, settled]]),
        subjectsOf: () => [subject],
        park(_subject, cause) {
          throw cause
        },
      }),
  }
}

const hasConditions = (options: unknown) =>
  typeof options === 'object' && options !== null && 'conditions' in options

/** Every device whose readings any of the subjects is judged by; some more than once. */
export function* concernedDevices(subjects: BoundSubjects): Generator<DeviceId> {
  let before: readonly DeviceId[] | undefined
  for (const { device, devices } of subjects.values()) {
    if (!devices) yield device
    else if (devices !== before) yield* devices // doors of one building share a list
    before = devices
  }
}

/**
 * How long a value is believed: as the rule says, else three times the measuring interval, 15 min where that
 * is unknown.
 */
export const heldMsOf = ({ heldMs, measuresEveryMs }: ProfileFacts) =>
  heldMs ?? 3 * (measuresEveryMs ?? 300_000)
